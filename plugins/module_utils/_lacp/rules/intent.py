# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the configuration wants against what runs, and what a reboot would bring back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import bond_fields as b, host_fields as h
from ..fact import NotEvaluable
from ..port_state import ZERO_MAC
from ..rule import BOND, ERROR, INFO, WARNING, Deviation, rule
from ..shell import quoted
from ..spread import word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ..views import BondView

FAMILY = "intent"
NOTHING = "none"
# Netplan writes the files of its renderer; ifupdown and ifupdown2 read the same file.
RENDERERS = ("systemd-networkd", "NetworkManager")
ONE = {"ifupdown2": "ifupdown"}
# Its policy files set options that no stanza names.
IMPLICIT = ("ifupdown2",)
# What a new 802.3ad bond has when nobody says anything: bond_main.c, bond_check_params and
# bond_option_mode_set (which sets miimon 100 in modes without ARP monitoring).
KERNEL_DEFAULTS: tuple[tuple[Any, Any], ...] = (
    (b.MIIMON, 100),
    (b.UPDELAY, 0),
    (b.DOWNDELAY, 0),
    (b.PEER_NOTIF_DELAY, 0),
    (b.XMIT_HASH_POLICY, "layer2"),
    (b.ALL_SLAVES_ACTIVE, 0),
    (b.MIN_LINKS, 0),
    (b.LACP_RATE, "slow"),
    (b.LACP_ACTIVE, "on"),
    (b.USE_CARRIER, 1),
    (b.NUM_PEER_NOTIF, 1),
    (b.RESEND_IGMP, 1),
    (b.AD_SELECT, "stable"),
    (b.AD_ACTOR_SYS_PRIO, 65535),
    (b.AD_ACTOR_SYSTEM, None),
    (b.AD_USER_PORT_KEY, 0),
    (b.COUPLED_CONTROL, "on"),
    (b.BROADCAST_NEIGHBOR, "off"),
    (b.LACP_STRICT, "off"),
)

# A kernel that does not report these cannot be told to set them either.
NEWER = (b.LACP_ACTIVE, b.COUPLED_CONTROL, b.BROADCAST_NEIGHBOR, b.LACP_STRICT)


@rule(
    "intent-differs",
    family=FAMILY,
    scope=BOND,
    severity=WARNING,
    title="The running bond is not what its configuration says",
    why="Somebody changed the bond by hand, or changed the file and did not apply it: the next "
    "reboot or reload changes the bond without notice.",
    remedy="Decide which is right. Correct the file, or apply it in a maintenance window: most "
    "LACP options can be changed only while the bond is down.",
    reference="drivers/net/bonding/bond_options.c: BOND_OPTFLAG_IFDOWN; systemd issue 36406 "
    "(networkd does not change options of an existing bond)",
)
def intent_differs(bond: BondView) -> Iterator[Deviation]:
    fields = {field.path: field for field in b.ALL}
    gap = None
    for manager, path, wanted in _settings(bond):
        if path not in fields:
            gap = gap or NotEvaluable(f"{bond.name} {path}: {manager} sets it, nothing reads it")
            continue
        try:
            running = bond.maybe(fields[path])
        except NotEvaluable as reason:
            gap = gap or reason
            continue
        if _plain(running) != _plain(wanted) and not _rounded(bond, path, wanted, running):
            yield Deviation(path, f"{word(wanted)} ({manager})", word(running))
    if gap:
        raise gap


def _rounded(bond: BondView, path: str, wanted: object, running: object) -> bool:
    """Whether the kernel made a delay a multiple of miimon, which delay-rounded tells."""
    miimon = bond.known_or(b.MIIMON, 0)
    if not miimon or not isinstance(wanted, int):
        return False
    return path in (b.UPDELAY.path, b.DOWNDELAY.path) and wanted - wanted % miimon == running


def _intents(bond: BondView) -> dict[str, dict[str, Any]]:
    """What managers want, but for those that neither run nor are enabled, by name in order."""
    intents = bond.maybe(b.INTENT) or {}
    return {
        name: intents[name] for name in sorted(intents) if intents[name].get("acts") is not False
    }


def _settings(bond: BondView) -> Iterator[tuple[str, str, Any]]:
    for manager, intent in _intents(bond).items():
        for path, wanted in sorted(intent.get("settings", {}).items()):
            yield manager, path, wanted


def _plain(value: object) -> object:
    """A form in which the spellings of files and kernel agree."""
    if isinstance(value, (list, tuple)):
        return sorted(str(item).lower() for item in value) or NOTHING
    text = word(value).lower()
    # What a mode has not, or nobody set, is written as zero, as a zero MAC, or not at all.
    return NOTHING if text in ("", "0", "none", ZERO_MAC) else text


@rule(
    "member-not-enslaved",
    family=FAMILY,
    scope=BOND,
    severity=ERROR,
    title="A configured member is not in the bond",
    why="The bond runs with less bandwidth and redundancy than it was built with.",
    remedy="ip link show MEMBER; if it exists: ip link set MEMBER down; ip link set MEMBER master "
    "BOND. If it is gone, look for it in the kernel log.",
    reference="measured on Debian 13: systemd-networkd and ifupdown do not add a member again that "
    "was released by hand; NetworkManager does within a second",
)
def member_not_enslaved(bond: BondView) -> Iterator[Deviation]:
    running = bond.value(b.MEMBERS)
    for manager, names in _members(bond):
        for name in names:
            if not any(_same(name, member) for member in running):
                cure = (
                    f"If it exists: {_add(quoted(name))}. "
                    f"If not: journalctl -k | grep -e {quoted(name)}."
                )
                yield Deviation(
                    f"member_names.{name}",
                    f"member of {bond.name} ({manager})",
                    ", ".join(running) or "none",
                    cure,
                )


def _add(member: str) -> str:
    return f"ip link set {member} down; ip link set {member} master BOND"


@rule(
    "member-not-configured",
    family=FAMILY,
    scope=BOND,
    severity=WARNING,
    title="A member of the bond is in no configuration",
    why="It was added by hand: after a reboot the bond lacks it, and its switch port waits.",
    remedy="Add it to the bond's configuration, or release it.",
    reference="what ifupdown, systemd-networkd, NetworkManager and netplan say of members",
)
def member_not_configured(bond: BondView) -> Iterator[Deviation]:
    configured = [name for _manager, names in _members(bond) for name in names]
    if not configured:
        return
    for member in bond.value(b.MEMBERS):
        if not any(_same(name, member) for name in configured):
            bond.value(b.MANAGERS)  # a configuration that nobody could read may name it
            yield Deviation(f"member_names.{member}", "named in a configuration", "in none")


def _members(bond: BondView) -> Iterator[tuple[str, list[str]]]:
    """Managers that say which members they want; no list, or an empty one, says nothing."""
    for manager, intent in _intents(bond).items():
        if intent.get("members"):
            yield manager, intent["members"]


def _same(configured: str, name: str) -> bool:
    if configured == name:
        return True
    if not any(mark in configured for mark in "*?["):
        return False
    from fnmatch import fnmatchcase  # noqa: PLC0415  few configurations use patterns

    return fnmatchcase(name, configured)


@rule(
    "two-managers",
    family=FAMILY,
    scope=BOND,
    severity=WARNING,
    title="Two network managers are configured for one bond",
    why="Each believes that the bond is its own: one takes members away or sets options back that "
    "the other set, often hours later.",
    remedy="Leave the bond and its members to one of them: remove the files of the other, or tell "
    "it to leave them alone (Unmanaged=yes, unmanaged-devices).",
    reference="harvester issue 3744; netplan and its own renderer count as one",
)
def two_managers(bond: BondView) -> Iterator[Deviation]:
    named = bond.maybe(b.MANAGERS) or []
    if len(_distinct(named)) < 2:
        return
    active = bond.host.value(h.MANAGERS)
    working = [name for name in named if name in active or name == "netplan"]
    if len(_distinct(working)) > 1:
        yield Deviation("managers", "one", ", ".join(sorted(working)))


def _distinct(names: Iterable[str]) -> set[str]:
    """Managers, a renderer of netplan and the two ifupdowns counted once."""
    single = {ONE.get(name, name) for name in names}
    renderers = [name for name in RENDERERS if name in single]
    if "netplan" in single and renderers:
        single.discard(renderers[0])
    return single


@rule(
    "bond-not-configured",
    family=FAMILY,
    scope=BOND,
    severity=INFO,
    title="No active network manager is configured for the bond",
    why="It was made by hand, or by a tool that this audit does not know: nothing that is known "
    "brings it back after a reboot.",
    remedy="Write it into the configuration of the network manager, unless such a tool makes it.",
    reference="looked for in: ifupdown, systemd-networkd, NetworkManager, netplan",
)
def bond_not_configured(bond: BondView) -> Iterator[Deviation]:
    if not bond.maybe(b.MANAGERS):
        yield Deviation("managers", "one that names the bond", "none")


@rule(
    "bond-not-at-boot",
    family=FAMILY,
    scope=BOND,
    severity=WARNING,
    title="The bond is configured but not brought up at boot",
    why="It runs because somebody brought it up: after a reboot the host is without it.",
    remedy="ifupdown: an 'auto BOND' line; NetworkManager: nmcli con mod BOND "
    "connection.autoconnect yes; systemd-networkd: systemctl enable systemd-networkd.",
    reference="interfaces(5), nm-settings(5), systemd.network(5)",
)
def bond_not_at_boot(bond: BondView) -> Iterator[Deviation]:
    intents = _intents(bond)
    if any(intent.get("at_boot") for intent in intents.values()):
        return
    for manager, intent in intents.items():
        if "at_boot" not in intent:
            raise NotEvaluable(f"{bond.name} intent.{manager}.at_boot: not known")
    if intents:
        bond.value(b.MANAGERS)  # a configuration that nobody could read may bring it up
        yield Deviation("intent.at_boot", "yes", f"no ({', '.join(intents)})")


@rule(
    "option-lost-at-reboot",
    family=FAMILY,
    scope=BOND,
    severity=INFO,
    title="An option was set that no configuration names",
    why="The bond works with a value that the next reboot replaces by the kernel's default, unless "
    "an 'options bonding' line of modprobe.d sets it.",
    remedy="Write the option into the bond's configuration, or set it back.",
    reference="drivers/net/bonding/bond_main.c: bond_check_params; defaults of a new 802.3ad bond",
)
def option_lost_at_reboot(bond: BondView) -> Iterator[Deviation]:
    intents = _intents(bond)
    if not intents:
        return  # the finding of bond-not-configured
    bond.value(b.MANAGERS)  # a configuration that nobody could read may name the option
    _refuse_implicit(bond, intents)
    named = {path for intent in intents.values() for path in intent.get("settings", {})}
    gap = None
    for field, default in KERNEL_DEFAULTS:
        try:
            running = bond.maybe(field)
        except NotEvaluable as reason:
            gap = gap or (None if field in NEWER else reason)
            continue
        if field.path not in named and running is not None and _plain(running) != _plain(default):
            yield Deviation(
                field.path, f"{word(default)} (kernel default) or configured", word(running)
            )
    if gap:
        raise gap


def _refuse_implicit(bond: BondView, intents: Mapping[str, Any]) -> None:
    for manager, intent in intents.items():
        if manager in IMPLICIT:
            raise NotEvaluable(f"{bond.name} intent: {manager} may set options by its policy files")
        if intent.get("unrecognised"):
            lines = len(intent["unrecognised"])
            raise NotEvaluable(f"{bond.name} intent: {manager} has lines not understood: {lines}")

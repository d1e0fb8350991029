# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""systemd-networkd: what .netdev and .network files want of a bond and of its members."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from . import rtnl, rtnl_dumps
from .intent_ini import every, last
from .intent_link import Unit, matches, units
from .intent_options import Intent, boolean, mac, nothing, option
from .managers import interfaces

if TYPE_CHECKING:
    from .snapshot import Snapshot

GENERATED = "/run/systemd/network/10-netplan-"
_VOLATILE = "/run/"
# [Bond] of systemd.netdev(5) -> option of the kernel. Time spans are in seconds unless they say.
_SPANS = {
    "MIIMonitorSec": "miimon",
    "UpDelaySec": "updelay",
    "DownDelaySec": "downdelay",
    "PeerNotifyDelaySec": "peer_notif_delay",
    "ARPIntervalSec": "arp_interval",
    "LearnPacketIntervalSec": "lp_interval",
}
_OPTIONS = {
    "TransmitHashPolicy": "xmit_hash_policy",
    "LACPTransmitRate": "lacp_rate",
    "MinLinks": "min_links",
    "AdSelect": "ad_select",
    "AdActorSystemPriority": "ad_actor_sys_prio",
    "AdUserPortKey": "ad_user_port_key",
    "AdActorSystem": "ad_actor_system",
    "FailOverMACPolicy": "fail_over_mac",
    "ARPValidate": "arp_validate",
    "ARPIPTargets": "arp_ip_target",
    "ARPAllTargets": "arp_all_targets",
    "ARPMissedMax": "arp_missed_max",
    "PrimaryReselectPolicy": "primary_reselect",
    "ResendIGMP": "resend_igmp",
    "PacketsPerSlave": "packets_per_slave",
    "GratuitousARP": "num_peer_notif",
    "AllSlavesActive": "all_slaves_active",
    "DynamicTransmitLoadBalancing": "tlb_dynamic_lb",
    "LACPActive": "lacp_active",
}
# networkd leaves these alone in other modes (src/network/netdev/bond.c, and seen with systemd 257).
_MODES = {
    "options.lp_interval": ("balance-tlb", "balance-alb"),
    "options.packets_per_slave": ("balance-rr",),
}
_UNITS_OF_TIME_US = {
    "": 1_000_000,
    **dict.fromkeys(("us", "usec", "µs", "μs"), 1),
    **dict.fromkeys(("ms", "msec"), 1000),
    **dict.fromkeys(("s", "sec", "second", "seconds"), 1_000_000),
    **dict.fromkeys(("m", "min", "minute", "minutes"), 60_000_000),
    **dict.fromkeys(("h", "hr", "hour", "hours"), 3_600_000_000),
}
_KIND_BOND = r"(?mi)^\s*Kind\s*=\s*bond\s*$"
_TYPES = ("bond", "bridge", "vlan", "vxlan")  # device types that udev knows by their driver kind
_MATCHED = frozenset((rtnl.ADDRESS, rtnl.PERM_ADDRESS))
_BYTES = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


def intents(snapshot: Snapshot, name: str) -> dict[str, Intent]:
    """What the files want of a bond, by origin: 'systemd-networkd' and 'netplan'.

    Hidden if a file that may name the bond cannot be read.
    """
    netdevs = [
        unit
        for unit in units(snapshot, ".netdev", _KIND_BOND)
        if last(unit.lines, "NetDev", "Name") == name
        and last(unit.lines, "NetDev", "Kind").lower() == "bond"
    ]
    networks = units(snapshot, ".network")
    mine = [unit for unit in networks if _names(unit, name)]
    found = {}
    for origin, generated in (("systemd-networkd", False), ("netplan", True)):
        part = [
            [unit for unit in some if unit.path.startswith(GENERATED) == generated]
            for some in (netdevs, mine)
        ]
        if part[0] or part[1]:
            found[origin] = _intent(snapshot, name, part[0], networks, part[1])
    return found


def _names(unit: Unit, name: str) -> bool:
    """Whether a .network file is about a bond: enslaves to it, or matches it by its full name.

    Unmanaged=yes leaves what matches to another manager.
    """
    if boolean(last(unit.lines, "Link", "Unmanaged")):
        return False
    words = " ".join(every(unit.lines, "Match", "Name")).split()
    return name in words or name in every(unit.lines, "Network", "Bond")


def _intent(
    snapshot: Snapshot, name: str, netdevs: list[Unit], networks: list[Unit], mine: list[Unit]
) -> Intent:
    found = nothing()
    for unit in netdevs[:1]:  # networkd takes the first of one name, and warns of the others
        _netdev(unit, found)
    # The first file that matches an interface is the only one that applies to it.
    for unit in mine:
        if matches(unit, {"Name": name, "Kind": "bond", "Type": "bond"}) is not False:
            _network(unit, found)
            break
    enslaving = [unit for unit in mine if name in every(unit.lines, "Network", "Bond")]
    ports = _ports(snapshot, name) if enslaving else {}
    for unit in enslaving:
        found.members.extend(_members(unit, networks, ports, found))
    found.files.extend(unit.path for unit in (*netdevs, *mine))
    lasting = any(
        not path.startswith(_VOLATILE) or path.startswith(GENERATED) for path in found.files
    )
    return found._replace(at_boot=lasting, members=list(dict.fromkeys(found.members)))


def _ports(snapshot: Snapshot, name: str) -> dict[str, dict[str, str]]:
    """Interfaces that could be enslaved, and what [Match] can be compared with."""
    network = rtnl_dumps.network(snapshot)
    links = network.names if network else {}
    return {
        port: _properties(snapshot, port)
        for port in interfaces(snapshot)
        if port not in (name, "lo") and not (port in links and links[port].kind in _TYPES)
    }


def _members(
    unit: Unit, networks: list[Unit], ports: dict[str, dict[str, str]], found: Intent
) -> list[str]:
    """Interfaces that a file enslaves: those of the host, and those named that it does not have."""
    words = " ".join(every(unit.lines, "Match", "Name")).split()
    named = [word for word in words if not any(sign in word for sign in "*?[!")]
    candidates = named if words and named == words else [*ports, *named]
    before = networks[: networks.index(unit)]
    members = []
    for port in dict.fromkeys(candidates):
        known = ports.get(port, {"Name": port})
        applies = matches(unit, known)
        if applies is None and (not words or any(fnmatchcase(port, word) for word in words)):
            found.unrecognised.append(f"{unit.path}: whether it applies to {port} cannot be told")
        elif applies and not any(matches(other, known) for other in before):
            members.append(port)
    return members


def _properties(snapshot: Snapshot, port: str) -> dict[str, str]:
    """What [Match] can be compared with, as far as it is known of an interface.

    An enslaved port shows the bond's address: its files were matched with its own.
    """
    known = {"Name": port}
    network = rtnl_dumps.network(snapshot)
    link = network.names.get(port) if network else None
    if network and link:
        known["Kind"] = link.kind
        known["Type"] = link.kind if link.kind in _TYPES else "ether"
        found = rtnl.attributes(network.data, link.span, network.order, _MATCHED)
        for key in (rtnl.ADDRESS, rtnl.PERM_ADDRESS):
            if key in found:
                known["MACAddress"] = rtnl.mac(found[key])
        if rtnl.PERM_ADDRESS in found:
            known["PermanentMACAddress"] = known["MACAddress"]
    driver = snapshot.symlinks.get(f"/sys/class/net/{port}/device/driver", "")
    if driver:
        known["Driver"] = driver.rpartition("/")[2]
    return known


def _netdev(unit: Unit, found: Intent) -> None:
    for line in unit.lines:
        understood = _bond(line.key, line.value) if line.section == "Bond" and line.value else None
        if understood:
            _set(found, *understood)
        elif line.section == "Bond" and line.value:
            found.unrecognised.append(f"{line.key}={line.value}")
        elif line.section == "NetDev":
            _link(line.key, line.value, found)
    for path, modes in _MODES.items():
        if path in found.settings and found.settings.get("mode", "balance-rr") not in modes:
            value = found.settings.pop(path)
            found.unrecognised.append(f"{path} {value}: networkd does not set it in this mode")


def _network(unit: Unit, found: Intent) -> None:
    for line in unit.lines:
        if line.section == "Link":
            _link(line.key, line.value, found)
    found.addresses.extend(
        value.partition(" ")[0]
        for section in ("Network", "Address")
        for value in every(unit.lines, section, "Address")
        if "/" in value
    )


def _link(key: str, value: str, found: Intent) -> None:
    if key == "MTUBytes":
        size = _size(value)
        if size is not None:
            found.settings["mtu"] = size
    elif key == "MACAddress":
        address = mac(value)
        if address:
            found.settings["mac"] = address


def _bond(key: str, value: str) -> tuple[str, Any] | None:
    """(field path, value) of an assignment in [Bond]."""
    if key == "Mode":
        return option("mode", value)
    if key in _SPANS:
        span = milliseconds(value)
        if span is None:
            return None
        name = _SPANS[key]
        return f"options.{name}", span // 1000 if name == "lp_interval" else span
    name = _OPTIONS.get(key, "")
    if name in ("all_slaves_active", "tlb_dynamic_lb"):
        word = boolean(value)
        return None if word is None else (f"options.{name}", int(word))
    return option(name, value)


def _set(found: Intent, path: str, value: Any) -> None:  # noqa: ANN401 - of the option's own type
    old = found.settings.get(path)
    found.settings[path] = (
        [*old, *value] if isinstance(old, list) and isinstance(value, list) else value
    )


def milliseconds(text: str) -> int | None:
    """A time span of systemd.time(7): '100ms', '1s', '0.1', '1min 2s'; None if it is none."""
    total = 0.0
    rest = text.replace(" ", "")
    if not rest:
        return None
    while rest:
        digits = len(rest) - len(rest.lstrip("0123456789."))
        amount, rest = rest[:digits], rest[digits:]
        letters = len(rest) - len(rest.lstrip("abcdefghijklmnopqrstuvwxyzµμ"))
        unit, rest = rest[:letters], rest[letters:]
        plain = amount.replace(".", "", 1)
        if not plain.isdigit() or len(amount) > 20 or unit not in _UNITS_OF_TIME_US:
            return None
        total += float(amount) * _UNITS_OF_TIME_US[unit]
    return round(total / 1000)


def _size(text: str) -> int | None:
    factor = _BYTES.get(text[-1:].upper(), 1)
    digits = text[:-1] if factor > 1 else text
    return (
        int(digits) * factor if digits.isascii() and digits.isdigit() and len(digits) < 12 else None
    )

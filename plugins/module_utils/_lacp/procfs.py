# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""/proc/net/bonding/<bond>, from kernel 2.6 to 7.3, whole or cut short (bond_procfs.c).

Without CAP_NET_ADMIN the kernel leaves out system, aggregator and LACPDU details: then they are
unknown. A zero partner MAC means that there is no partner; partner key 1, port 1 and priorities
255 and 65535 beside it are the kernel's own defaults, reported as it prints them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from . import bond_fields as b, member_fields as m, sources as s
from .fact import Field
from .places import PROC_BONDING
from .port_state import ZERO_MAC
from .snapshot import ReadFailure, Snapshot
from .sources import PROCFS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .record import RecordBuilder

_ACTOR, _PARTNER = "details actor lacp pdu", "details partner lacp pdu"
_NO_AGGREGATOR = "has no active aggregator"
_SEEN = ""  # of lines that have no value of their own
_BLANK = " \t\r"  # str.strip() would also eat what an interface name may hold
_MOST_ODD_LINES = 20

_MODES = {
    "load balancing (round-robin)": s.MODES[0],
    "fault-tolerance (active-backup)": s.MODES[1],
    "load balancing (xor)": s.MODES[2],
    "fault-tolerance (broadcast)": s.MODES[3],
    "IEEE 802.3ad Dynamic link aggregation": s.MODES[4],
    "transmit load balancing": s.MODES[5],
    "adaptive load balancing": s.MODES[6],
}

# Line: field and how its value reads. int: decimal number; mac: zero means none; word: first word,
# and '(n)' behind it is dropped; text: as it stands; list: comma separated.
_Rule = tuple[Field[Any], str]
_BOND_LINES: dict[str, _Rule] = {
    "Transmit Hash Policy": (b.XMIT_HASH_POLICY, "word"),
    "Currently Active Slave": (b.ACTIVE_SLAVE, "interface"),
    "MII Status": (b.MII_STATUS, "text"),
    "MII Polling Interval (ms)": (b.MIIMON, "int"),
    "Up Delay (ms)": (b.UPDELAY, "int"),
    "Down Delay (ms)": (b.DOWNDELAY, "int"),
    "Peer Notification Delay (ms)": (b.PEER_NOTIF_DELAY, "int"),
    "ARP Polling Interval (ms)": (b.ARP_INTERVAL, "int"),
    "ARP Missed Max": (b.ARP_MISSED_MAX, "int"),
    "ARP IP target/s (n.n.n.n form)": (b.ARP_IP_TARGET, "list"),
    "NS IPv6 target/s (xx::xx form)": (b.NS_IP6_TARGET, "list"),
    "LACP active": (b.LACP_ACTIVE, "text"),
    "LACP rate": (b.LACP_RATE, "text"),
    "Min links": (b.MIN_LINKS, "int"),
    "Aggregator selection policy (ad_select)": (b.AD_SELECT, "text"),
}
_SYSTEM_LINES: dict[str, _Rule] = {
    "System priority": (b.SYSTEM_PRIORITY, "int"),
    "System MAC address": (b.SYSTEM_MAC, "mac"),
}
_AGGREGATOR_LINES: dict[str, _Rule] = {
    "Aggregator ID": (b.AGGREGATOR_ID, "int"),
    "Number of ports": (b.AGGREGATOR_PORTS, "int"),
    "Actor Key": (b.ACTOR_KEY, "int"),
    "Partner Key": (b.PARTNER_KEY, "int"),
    "Partner Mac Address": (b.PARTNER_SYSTEM, "mac"),
}
_MEMBER_LINES: dict[str, _Rule] = {
    "MII Status": (m.MII_STATUS, "text"),
    "Speed": (m.BONDING_SPEED, "speed"),
    "Duplex": (m.BONDING_DUPLEX, "duplex"),
    "Link Failure Count": (m.LINK_FAILURE_COUNT, "int"),
    "Permanent HW addr": (m.PERMANENT_MAC, "mac"),
    "Slave queue ID": (m.QUEUE_ID, "int"),
}
_PORT_LINES: dict[str, _Rule] = {
    "Actor Churn State": (m.CHURN_ACTOR, "text"),
    "Partner Churn State": (m.CHURN_PARTNER, "text"),
    "Actor Churned Count": (m.CHURN_ACTOR_COUNT, "int"),
    "Partner Churned Count": (m.CHURN_PARTNER_COUNT, "int"),
}
_ACTOR_LINES: dict[str, _Rule] = {
    "system priority": (m.ACTOR_SYSTEM_PRIORITY, "int"),
    "system mac address": (m.ACTOR_SYSTEM, "mac"),
    "port key": (m.ACTOR_KEY, "int"),
    "port priority": (m.ACTOR_PORT_PRIORITY, "int"),
    "port number": (m.ACTOR_PORT, "int"),
    "port state": (m.ACTOR_STATE, "int"),
}
_PARTNER_LINES: dict[str, _Rule] = {
    "system priority": (m.PARTNER_SYSTEM_PRIORITY, "int"),
    "system mac address": (m.PARTNER_SYSTEM, "mac"),
    "oper key": (m.PARTNER_KEY, "int"),
    "port priority": (m.PARTNER_PORT_PRIORITY, "int"),
    "port number": (m.PARTNER_PORT, "int"),
    "port state": (m.PARTNER_STATE, "int"),
}


class Section(NamedTuple):
    """Lines of one subject by label, and the raw lines that are not 'label: value'."""

    lines: dict[str, str]
    odd: list[str]


class BondFile(NamedTuple):
    """One file: the bond's own lines and the members' in enslave order."""

    bond: Section
    members: dict[str, Section]


def names(snapshot: Snapshot) -> list[str]:
    """Bonds whose file was read."""
    return sorted(
        path[len(PROC_BONDING) + 1 :]
        for path, content in snapshot.files.items()
        if path.startswith(PROC_BONDING + "/") and not isinstance(content, ReadFailure)
    )


def members(snapshot: Snapshot, name: str) -> list[str] | None:
    """Members in enslave order; None if the file could not be read."""
    content = snapshot.file(f"{PROC_BONDING}/{name}")
    return None if isinstance(content, ReadFailure) else list(parse(content).members)


@lru_cache(maxsize=64)
def parse(content: bytes) -> BondFile:
    """Split a file into sections; never raises, keeps what it does not understand.

    Lines of the LACPDU details and of the aggregator are keyed 'block/label'.
    """
    found = BondFile(Section({}, []), {})
    section, block = found.bond, ""
    *lines, rest = content.decode("utf-8", "backslashreplace").split("\n")
    for raw in lines:
        line = raw.strip(_BLANK)
        # Not at the first colon: there is a label with '::' in it.
        label, colon, value = (line if line[-1:] != ":" else line + " ").partition(": ")
        value = value.strip(_BLANK)
        if not line or label == "Ethernet Channel Bonding Driver" or line == "802.3ad info":
            block = ""
        elif label == "Slave Interface" and value:
            section, block = Section({}, []), ""
            found.members[value] = section
        elif colon and not value and label in (_ACTOR, _PARTNER, "Active Aggregator Info"):
            block = label + "/"
            section.lines[label] = _SEEN
        elif line.endswith(_NO_AGGREGATOR):
            section.lines[_NO_AGGREGATOR] = _SEEN
        elif not colon:
            section.odd.append(line)
        else:
            block = block if raw[:1] in " \t" else ""
            section.lines.setdefault(block + label, value)
    if rest:  # the kernel ends every line, so this one was cut: its number may have been longer
        section.odd.append(rest)
    return found


def bond(snapshot: Snapshot, name: str, into: RecordBuilder) -> None:
    """Add what the file of a bond says of the bond."""
    content = snapshot.file(f"{PROC_BONDING}/{name}")
    if isinstance(content, ReadFailure):
        _unread(snapshot, name, (_BOND_LINES, _SYSTEM_LINES, _AGGREGATOR_LINES), into)
        return
    parsed = parse(content)
    section = Section(dict(parsed.bond.lines), parsed.bond.odd)
    mode = _mode(section.lines, into)
    _primary(section.lines, list(parsed.members), into)
    _apply(_BOND_LINES, section, "", into)
    if mode == s.LACP_MODE:
        silence = _silence(snapshot, section)
        _apply(_SYSTEM_LINES, section, "", into, silence)
        if _NO_AGGREGATOR in section.lines:
            del section.lines[_NO_AGGREGATOR]
            for field, _kind in _AGGREGATOR_LINES.values():
                into.absent(field, PROCFS)
        else:
            _apply(_AGGREGATOR_LINES, section, "Active Aggregator Info/", into, silence)
            section.lines.pop("Active Aggregator Info", None)
    elif mode is not None:
        for field, _kind in (*_SYSTEM_LINES.values(), *_AGGREGATOR_LINES.values()):
            into.absent(field, PROCFS)
    _leftovers(section, into)


def member(snapshot: Snapshot, bond: str, name: str, into: RecordBuilder) -> None:
    """Add what the file of a bond says of one member."""
    content = snapshot.file(f"{PROC_BONDING}/{bond}")
    if isinstance(content, ReadFailure):
        tables = (_MEMBER_LINES, _PORT_LINES, _ACTOR_LINES, _PARTNER_LINES)
        _unread(snapshot, bond, tables, into)
        return
    parsed = parse(content)
    if name not in parsed.members:
        return
    section = Section(dict(parsed.members[name].lines), parsed.members[name].odd)
    _apply(_MEMBER_LINES, section, "", into)
    ports = (("", _PORT_LINES), (_ACTOR + "/", _ACTOR_LINES), (_PARTNER + "/", _PARTNER_LINES))
    if _MODES.get(_description(parsed.bond.lines)) == s.LACP_MODE:
        _port(snapshot, parsed, section, ports, into)
    elif parsed.bond.lines.get("Bonding Mode"):
        for _block, rules in ports:
            for field, _kind in rules.values():
                into.absent(field, PROCFS)
        into.absent(m.AGGREGATOR_ID, PROCFS)
    _leftovers(section, into)


def _unread(
    snapshot: Snapshot, bond: str, tables: Iterable[dict[str, _Rule]], into: RecordBuilder
) -> None:
    """Say of every field why the file did not tell, if somebody tried to read it."""
    path = f"{PROC_BONDING}/{bond}"
    failure = snapshot.files.get(path)
    if isinstance(failure, ReadFailure):
        for table in tables:
            for field, _kind in table.values():
                into.unknown(field, f"{path}: {failure.errno}: {failure.text}")


def _port(
    snapshot: Snapshot,
    parsed: BondFile,
    section: Section,
    ports: tuple[tuple[str, dict[str, _Rule]], ...],
    into: RecordBuilder,
) -> None:
    aggregator = section.lines.get("Aggregator ID")
    if aggregator == "N/A":  # and nothing below it, until the first selection
        del section.lines["Aggregator ID"]
        silence = s.NO_AGGREGATOR
        into.unknown(m.AGGREGATOR_ID, silence)
    else:
        _apply({"Aggregator ID": (m.AGGREGATOR_ID, "int")}, section, "", into)
        silence = _silence(snapshot, parsed.bond)
    for block, rules in ports:
        _apply(rules, section, block, into, silence if block else s.OLD_KERNEL)
        section.lines.pop(block[:-1], None)


def _silence(snapshot: Snapshot, section: Section) -> str:
    """Why lines that the kernel prints for CAP_NET_ADMIN only are not there."""
    if "Active Aggregator Info" in section.lines or _NO_AGGREGATOR in section.lines:
        return s.OLD_KERNEL
    return s.HIDDEN if s.privileged(snapshot.file("/proc/self/status")) else s.NEEDS_ADMIN


def _description(lines: dict[str, str]) -> str:
    return lines.get("Bonding Mode", "").partition(" (fail_over_mac")[0]


def _mode(lines: dict[str, str], into: RecordBuilder) -> str | None:
    description = _description(lines)
    line = lines.pop("Bonding Mode", "")
    mode = _MODES.get(description)
    if mode is not None:
        into.known(b.MODE, mode, PROCFS)
        suffix = line[len(description) :]
        if mode == s.MODES[1]:
            word = suffix.rstrip(")").rpartition(" ")[2] or s.FAIL_OVER_MACS[0]
            into.known(b.FAIL_OVER_MAC, word, PROCFS)
    elif line:
        into.unknown(b.MODE, f"unrecognised: {line[:200]}")
        into.unrecognised(PROCFS, f"Bonding Mode: {line[:200]}")
    return mode


def _primary(lines: dict[str, str], ports: list[str], into: RecordBuilder) -> None:
    line = lines.pop("Primary Slave", None)
    if line is None:
        return
    name, _gap, suffix = line.partition(" (primary_reselect ")
    if name == "None" and name not in ports:
        into.absent(b.PRIMARY, PROCFS)
    else:
        into.known(b.PRIMARY, name, PROCFS)
        if suffix:
            into.known(b.PRIMARY_RESELECT, suffix.rstrip(")"), PROCFS)


def _apply(
    rules: dict[str, _Rule],
    section: Section,
    block: str,
    into: RecordBuilder,
    silence: str = "",
) -> None:
    """Move lines that the rules know into the record; silence: why a line is missing."""
    for label, (field, kind) in rules.items():
        value = section.lines.get(block + label)
        if value is None:
            if silence:
                into.unknown(field, silence)
        elif _add(field, kind, value, into):
            del section.lines[block + label]
        else:
            into.unknown(field, f"unrecognised value in {PROC_BONDING}: {value[:60]!r}")


def _add(field: Field[Any], kind: str, value: str, into: RecordBuilder) -> bool:
    """Whether the value was understood; if so it is added."""
    if kind == "speed":
        value, kind = value.partition(" Mbps")[0], "int"
    if value == "Unknown" and field in (m.BONDING_SPEED, m.BONDING_DUPLEX):
        into.absent(field, PROCFS)
    elif kind == "int" and value.isascii() and value.isdigit() and len(value) < 20:
        into.known(field, int(value), PROCFS)
    elif kind == "mac" and _is_mac(value):
        if value == ZERO_MAC:
            into.absent(field, PROCFS)
        else:
            into.known(field, value, PROCFS)
    elif kind == "list":
        into.known(field, [part.strip() for part in value.split(",") if part.strip()], PROCFS)
    elif kind == "interface" and value == "None":
        into.absent(field, PROCFS)
    elif kind in ("text", "interface", "duplex") and value:
        into.known(field, value, PROCFS)
    elif kind == "word" and value:
        into.known(field, value.split()[0], PROCFS)
    else:
        return False
    return True


def _is_mac(value: str) -> bool:
    parts = value.split(":")
    return len(parts) == 6 and all(
        len(part) == 2 and not set(part) - set("0123456789abcdef") for part in parts
    )


def _leftovers(section: Section, into: RecordBuilder) -> None:
    odd = [f"{label}: {value}" for label, value in section.lines.items()] + section.odd
    for line in odd[:_MOST_ODD_LINES]:
        into.unrecognised(PROCFS, line[:200])
    if len(odd) > _MOST_ODD_LINES:
        into.unrecognised(PROCFS, f"and {len(odd) - _MOST_ODD_LINES} more lines")

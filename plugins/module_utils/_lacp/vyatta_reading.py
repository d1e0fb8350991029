# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All that was gathered of a router, ready to be judged: a snapshot and a packet for each bond."""

from __future__ import annotations

from typing import Any

from . import member_fields as m, tcpdump_text, vyatta_log, vyatta_members, vyatta_packet
from .evidence_time import utc_ns
from .fact import Known
from .facts import facts_from
from .model import Bond, HostFacts
from .teamd import is_team
from .vyatta_facts import of_snapshot
from .vyatta_gathered import AFTER, BEFORE, Gathered, Section, parse, snapshot
from .vyatta_wire import wire

_COUNTERS = ("rx_bytes", "rx_packets", "tx_bytes", "tx_packets")


class ReadingError(ValueError):
    """The text is nothing that the script printed; the error says what it is instead."""


def read(text: str, host: str) -> tuple[Gathered, dict[str, dict[str, Any]]]:
    """The sections, and a packet by bond; ReadingError if there are no sections.

    host: the name of the router in the inventory.
    """
    gathered = parse(text)
    if not gathered.sections:
        told = " ".join(text.split())[:200] or "nothing"
        raise ReadingError(f"the router did not run the script, it answered: {told}")
    looks = {when: facts_of(gathered, when) for when in gathered.looks()}
    return gathered, {bond: _packet(gathered, looks, host, bond) for bond in gathered.bonds()}


def facts_of(gathered: Gathered, when: str) -> HostFacts:
    """The facts of one look: what programs and files say, and what the screens show besides."""
    return facts_from(snapshot(gathered, when))


def _packet(
    gathered: Gathered, looks: dict[str, HostFacts], host: str, bond: str
) -> dict[str, Any]:
    last = looks.get(AFTER) or looks.get(BEFORE)
    team = is_team(snapshot(gathered, BEFORE), bond)
    found: dict[str, Any] = {
        "schema": vyatta_packet.PACKET_SCHEMA,
        "host": host,
        "bond": bond,
        "source": "vyatta" if gathered.of("screen") else "teamd" if team else "linux",
        "readings": _readings(gathered, looks, bond),
        "problems": problems(gathered),
    }
    found.update((when, facts.as_result(sources=False)) for when, facts in looks.items())
    if AFTER not in looks and BEFORE in looks:
        found[AFTER] = found.pop(BEFORE)
    logged = gathered.of("log")
    if logged and logged[0].status == 0:
        found["kernel_log"] = vyatta_log.lines(logged[0].text)
    if last is not None:
        heard = _wire(gathered, last, bond)
        if heard:
            found["wire"] = heard
        dataplane = _dataplane(last, bond)
        if dataplane:
            found["dataplane"] = dataplane
    return found


def _readings(gathered: Gathered, looks: dict[str, HostFacts], bond: str) -> list[dict[str, Any]]:
    """Counters of each look, from files and from screens."""
    found = []
    for when, facts in looks.items():
        at = next((one.at for one in gathered.of("host", when)), None)
        screens = of_snapshot(snapshot(gathered, when))
        for one in facts.bonds:
            if one.name == bond:
                members = {port.name: _counts(port.record) for port in one.members}
                for name, counts in members.items():
                    shown = screens.row(bond, name) if screens else None
                    if shown and shown["flags"]:
                        counts["flags"] = shown["flags"]["shown"]
                found.append({"at": at, "source": f"look {when}", "members": members})
    return found


def _counts(record: Any) -> dict[str, Any]:  # noqa: ANN401 - a record
    statistics = record.fact(m.STATISTICS)
    counters = statistics.value if isinstance(statistics, Known) else {}
    states = {"actor_state": m.ACTOR_STATE, "partner_state": m.PARTNER_STATE}
    selected = record.fact(m.TEAM_SELECTED)
    return {
        **{name: counters.get(name) for name in _COUNTERS},
        "selected": selected.value if isinstance(selected, Known) else None,
        **{
            key: found.value if isinstance(found, Known) else None
            for key, found in ((key, record.fact(field)) for key, field in states.items())
        },
    }


def _wire(gathered: Gathered, facts: HostFacts, bond: str) -> dict[str, Any] | None:
    heard = [one for one in gathered.of("heard") if one.about[:1] == (bond,)]
    frames = []
    for section in heard:
        told = tcpdump_text.parse(section.text)["frames"]
        frames += [{**frame, "interface": " ".join(section.about[1:])} for frame in told]
    [one] = [one for one in facts.bonds if one.name == bond] or [Bond(bond, facts.record)]
    systems = sorted(
        {
            found.value
            for port in one.members
            for found in [port.record.fact(m.ACTOR_SYSTEM)]
            if isinstance(found, Known)
        }
    )
    macs = [port.record.fact(m.PERMANENT_MAC) for port in one.members]
    addresses = [found.value for found in macs if isinstance(found, Known)]
    members = [port.name for port in one.members]
    listened = {" ".join(section.about[1:]) for section in heard if _listened(section)}
    # A member that nobody listened to would look like one that is silent.
    if not gathered.whole or not listened.issuperset(members) or not (systems or addresses):
        return None
    span = _span(gathered)
    return wire(frames, span=span, members=members, systems=systems, addresses=addresses)


def _listened(section: Section) -> bool:
    """Whether tcpdump began to listen, and ended by itself or by the time that it was given."""
    return "listening on" in section.text and " captured" in section.text


def _span(gathered: Gathered) -> tuple[int, int] | None:
    """From the end of the first look to the begin of the second: to the second."""
    moments = [one.at for when in (BEFORE, AFTER) for one in gathered.of("host", when)]
    return (_ns(moments[0]), _ns(moments[1])) if len(moments) == 2 else None


def _ns(text: str) -> int:
    return utc_ns(text) or 0


def _dataplane(facts: HostFacts, bond: str) -> dict[str, Any]:
    """Whether what moves packets uses a port: the router's dataplane, else the team driver."""
    found = {}
    for one in facts.bonds:
        for port in one.members if one.name == bond else ():
            active, enabled = port.record.fact(m.DATAPLANE_ACTIVE), port.record.fact(m.TEAM_ENABLED)
            if isinstance(active, Known):
                found[port.name] = {"enabled": active.value, "source": "vplsh lag"}
            elif isinstance(enabled, Known):
                found[port.name] = {"enabled": enabled.value, "source": "teamnl enabled"}
    return found


def problems(gathered: Gathered) -> list[dict[str, str]]:
    """What could not be collected, and what the router complained of."""
    found = []
    if not gathered.whole:
        found.append(
            {"place": "gathering", "text": "the output is cut short: the script did not end"}
        )
    for section in gathered.sections:
        place = " ".join((section.name, section.when, *section.about))
        if section.status is None:
            found.append({"place": place, "text": "cut short: it did not end"})
        elif section.name == "heard" and not _listened(section):
            text = " ".join(section.text.split())[:200] or "it printed nothing"
            found.append({"place": place, "text": f"tcpdump did not listen: {text}"})
        elif section.name == "screen" and not section.status:
            told = vyatta_members.parse(section.text)["refusals"]
            found += [{"place": place, "text": f"{one['kind']}: {one['text']}"} for one in told]
        elif section.status:
            text = " ".join(section.text.split())[:200] or "it printed nothing"
            found.append({"place": place, "text": f"exit status {section.status}: {text}"})
    return found

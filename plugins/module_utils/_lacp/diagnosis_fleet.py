# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many verdicts side by side: one host, one switch, one leg of it, one rack, or none of these."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from .diagnosis_rule import HEALTHY, INSUFFICIENT
from .evidence import mapping, rows
from .evidence_time import utc_ns
from .window import NS

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMA = "bondproof.lacp/fleet-verdict/1"
NOTHING, ONE_HOST, ONE_SWITCH, ONE_PAIR, ONE_LEG, ONE_RACK, SCATTERED = (
    "none",
    "one_host",
    "one_switch",
    "one_pair",
    "one_leg",
    "one_rack",
    "scattered",
)
# The legs of an MLAG pair number their ports 0x8000 apart under one system id.
LEG = 0x8000
_BURST_NS = 60 * NS


class Pattern(NamedTuple):
    """What the hosts that are hit have in common, in a word and in a sentence."""

    name: str
    text: str


def fleet_view(verdicts: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Plain data of the whole run: pattern, counts, hosts, bursts of losses."""
    summaries = [mapping(verdicts[host].get("summary")) for host in sorted(verdicts)]
    faults: dict[str, int] = {}
    for verdict in verdicts.values():
        fault = str(verdict.get("fault") or INSUFFICIENT)
        faults[fault] = faults.get(fault, 0) + 1
    pattern = pattern_of(summaries)
    return {
        "schema": SCHEMA,
        "pattern": pattern.name,
        "text": pattern.text,
        "faults": {name: faults[name] for name in sorted(faults)},
        "hosts": [
            {
                "host": host,
                **{
                    key: verdicts[host].get(key)
                    for key in ("bond", "fault", "members", "direction", "confidence", "headline")
                },
            }
            for host in sorted(verdicts)
        ],
        "bursts": bursts(summaries),
    }


def pattern_of(summaries: object, host: str = "") -> Pattern:
    """The pattern of all hosts; host: whose verdict it is told in, '' for the fleet's page."""
    everyone = [row for _at, row in rows(summaries)]
    hit = [row for row in everyone if is_hit(row)]
    if not hit:
        return Pattern(NOTHING, f"none of {len(everyone)} hosts is hit")
    names = sorted({str(row.get("host")) for row in hit})
    told = f"{', '.join(names[:5])}{' and more' if len(names) > 5 else ''}"
    if len(names) == 1:
        who = "this host alone" if names == [host] else f"{told} alone"
        return Pattern(ONE_HOST, f"{who} of {len(everyone)} hosts is hit")
    return _shared(everyone, hit, f"{len(names)} of {len(everyone)} hosts are hit ({told})")


def is_hit(row: Mapping[str, Any]) -> bool:
    """Whether a host lost something, or is not known to be well."""
    return row.get("fault") not in (HEALTHY, None) and bool(row.get("members") or row.get("losses"))


def _shared(everyone: list[Mapping[str, Any]], hit: list[Mapping[str, Any]], lead: str) -> Pattern:
    systems = [_hit_systems(row) for row in hit]
    common = set.intersection(*systems)
    if common:
        system = min(common)
        legs = {leg for row in hit for leg in _legs(row, system)}
        clean = [
            row for row in everyone if row not in hit and system in _systems(row, _partners(row))
        ]
        rest = f"; {len(clean)} others behind it are clean" if clean else ""
        if len(legs) == 1 and _is_pair(everyone, system):
            return Pattern(ONE_LEG, f"{lead}, all on the same leg of the pair {system}{rest}")
        if len(legs) > 1:
            return Pattern(ONE_PAIR, f"{lead}, on both legs of the pair {system}{rest}")
        return Pattern(ONE_SWITCH, f"{lead}, all behind the same switch {system}{rest}")
    racks = {str(row.get("rack") or "") for row in hit}
    if len(racks) == 1 and "" not in racks:
        rack = racks.pop()
        return Pattern(ONE_RACK, f"{lead}, behind different switches, all in rack {rack}")
    return Pattern(SCATTERED, f"{lead}, and they share no switch")


def _partners(row: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [mapping(one) for one in mapping(row.get("partners")).values()]


def _hit_ports(row: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    names = row.get("members") or [loss.get("member") for _at, loss in rows(row.get("losses"))]
    told = mapping(row.get("partners"))
    found = [mapping(told[name]) for name in names if name in told]
    return [one for one in found if one.get("system")] or _partners(row)


def _systems(_row: Mapping[str, Any], ports: list[Mapping[str, Any]]) -> set[str]:
    return {str(one["system"]) for one in ports if one.get("system")}


def _hit_systems(row: Mapping[str, Any]) -> set[str]:
    return _systems(row, _hit_ports(row))


def _legs(row: Mapping[str, Any], system: str) -> set[bool]:
    return {
        bool(one["port"] & LEG)
        for one in _hit_ports(row)
        if one.get("system") == system and isinstance(one.get("port"), int)
    }


def _is_pair(everyone: list[Mapping[str, Any]], system: str) -> bool:
    """Whether ports of both legs of that system are known anywhere."""
    legs = {
        bool(one["port"] & LEG)
        for row in everyone
        for one in _partners(row)
        if one.get("system") == system and isinstance(one.get("port"), int)
    }
    return len(legs) > 1


def bursts(summaries: object) -> list[dict[str, Any]]:
    """Times at which more than one host lost something within a minute."""
    moments = sorted(
        (
            moment,
            str(row.get("host")),
            tuple(sorted(_systems(row, _partners(row)))),
            str(loss["at"]),
        )
        for _at, row in rows(summaries)
        for _index, loss in rows(row.get("losses"))
        for moment in [utc_ns(loss.get("at"))]
        if moment is not None
    )
    found: list[dict[str, Any]] = []
    start: int | None = None
    for moment, host, partners, at in moments:
        if start is None or moment - start > _BURST_NS:
            start = moment
            found.append({"minute": at[:16], "hosts": set(), "partners": set()})
        found[-1]["hosts"].add(host)
        found[-1]["partners"].update(partners)
    return [
        {**one, "hosts": sorted(one["hosts"]), "partners": sorted(one["partners"])}
        for one in found
        if len(one["hosts"]) > 1
    ]

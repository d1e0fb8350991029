# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A packet of evidence from what a router printed: for the verdict, which is found elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import vyatta_facts, vyatta_members

if TYPE_CHECKING:
    from collections.abc import Mapping

PACKET_SCHEMA = "bondproof.lacp/packet/1"
_COUNTERS = ("rx_bytes", "rx_packets", "tx_bytes", "tx_packets")


def packet(
    outputs: list[Mapping[str, Any]],
    *,
    host: str,
    bond: str,
    systems: list[str],
    addresses: list[str],
) -> dict[str, Any]:
    """A packet from texts of one router, in the order in which they were printed.

    outputs: 'text', and 'at' (RFC 3339) and 'source' where they are known; systems: actor systems
    of the router; addresses: permanent MAC addresses of its members. Facts are those that stand at
    the end; counters of each screen that shows the bond are a reading.
    """
    texts = [str(output["text"]) for output in outputs]
    screens = vyatta_facts.Screens(texts, systems, addresses)
    return {
        "schema": PACKET_SCHEMA,
        "host": host,
        "bond": bond,
        "source": "vyatta",
        "after": vyatta_facts.facts(screens).as_result(sources=False),
        "readings": _readings(screens, outputs, bond),
        "kicks": [
            kick
            for text in texts
            for kick in vyatta_members.parse(text)["kicks"]
            if kick["bond"] == bond
        ],
        "problems": [problem.as_result() for problem in screens.problems],
    }


def _readings(
    screens: vyatta_facts.Screens, outputs: list[Mapping[str, Any]], bond: str
) -> list[dict[str, Any]]:
    found = []
    for output, tables in zip(outputs, screens.member_tables):
        for table in tables:
            for shown in table["bonds"]:
                if shown["name"] != bond:
                    continue
                source = output.get("source") or table["command"] or "a screen"
                found.append(
                    {
                        "at": output.get("at"),
                        "source": source,
                        "members": {row["name"]: _reading(row) for row in shown["members"]},
                    }
                )
    return found


def _reading(row: Mapping[str, Any]) -> dict[str, Any]:
    """Counters as numbers; the octets of both ends are not on this screen."""
    return {
        **{name: row[name] for name in _COUNTERS},
        "selected": row["selected"],
        "flags": row["flags"]["shown"] if row["flags"] else None,
        "actor_state": None,
        "partner_state": None,
    }

# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A made-up fleet: host documents as an audit writes them, made by the real rules."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Any

from unit import factory

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import (
    bond_fields as bf,
    host_fields as hf,
    member_fields as mf,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.audit import audit
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.fact import Known
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.policy import parse_policy

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.model import (
        HostFacts,
        Member,
    )

HOSTILE = """<script>alert("x")</script>"""


def document(
    host: str, facts: HostFacts, *, policy: Mapping[str, Any] | None = None, **changes: Any
) -> dict[str, Any]:
    """The document of an audited host."""
    facts = _own(host, facts)
    found = audit(facts, parse_policy(policy or {}), now_utc_s=factory.NOW)
    return {
        "schema": "bondproof.lacp/host/1",
        "host": host,
        "groups": ["web"],
        "collected_utc": "2026-11-20T12:00:00Z",
        "collection": "1.0.0",
        "status": "ok",
        "message": "",
        "facts": facts.as_result(),
        **found.as_result(),
        "policy": {},
        "counters": {},
        **changes,
    }


def _own(host: str, facts: HostFacts) -> HostFacts:
    """The facts with what no two hosts share: the boot, and the partner's ports."""
    number = zlib.crc32(repr(host).encode())
    facts = factory.known(facts, "", hf.BOOT_ID, f"{number:08x}")
    bonds = [
        bond._replace(members=tuple(_moved(port, number % 997 * 16) for port in bond.members))
        for bond in facts.bonds
    ]
    return facts._replace(bonds=tuple(bonds))


def _moved(port: Member, step: int) -> Member:
    found = port.record.fact(mf.PARTNER_PORT)
    if not isinstance(found, Known):
        return port
    moved = {mf.PARTNER_PORT.path: Known(found.value + step, found.source)}
    return port._replace(record=port.record._replace(facts={**port.record.facts, **moved}))


def lost(host: str, message: str = "Failed to connect to the host via ssh") -> dict[str, Any]:
    """The document of a host that nobody reached."""
    return {
        "schema": "bondproof.lacp/host/1",
        "host": host,
        "groups": ["db"],
        "collected_utc": "2026-11-20T12:00:00Z",
        "collection": "1.0.0",
        "status": "unreachable",
        "message": message,
    }


def silent_partner() -> HostFacts:
    """eno2 hears nobody."""
    facts = factory.healthy_host()
    facts = factory.absent(facts, "bond0/eno2", mf.PARTNER_SYSTEM)
    for field, value in (
        (mf.ACTOR_STATE, 69),
        (mf.PARTNER_STATE, 0),
        (mf.PARTNER_KEY, 1),
        (mf.PARTNER_PORT, 1),
        (mf.AGGREGATOR_ID, 2),
        (mf.LACPDU_RX, 0),
    ):
        facts = factory.known(facts, "bond0/eno2", field, value)
    return facts


def unheard() -> HostFacts:
    """The partner of eno2 does not hear us."""
    facts = factory.known(factory.healthy_host(), "bond0/eno2", mf.PARTNER_STATE, 69)
    return factory.known(facts, "bond0/eno2", mf.ACTOR_STATE, 7)


def asymmetric() -> HostFacts:
    """Members of different MTU and firmware, one of them down."""
    facts = factory.three_members(MIIMON=0)
    facts = factory.known(facts, "bond0/eno2", mf.MTU, 1500)
    facts = factory.known(facts, "bond0/eno2", mf.FIRMWARE, "4.40 0x8001c7d4 1.3534.0")
    facts = factory.known(facts, "bond0/eno3", mf.MII_STATUS, "down")
    return factory.known(facts, "bond0/eno3", mf.CARRIER, False)


def firmware_differs() -> HostFacts:
    """One of two like members runs other firmware."""
    return factory.known(
        factory.healthy_host(), "bond0/eno2", mf.FIRMWARE, "4.40 0x8001c7d4 1.3534.0"
    )


def split() -> HostFacts:
    """Two members with two partners: cabled to switches that are not a pair."""
    facts = factory.known(factory.healthy_host(), "bond0/eno2", mf.AGGREGATOR_ID, 2)
    facts = factory.known(facts, "bond0/eno2", mf.ACTOR_STATE, 7)
    return factory.known(facts, "bond0/eno2", mf.PARTNER_SYSTEM, "2c:6b:f5:01:02:03")


def unprivileged() -> HostFacts:
    """Nobody may read the LACP details."""
    facts = factory.healthy_host()
    for port in ("eno1", "eno2"):
        facts = factory.unknown(
            facts,
            f"bond0/{port}",
            mf.ACTOR_STATE,
            mf.PARTNER_STATE,
            mf.PARTNER_SYSTEM,
            mf.PARTNER_KEY,
            mf.PARTNER_PORT,
            mf.ACTOR_PORT,
            mf.ACTOR_KEY,
        )
    return factory.unknown(facts, "bond0", bf.SYSTEM_MAC, bf.PARTNER_SYSTEM)


def not_lacp() -> HostFacts:
    """An active-backup bond beside a healthy one."""
    backup = factory.healthy_bond("bond1", MODE="active-backup")
    return factory.healthy_host(factory.healthy_bond(), backup)


def hostile(text: str = HOSTILE) -> HostFacts:
    """Names and values that try to be markup."""
    ports = [factory.member(text, 1, FIRMWARE=text, PARTNER_STATE=69), factory.member("a b'\"", 2)]
    return factory.healthy_host(
        factory.healthy_bond(f"b{text}", ports, XMIT_HASH_POLICY=text), KERNEL_RELEASE=text
    )


def fleet() -> dict[str, dict[str, Any]]:
    """Host documents by host: everything a report must be able to show."""
    made = [
        document("h1", factory.healthy_host()),
        document("h2", silent_partner()),
        document("h3", silent_partner()),
        document("h4", unheard()),
        document("h5", asymmetric()),
        document("h6", split()),
        document("h7", unprivileged()),
        document("h8", not_lacp()),
        document("h10", factory.mlag_host()),
        lost("h9"),
    ]
    return {entry["host"]: entry for entry in made}


def save(folder: Path, documents: Mapping[str, Mapping[str, Any]]) -> Path:
    """Write a run folder and give it back."""
    hosts = folder / "hosts"
    hosts.mkdir(parents=True, exist_ok=True)
    for index, entry in enumerate(documents.values()):
        name = entry["host"] if str(entry["host"]).isalnum() else f"odd{index}"
        (hosts / f"{name}.json").write_text(json.dumps(entry), encoding="utf-8")
    return folder

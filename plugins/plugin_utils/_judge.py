# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What bond_facts returned, judged under a policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import host_fields
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.audit import audit
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.earlier import (
    EarlierError,
    counters_of,
    earlier_from,
    utc_seconds,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.fact import Known
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.model import HostFacts
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.policy import (
    PolicyError,
    parse_policy,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


class JudgeError(Exception):
    """Nothing can be judged; the text names what cannot be understood, and the cure."""


def judge(
    found: Mapping[str, Any],
    policy: Mapping[str, Any],
    *,
    counters: Mapping[str, Any],
    host: str,
    now_utc_s: float,
) -> dict[str, Any]:
    """Facts, findings, outcomes, summary, not_judged, bugs and counters, as plain data.

    found: ansible_facts of bond_facts; counters: of an earlier judgement, or empty; host: the
    name of the host in the inventory, which waivers may mean; now_utc_s: the time of reading for
    facts that do not tell theirs.
    """
    reading = {
        "schema": found["bonds_schema"],
        "host": found["bonds_host"],
        "bonds": found["bonds"],
        "problems": found["bonds_problems"],
    }
    try:
        wanted = parse_policy(policy)
        earlier = earlier_from(counters) if counters else None
    except (PolicyError, EarlierError) as error:
        raise JudgeError(str(error)) from error
    facts = HostFacts.from_result(reading)
    read = facts.record.fact(host_fields.UTC)
    now = utc_seconds(read.value) if isinstance(read, Known) else now_utc_s
    judged = audit(facts, wanted, earlier=earlier, now_utc_s=now, hosts=[host])
    return {**judged.as_result(), "facts": reading, "counters": counters_of(facts)}

# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The facts of a host, judged under a policy."""

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
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.policy import (
    PolicyError,
    parse_policy,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.model import HostFacts


class JudgeError(Exception):
    """Nothing can be judged; the text names what cannot be understood, and the cure."""


def judge(
    facts: HostFacts,
    policy: Mapping[str, Any],
    *,
    counters: Mapping[str, Any],
    host: str,
    now_utc_s: float,
) -> dict[str, Any]:
    """Facts, findings, outcomes, summary, not_judged, bugs and counters, as plain data.

    counters: of an earlier judgement, or empty; host: the name of the host in the inventory, which
    waivers may mean; now_utc_s: the time of reading for facts that do not tell theirs.
    """
    try:
        wanted = parse_policy(policy)
        earlier = earlier_from(counters) if counters else None
    except (PolicyError, EarlierError) as error:
        raise JudgeError(str(error)) from error
    read = facts.record.fact(host_fields.UTC)
    now = utc_seconds(read.value) if isinstance(read, Known) else now_utc_s
    judged = audit(facts, wanted, earlier=earlier, now_utc_s=now, hosts=[host])
    return {**judged.as_result(), "facts": facts.as_result(), "counters": counters_of(facts)}

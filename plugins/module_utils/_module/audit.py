# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""bond_audit on the host: read, judge, return."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._lacp.audit import audit
from .._lacp.earlier import EarlierError, counters_of, earlier_from
from .._lacp.policy import PolicyError, parse_policy
from .reading import read_facts

if TYPE_CHECKING:
    from ansible.module_utils.basic import AnsibleModule

ISSUES = "https://github.com/bondproof/lacp/issues"
ARGUMENTS: dict[str, Any] = {
    "policy": {"type": "dict", "default": {}},
    "bonds": {"type": "list", "elements": "str", "default": []},
    "fail_on": {"type": "str", "choices": ["error", "warning", "never"], "default": "error"},
    "run_dir": {"type": "path"},
    "earlier": {"type": "path"},
    "baseline": {"type": "path"},
    "snapshot": {"type": "path"},
    "counters": {"type": "dict", "default": {}},
    "host": {"type": "str"},
}


def run(module: AnsibleModule) -> None:
    """Judge the bonds of this host and leave the module."""
    params = module.params
    try:
        policy = parse_policy(params["policy"])
        earlier = earlier_from(params["counters"]) if params["counters"] else None
    except (PolicyError, EarlierError) as error:
        module.fail_json(msg=str(error))
    facts, now_utc_s = read_facts(module, bonds=params["bonds"], snapshot=params["snapshot"])
    hosts = (params["host"],) if params["host"] else ()
    judged = audit(facts, policy, earlier=earlier, now_utc_s=now_utc_s, hosts=hosts)
    for bug in judged.bugs:
        module.warn(f"{bug}; please report it: {ISSUES}")
    module.exit_json(
        changed=False,
        facts=facts.as_result(),
        counters=counters_of(facts),
        **judged.as_result(),
    )

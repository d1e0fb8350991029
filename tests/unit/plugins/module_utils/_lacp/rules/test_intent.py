# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from unit.factory import absent, healthy_host, known, unknown
from unit.rule_case import Case, blind, fires, judged, prove, silent

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import (
    bond_fields as bf,
    host_fields as hf,
)

if TYPE_CHECKING:
    from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.model import HostFacts

HEALTHY = healthy_host()
SETTINGS = {
    "mode": "802.3ad",
    "mtu": 9000,
    "options.miimon": 100,
    "options.lacp_rate": "fast",
    "options.xmit_hash_policy": "layer2+3",
    "options.min_links": 1,
}
NETWORKD = "systemd-networkd"
UNREADABLE = "/etc/NetworkManager/system-connections: Permission denied"


def intends(manager: str = NETWORKD, **changed: Any) -> HostFacts:
    """The healthy host, with another intent of one manager."""
    intent = {
        "files": ["/etc/x"],
        "settings": SETTINGS,
        "members": ["eno1", "eno2"],
        "at_boot": True,
        "acts": True,
        "unrecognised": [],
        **changed,
    }
    named = known(HEALTHY, "bond0", bf.MANAGERS, [manager])
    return known(named, "bond0", bf.INTENT, {manager: intent})


def settings(**changed: Any) -> HostFacts:
    """The same, with options changed in the configuration (min_links=2)."""
    options = {f"options.{name}": value for name, value in changed.items()}
    return intends(settings={**SETTINGS, **options})


def managed(*managers: str, active: tuple[str, ...] | None = None) -> HostFacts:
    """A host whose bond several managers name, all of them at work unless said otherwise."""
    here = known(HEALTHY, "", hf.MANAGERS, list(managers if active is None else active))
    return known(here, "bond0", bf.MANAGERS, list(managers))


NOT_CONFIGURED = absent(known(HEALTHY, "bond0", bf.MANAGERS, []), "bond0", bf.INTENT)
HIDDEN = unknown(HEALTHY, "bond0", bf.INTENT, bf.MANAGERS, reason=UNREADABLE)
PARTLY_HIDDEN = unknown(HEALTHY, "bond0", bf.MANAGERS, reason=UNREADABLE)

CASES = [
    fires(
        "intent-differs",
        "two options changed by hand, a finding each",
        known(known(HEALTHY, "bond0", bf.MIIMON, 50), "bond0", bf.LACP_RATE, "slow"),
        "bond0 options.lacp_rate: slow",
        "bond0 options.miimon: 50",
    ),
    fires(
        "intent-differs",
        "MTU",
        known(HEALTHY, "bond0", bf.MTU, 1500),
        "bond0 mtu: 1500",
    ),
    fires(
        "intent-differs",
        "one differs, another is hidden",
        unknown(
            known(settings(ad_user_port_key=3), "bond0", bf.MIIMON, 50),
            "bond0",
            bf.AD_USER_PORT_KEY,
        ),
        "bond0 options.miimon: 50",
    ),
    silent("intent-differs", "equal", HEALTHY),
    silent("intent-differs", "not configured", NOT_CONFIGURED),
    silent(
        "intent-differs",
        "what the mode has not is written as 0",
        settings(arp_ip_target=[], primary=0),
    ),
    silent(
        "intent-differs",
        "zeros for no actor system of one's own",
        settings(ad_actor_system="00:00:00:00:00:00"),
    ),
    silent(
        "intent-differs",
        "files of a manager that does not run",
        intends(settings={"mtu": 1500}, acts=False),
    ),
    blind(
        "intent-differs", "hidden option", unknown(HEALTHY, "bond0", bf.MIIMON), "options.miimon"
    ),
    blind("intent-differs", "hidden configuration", HIDDEN, UNREADABLE),
    blind("intent-differs", "a setting nobody reads", settings(future=1), "options.future"),
    fires(
        "member-not-enslaved",
        "released by hand",
        known(HEALTHY, "bond0", bf.MEMBERS, ["eno1"]),
        "bond0 member_names.eno2: eno1",
    ),
    silent("member-not-enslaved", "all there", HEALTHY),
    silent("member-not-enslaved", "a pattern", intends(members=["en*"])),
    silent("member-not-enslaved", "members are not said", intends(members=[])),
    blind("member-not-enslaved", "hidden configuration", HIDDEN, UNREADABLE),
    fires(
        "member-not-configured",
        "added by hand",
        intends(members=["eno1"]),
        "bond0 member_names.eno2: in none",
    ),
    silent("member-not-configured", "all named", HEALTHY),
    silent("member-not-configured", "a pattern", intends(members=["eno[12]"])),
    silent("member-not-configured", "members are not said", intends(members=[])),
    blind("member-not-configured", "hidden configuration", HIDDEN, UNREADABLE),
    blind(
        "member-not-configured",
        "a file that may name it is hidden",
        unknown(intends(members=["eno1"]), "bond0", bf.MANAGERS, reason=UNREADABLE),
        UNREADABLE,
    ),
    fires(
        "two-managers",
        "ifupdown and networkd",
        managed("ifupdown", NETWORKD),
        "bond0 managers: ifupdown, systemd-networkd",
    ),
    fires(
        "two-managers",
        "netplan with both of its renderers",
        managed("netplan", NETWORKD, "NetworkManager"),
        "bond0 managers: NetworkManager, netplan, systemd-networkd",
    ),
    silent("two-managers", "one", HEALTHY),
    silent("two-managers", "netplan and its renderer", managed("netplan", "NetworkManager")),
    silent("two-managers", "two readers of one file", managed("ifupdown", "ifupdown2")),
    silent(
        "two-managers",
        "files left behind by one that is not at work",
        managed("ifupdown", NETWORKD, active=(NETWORKD,)),
    ),
    blind("two-managers", "hidden configuration", HIDDEN, UNREADABLE),
    blind(
        "two-managers",
        "nobody knows which is at work",
        unknown(managed("ifupdown", NETWORKD), "", hf.MANAGERS),
        "managers",
    ),
    fires("bond-not-configured", "by hand", NOT_CONFIGURED, "bond0 managers: none"),
    silent("bond-not-configured", "configured", HEALTHY),
    blind("bond-not-configured", "hidden configuration", HIDDEN, UNREADABLE),
    fires(
        "bond-not-at-boot",
        "no auto line",
        intends("ifupdown", at_boot=False),
        "bond0 intent.at_boot: no (ifupdown)",
    ),
    silent("bond-not-at-boot", "at boot", HEALTHY),
    silent("bond-not-at-boot", "not configured", NOT_CONFIGURED),
    blind("bond-not-at-boot", "hidden configuration", HIDDEN, UNREADABLE),
    blind(
        "bond-not-at-boot",
        "another file is hidden",
        unknown(intends(at_boot=False), "bond0", bf.MANAGERS, reason=UNREADABLE),
        UNREADABLE,
    ),
    fires(
        "option-lost-at-reboot",
        "set by hand",
        known(known(HEALTHY, "bond0", bf.UPDELAY, 200), "bond0", bf.LACP_ACTIVE, "off"),
        "bond0 options.updelay: 200",
        "bond0 options.lacp_active: off",
    ),
    silent("option-lost-at-reboot", "all named or default", HEALTHY),
    silent(
        "option-lost-at-reboot",
        "not configured: bond-not-configured says it",
        known(NOT_CONFIGURED, "bond0", bf.UPDELAY, 200),
    ),
    silent(
        "option-lost-at-reboot",
        "configured otherwise: intent-differs says it",
        known(HEALTHY, "bond0", bf.MIIMON, 50),
    ),
    silent(
        "option-lost-at-reboot",
        "options that the kernel is too old for",
        unknown(HEALTHY, "bond0", bf.LACP_ACTIVE, bf.COUPLED_CONTROL, bf.BROADCAST_NEIGHBOR),
    ),
    blind("option-lost-at-reboot", "hidden configuration", HIDDEN, UNREADABLE),
    blind("option-lost-at-reboot", "another file is hidden", PARTLY_HIDDEN, UNREADABLE),
    blind(
        "option-lost-at-reboot",
        "hidden option",
        unknown(HEALTHY, "bond0", bf.AD_ACTOR_SYS_PRIO),
        "options.ad_actor_sys_prio",
    ),
    blind(
        "option-lost-at-reboot",
        "policy files of ifupdown2",
        intends("ifupdown2"),
        "ifupdown2 may set options",
    ),
    blind(
        "option-lost-at-reboot",
        "a line that was not understood",
        intends(unrecognised=["post-up echo 1 > ..."]),
        "lines not understood: 1",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_intent(case: Case) -> None:
    prove(case)


def test_a_finding_says_who_wants_it_otherwise() -> None:
    (finding,) = judged(CASES[1]).findings
    assert finding.expected == "9000 (systemd-networkd)"

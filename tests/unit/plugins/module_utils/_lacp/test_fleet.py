# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pytest
from unit import factory
from unit.factory import absent, healthy_bond, healthy_host, known, member, unknown

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import (
    bond_fields as bf,
    host_fields as hf,
    member_fields as mf,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.fleet import Fleet
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.rule import CATALOGUE, FLEET

if TYPE_CHECKING:
    from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.model import HostFacts
    from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.rule import Finding

SWITCH = "00:1c:73:aa:bb:cc"
OTHER = "00:1c:73:00:00:99"
Document = dict[str, Any]


def host(number: int, *, first_port: int = 0, system: str = SWITCH, **changes: Any) -> HostFacts:
    """Host number N: two members on the legs of an MLAG pair, on ports of its own."""
    port = first_port or number
    ports = [
        member("eno1", 1, PARTNER_SYSTEM=system, PARTNER_KEY=number, PARTNER_PORT=port),
        member("eno2", 2, PARTNER_SYSTEM=system, PARTNER_KEY=number, PARTNER_PORT=0x8000 + port),
    ]
    return healthy_host(healthy_bond(members=ports), BOOT_ID=f"boot-{number}", **changes)


def document(
    facts: HostFacts, *groups: str, findings: tuple[tuple[str, str], ...] = (), **changes: Any
) -> Document:
    made = {
        "status": "ok",
        "groups": list(groups),
        "facts": facts.as_result(),
        "findings": [
            {"rule": rule, "severity": "error", "subject": subject, "outcome": "failed"}
            for rule, subject in findings
        ],
        **changes,
    }
    plain: Document = json.loads(json.dumps(made))
    return plain


def fleet(count: int = 4, *groups: str, **facts: HostFacts) -> dict[str, Document]:
    """Hosts h1, h2 ... in the given groups, some replaced by other facts (h2=...)."""
    return {
        f"h{n}": document(facts.get(f"h{n}", host(n)), *(groups or ("web",)))
        for n in range(1, count + 1)
    }


def fleet_findings(documents: Mapping[str, Document]) -> list[Finding]:
    return Fleet.of(documents).findings()


def fleet_groups(documents: Mapping[str, Document]) -> list[dict[str, Any]]:
    return Fleet.of(documents).groups()


def said(documents: Mapping[str, Document]) -> list[str]:
    return [f"{f.rule} {f.subject} {f.parameter}: {f.observed}" for f in fleet_findings(documents)]


def test_a_healthy_fleet_has_no_finding() -> None:
    assert said(fleet(6)) == []


def test_nothing_to_compare() -> None:
    assert fleet_findings({}) == []
    assert fleet_groups({}) == []
    assert said({"h1": {"status": "unreachable", "facts": None, "groups": []}}) == []


OUTLIERS = {
    "kernel": (
        known(host(2), "", hf.KERNEL_UPSTREAM, "6.12.41"),
        "fleet-kernel-outlier h2 kernel.upstream: 6.12.41",
    ),
    "kernel of a distribution": (
        unknown(known(host(2), "", hf.KERNEL_RELEASE, "5.14.0-1.el9"), "", hf.KERNEL_UPSTREAM),
        "fleet-kernel-outlier h2 kernel.upstream: 5.14.0-1.el9",
    ),
    "option": (
        known(host(2), "bond0", bf.LACP_RATE, "slow"),
        "fleet-option-outlier h2/bond0 options.lacp_rate: slow",
    ),
    "MTU": (known(host(2), "bond0", bf.MTU, 1500), "fleet-option-outlier h2/bond0 mtu: 1500"),
    "firmware": (
        known(host(2), "bond0/eno2", mf.FIRMWARE, "4.20"),
        "fleet-firmware-outlier h2/bond0 firmware of ice 8086:159b: 4.20, 4.80 0x8002053c 1.3805.0",
    ),
    "driver": (
        known(known(host(2), "bond0/eno1", mf.DRIVER, "igb"), "bond0/eno1", mf.FIRMWARE, "1.63"),
        "fleet-driver-outlier h2/bond0 driver: ice, igb",
    ),
    "driver from elsewhere": (
        known(host(2), "bond0/eno1", mf.DRIVER_VERSION, "1.14.9"),
        "",
    ),
}


@pytest.mark.parametrize(("odd", "expected"), OUTLIERS.values(), ids=OUTLIERS.keys())
def test_outlier(odd: HostFacts, expected: str) -> None:
    assert said(fleet(6, h2=odd)) == ([expected] if expected else [])


def test_an_outlier_names_what_the_group_has() -> None:
    (finding,) = fleet_findings(fleet(6, h2=known(host(2), "bond0", bf.LACP_RATE, "slow")))
    assert finding.expected == "fast, as on 5 of 6 hosts of group web"
    assert finding.source == ("h2 bond0 options.lacp_rate",)
    assert finding.severity == "info"


def test_versions_of_a_driver_from_elsewhere_are_compared() -> None:
    def with_driver(number: int, version: str) -> HostFacts:
        facts = host(number)
        for port in ("bond0/eno1", "bond0/eno2"):
            facts = known(facts, port, mf.DRIVER_VERSION, version)
        return facts

    hosts = {f"h{n}": with_driver(n, "1.14.9" if n < 4 else "1.13.7") for n in range(1, 5)}
    assert said(fleet(4, **hosts)) == [
        "fleet-driver-outlier h4/bond0 driver_version of ice: 1.13.7"
    ]


def test_two_hosts_are_too_few_to_call_one_odd() -> None:
    assert said(fleet(2, h2=known(host(2), "bond0", bf.LACP_RATE, "slow"))) == []


def test_a_half_is_no_majority() -> None:
    odd = {f"h{n}": known(host(n), "bond0", bf.LACP_RATE, "slow") for n in (1, 2)}
    assert said(fleet(4, **odd)) == []


def test_what_is_unknown_is_not_compared() -> None:
    assert said(fleet(4, h2=unknown(host(2), "bond0", bf.LACP_RATE))) == []
    assert said(fleet(4, h2=absent(host(2), "bond0", bf.AD_ACTOR_SYSTEM))) == []


def test_the_smallest_group_that_agrees_judges_a_host() -> None:
    documents = fleet(10, "site")
    for n in (8, 9, 10):
        slow = known(host(n), "bond0", bf.LACP_RATE, "slow")
        documents[f"h{n}"] = document(slow, "site", "storage")
    assert said(documents) == []


def test_without_groups_all_hosts_are_compared() -> None:
    odd = known(host(2), "bond0", bf.LACP_RATE, "slow")
    assert len(said(fleet(4, "ungrouped", "all", h2=odd))) == 1
    assert len(said(fleet(4, "all", h2=odd))) == 1


def test_bonds_that_are_not_lacp_are_left_alone() -> None:
    other = known(host(2), "bond0", bf.MODE, "active-backup")
    odd = known(other, "bond0", bf.LACP_RATE, "slow")
    assert said(fleet(4, h2=odd)) == []
    assert "h2" not in fleet_groups(fleet(4, h2=odd))[1]["hosts"]


def test_groups_name_partner_hosts_and_legs() -> None:
    documents = fleet(1)
    documents["h2"] = document(absent(host(1), "bond0/eno2", mf.PARTNER_SYSTEM), "web")
    silent, heard = fleet_groups(documents)
    assert silent == {
        "partner_system": None,
        "partner_key": None,
        "hosts": ["h2"],
        "bonds": ["h2/bond0"],
        "legs": [{"ports": "unknown", "members": ["h2/bond0/eno2"]}],
    }
    assert heard == {
        "partner_system": SWITCH,
        "partner_key": 1,
        "hosts": ["h1", "h2"],
        "bonds": ["h1/bond0", "h2/bond0"],
        "legs": [
            {"ports": "below 0x8000", "members": ["h1/bond0/eno1", "h2/bond0/eno1"]},
            {"ports": "from 0x8000", "members": ["h1/bond0/eno2"]},
        ],
    }
    json.dumps(fleet_groups(documents))


def test_a_partner_that_could_not_be_read_is_in_no_group() -> None:
    hidden = unknown(host(1), "bond0/eno1", mf.PARTNER_SYSTEM)
    hidden = unknown(hidden, "bond0/eno2", mf.PARTNER_SYSTEM)
    assert fleet_groups({"h1": document(hidden)}) == []


def test_one_port_claimed_by_two_hosts() -> None:
    (finding, second) = fleet_findings({**fleet(3), "h4": document(host(4, first_port=2), "web")})
    assert finding.rule == "fleet-partner-port-twice"
    assert finding.severity == "warning"
    assert finding.subject == SWITCH
    assert finding.observed == "port 2 on h2/bond0/eno1, h4/bond0/eno1"
    assert second.observed == "port 32770 on h2/bond0/eno2, h4/bond0/eno2"


def test_equal_port_numbers_of_two_switches_are_fine() -> None:
    documents = {**fleet(3), "h4": document(host(4, first_port=2, system=OTHER), "web")}
    assert said(documents) == []


def test_an_mlag_pair_whose_legs_number_alike_is_not_judged() -> None:
    def alike(number: int) -> HostFacts:
        return known(host(number), "bond0/eno2", mf.PARTNER_PORT, number)

    # h2's ports are both 2; h3 hangs with one leg on port 2 of the other switch.
    crossed = known(alike(3), "bond0/eno1", mf.PARTNER_PORT, 2)
    assert said(fleet(4, h1=alike(1), h2=alike(2), h3=crossed, h4=alike(4))) == []


def two_bonds(other_key: int) -> Document:
    """A host with two bonds, whose members are on ports 1 and 2 of the same partner."""
    made = []
    for name, key in (("bond0", 4), ("bond1", other_key)):
        told = {"PARTNER_SYSTEM": SWITCH, "PARTNER_KEY": key}
        ports = [member(f"{name}p{n}", n, **told, PARTNER_PORT=n) for n in (1, 2)]
        made.append(healthy_bond(name, ports))
    return document(healthy_host(*made, BOOT_ID="boot-4"), "web")


def test_a_partner_that_numbers_the_ports_of_each_group_anew_is_not_judged() -> None:
    assert said({**fleet(3), "h4": two_bonds(5)}) == []


def test_one_port_claimed_twice_by_one_host() -> None:
    (one, two) = said({"h4": two_bonds(4)})
    assert one.endswith("port 1 on h4/bond0/bond0p1, h4/bond1/bond1p1")
    assert two.endswith("port 2 on h4/bond0/bond0p2, h4/bond1/bond1p2")


STALE = {
    "silent": absent(host(4, first_port=2), "bond0/eno1", mf.PARTNER_SYSTEM),
    "down": known(host(4, first_port=2), "bond0/eno1", mf.MII_STATUS, "down"),
    "expired": known(host(4, first_port=2), "bond0/eno1", mf.ACTOR_STATE, 143),
    "defaulted": known(host(4, first_port=2), "bond0/eno1", mf.ACTOR_STATE, 71),
}


@pytest.mark.parametrize("facts", STALE.values(), ids=STALE.keys())
def test_what_a_port_heard_long_ago_claims_nothing(facts: HostFacts) -> None:
    facts = known(facts, "bond0/eno2", mf.PARTNER_PORT, 0x8004)
    assert said({**fleet(3), "h4": document(facts, "web")}) == []


def test_one_host_under_two_names() -> None:
    documents = fleet(3)
    documents["h3-mgmt"] = documents["h3"]
    assert said(documents) == ["fleet-host-twice h3 boot_id: the boot id of h3-mgmt too"]


HIT = (("partner-silent", "bond0/eno2"),)


def troubled(count: int, elsewhere: int, hit: int) -> dict[str, Document]:
    """count hosts behind SWITCH, of which hit have a finding, and others behind OTHER."""
    documents = {
        f"h{n}": document(host(n), "web", findings=HIT if n <= hit else ())
        for n in range(1, count + 1)
    }
    for n in range(100, 100 + elsewhere):
        documents[f"h{n}"] = document(host(n, system=OTHER), "web")
    return documents


@pytest.mark.parametrize(
    ("documents", "observed"),
    [
        pytest.param(
            troubled(4, 3, 3),
            "3 of 4 hosts behind it, 0 of 3 elsewhere; all on ports from 0x8000",
            id="most hosts of a partner",
        ),
        pytest.param(
            troubled(3, 0, 3),
            "3 of 3 hosts behind it, no host elsewhere; all on ports from 0x8000",
            id="only one partner",
        ),
        pytest.param(troubled(4, 3, 2), "", id="two hosts are too few"),
        pytest.param(troubled(6, 3, 3), "", id="half of the hosts"),
    ],
)
def test_a_finding_that_hosts_of_a_partner_share(
    documents: dict[str, Document], observed: str
) -> None:
    found = [f for f in fleet_findings(documents) if f.rule == "fleet-partner-in-common"]
    assert [(f.subject, f.parameter, f.observed) for f in found] == (
        [(SWITCH, "partner-silent", observed)] if observed else []
    )


def test_a_finding_that_all_have_accuses_no_partner() -> None:
    documents = troubled(4, 4, 4)
    for n in range(100, 104):
        documents[f"h{n}"] = document(host(n, system=OTHER), "web", findings=HIT)
    assert said(documents) == []


def test_waived_and_minor_findings_accuse_nobody() -> None:
    documents = troubled(4, 3, 4)
    for part in documents.values():
        for finding in part["findings"]:
            finding["outcome"] = "waived"
    assert said(documents) == []


def test_a_policy_switches_a_rule_off_or_makes_it_more() -> None:
    made = Fleet.of(fleet(6, h2=known(host(2), "bond0", bf.LACP_RATE, "slow")))
    assert made.findings(lambda _rule, _own: None) == []
    (finding,) = made.findings(lambda _rule, _own: "error")
    assert finding.severity == "error"


class ReadOnce(Mapping[str, Document]):
    """Documents that count how often each is read."""

    def __init__(self, documents: dict[str, Document]) -> None:
        self.documents = documents
        self.reads: list[str] = []

    def __getitem__(self, name: str) -> Document:
        self.reads.append(name)
        return self.documents[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.documents)

    def __len__(self) -> int:
        return len(self.documents)


def test_each_document_is_read_once() -> None:
    documents = ReadOnce(fleet(3))
    fleet_findings(documents)
    assert documents.reads == ["h1", "h2", "h3"]


@pytest.mark.parametrize("broken", [{"facts": {"host": {}}}, {"facts": {"bonds": {}}}])
def test_a_malformed_document_raises(broken: Document) -> None:
    with pytest.raises(KeyError):
        Fleet.of({"h1": broken})


def test_every_rule_of_the_fleet_has_a_firing_test() -> None:
    fired = {"fleet-host-twice", "fleet-partner-in-common", "fleet-partner-port-twice"}
    fired |= {text.split()[0] for _facts, text in OUTLIERS.values() if text}
    assert fired == {rule.id for rule in CATALOGUE.values() if rule.scope == FLEET}


def test_the_factory_is_a_fleet_of_one() -> None:
    assert said({"h1": document(factory.healthy_host())}) == []

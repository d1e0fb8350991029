# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""teamd as a source: its dumps and the driver's options, as a host gives them."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, strategies as st

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import (
    bond_fields as b,
    member_fields as m,
    places,
    teamd_options,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.audit import audit
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.fact import (
    Absent,
    Known,
    Unknown,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.facts import facts_from
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.policy import NO_POLICY
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.snapshot import (
    ReadFailure,
    Snapshot,
)

from .netlink_bytes import Kernel

if TYPE_CHECKING:
    from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.fact import Fact, Field
    from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.model import HostFacts
    from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.snapshot import Reading

KERNEL = Kernel()
OWN, PARTNER, NOBODY = "02:00:00:00:00:10", "02:00:00:00:00:99", "00:00:00:00:00:00"


def info(system: str, state: int, **values: int) -> dict[str, Any]:
    """Return the information of an LACPDU as teamd dumps it."""
    return {
        "system": system,
        "system_priority": 65535,
        "key": 0,
        "port": 3,
        "port_priority": 255,
        "state": state,
        **values,
    }


def port(index: int, state: str, actor: int, partner: dict[str, Any]) -> dict[str, Any]:
    """Return a port as teamd dumps it."""
    current = state == "current"
    return {
        "ifinfo": {"dev_addr": OWN, "dev_addr_len": 6, "ifindex": index, "ifname": f"tm{index}"},
        "link": {"duplex": "full", "speed": 10000, "up": True},
        "link_watches": {
            "list": {"link_watch_0": {"down_count": 2, "name": "ethtool", "up": True}},
            "up": True,
        },
        "runner": {
            "actor_lacpdu_info": info(OWN, actor, port=index),
            "aggregator": {"id": 3 if current else 0, "selected": current},
            "key": 0,
            "partner_lacpdu_info": partner,
            "prio": 255,
            "selected": current,
            "state": state,
        },
    }


STATE: dict[str, Any] = {
    "ports": {
        "tm3": port(3, "current", 61, info(PARTNER, 61, key=9, port=17)),
        "tm4": port(4, "defaulted", 69, info(NOBODY, 0, system_priority=0, port=0)),
    },
    "runner": {"active": True, "fast_rate": False, "select_policy": "lacp_prio", "sys_prio": 7},
    "setup": {"kernel_team_mode_name": "loadbalance", "pid": 7, "runner_name": "lacp"},
    "team_device": {"ifinfo": {"dev_addr": OWN, "ifindex": 2, "ifname": "team0"}},
}
CONFIG = {
    "device": "team0",
    "link_watch": {"name": "ethtool"},
    "runner": {"name": "lacp", "tx_hash": ["eth"], "min_ports": 2},
}


def option(name: str, index: int, *, value: bool) -> list[tuple[int, Any]]:
    """Return a flag of a port in a netlink message of the driver."""
    data = [(4, b"")] if value else []
    return [(1, name), (3, (1, 6)), (6, index), *data]


def options(**ports: bool) -> bytes:
    """Return the driver's answer: 'enabled' of each port."""
    flags = [(1, option("enabled", int(name[2:]), value=value)) for name, value in ports.items()]
    device: list[tuple[int, Any]] = [(1, "mode"), (3, (1, 5)), (4, "loadbalance")]
    listed: list[tuple[int, Any]] = [(1, device), *flags]
    return KERNEL.message(27, b"\2\1\0\0" + KERNEL.payload([(1, 2), (2, listed)]))


def links() -> bytes:
    """Return the dump of links of a host with a team device and two ports."""
    carrier: tuple[int, Any] = (33, (1, 1))
    return b"".join(
        (
            KERNEL.link(2, "team0", [KERNEL.info("team"), (4, 1500), carrier]),
            *(
                KERNEL.link(
                    index,
                    f"tm{index}",
                    [
                        KERNEL.info("veth", slave="team"),
                        (10, 2),
                        (4, 1500),
                        carrier,
                        (54, bytes(6)),
                    ],
                )
                for index in (3, 4)
            ),
        )
    )


def reading(value: object) -> Reading:
    if isinstance(value, (bytes, ReadFailure)):
        return value
    return json.dumps(value).encode()


def facts(state: object = None, **changes: Any) -> HostFacts:
    """Return the facts of a host whose team device answers this; STATE, if nothing is said."""
    state = STATE if state is None else state
    files = {
        places.TEAM_STATE.format("team0"): reading(state),
        places.TEAM_CONFIG.format("team0"): reading(changes.get("config", CONFIG)),
        places.TEAM_OPTIONS.format("team0"): changes.get("options", options(tm3=True, tm4=False)),
    }
    if "dataplane" in changes:
        files[places.DATAPLANE] = reading(changes["dataplane"])
    dumps = {"links": links()} if changes.get("netlink", True) else {}
    return facts_from(Snapshot(files, dumps=dumps, facts={"byteorder": "little"}))


def of_bond(found: HostFacts, field: Field[Any]) -> Fact:
    return found.bonds[0].record.fact(field)


def of(found: HostFacts, name: str, field: Field[Any]) -> Fact:
    record = next(one.record for one in found.bonds[0].members if one.name == name)
    return record.fact(field)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (b.KIND, "team"),
        (b.MODE, "802.3ad"),
        (b.TEAM_ANSWERS, True),
        (b.LACP_RATE, "slow"),
        (b.LACP_ACTIVE, "on"),
        (b.MIN_LINKS, 2),
        (b.XMIT_HASH_POLICY, "layer2"),
        (b.SYSTEM_PRIORITY, 7),
        (b.SYSTEM_MAC, OWN),
        (b.AGGREGATOR_ID, 3),
        (b.AGGREGATOR_PORTS, 1),
        (b.PARTNER_SYSTEM, PARTNER),
        (b.PARTNER_KEY, 9),
        (b.MEMBERS, ["tm3", "tm4"]),
    ],
    ids=lambda value: getattr(value, "path", ""),
)
def test_what_is_known_of_the_device(field: Field[Any], value: object) -> None:
    found = of_bond(facts(), field)
    assert isinstance(found, Known)
    assert found.value == value


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("tm3", m.ACTOR_STATE, 61),
        ("tm3", m.PARTNER_SYSTEM, PARTNER),
        ("tm3", m.PARTNER_PORT, 17),
        ("tm3", m.TEAM_ENABLED, True),
        ("tm3", m.STATE, "active"),
        ("tm3", m.LINK_FAILURE_COUNT, 2),
        ("tm3", m.BONDING_SPEED, 10000),
        ("tm3", m.MII_STATUS, "up"),
        ("tm4", m.ACTOR_STATE, 69),
        ("tm4", m.TEAM_STATE, "defaulted"),
        ("tm4", m.TEAM_SELECTED, False),
        ("tm4", m.STATE, "backup"),
    ],
    ids=lambda value: getattr(value, "path", None),
)
def test_what_is_known_of_a_port(name: str, field: Field[Any], value: object) -> None:
    found = of(facts(), name, field)
    assert isinstance(found, Known)
    assert found.value == value


def test_a_zeroed_partner_is_absent_and_what_teamd_lacks_is_unknown() -> None:
    found = facts()
    assert isinstance(of(found, "tm4", m.PARTNER_SYSTEM), Absent)
    assert isinstance(of(found, "tm3", m.LACPDU_TX), Unknown)
    assert isinstance(of(found, "tm3", m.DATAPLANE_ACTIVE), Absent)
    assert isinstance(of_bond(found, b.MIIMON), Unknown)
    assert found.problems == ()
    assert not any(one.record.disagreements for one in found.bonds[0].members)


def test_the_rules_run() -> None:
    result = audit(facts(), NO_POLICY, now_utc_s=0.0)
    assert result.bugs == ()
    assert result.not_judged == {}
    worst = [(f.rule, f.subject) for f in result.findings if f.severity == "error"]
    assert sorted(worst) == [("min-links-unmet", "team0"), ("partner-silent", "team0/tm4")]
    assert result.outcomes["miimon-zero"].reasons == (
        "team0 options.miimon: teamd has no such setting",
    )


@pytest.mark.parametrize(
    ("state", "answers", "words"),
    [
        (ReadFailure("ENOENT", "No such file or directory"), False, "teamd does not answer"),
        (ReadFailure("ECONNREFUSED", "Connection refused"), False, "teamd does not answer"),
        (ReadFailure("ETIMEDOUT", "no answer within 5 s"), False, "no answer within 5 s"),
        (ReadFailure("EACCES", "Permission denied"), None, "root only"),
        (b"{", None, "cannot be read"),
        (b"[]", None, "a JSON list, not an object"),
    ],
)
def test_a_silent_teamd(state: object, answers: bool | None, words: str) -> None:  # noqa: FBT001
    found = facts(state)
    told = of_bond(found, b.TEAM_ANSWERS)
    assert (told.value if isinstance(told, Known) else None) is answers
    assert [one.name for one in found.bonds[0].members] == ["tm3", "tm4"]
    actor = of(found, "tm3", m.ACTOR_STATE)
    assert isinstance(actor, Unknown)
    assert words in actor.reason
    assert any(words in problem.text for problem in found.problems)
    result = audit(found, NO_POLICY, now_utc_s=0.0)
    assert ("teamd-silent" in {f.rule for f in result.findings}) == (answers is False)
    assert result.outcomes["partner-silent"].outcome == "not_evaluable"


def test_without_rtnetlink_teamd_names_the_ports() -> None:
    found = facts(netlink=False)
    assert [bond.name for bond in found.bonds] == ["team0"]
    assert [one.name for one in found.bonds[0].members] == ["tm3", "tm4"]
    assert isinstance(of(found, "tm3", m.TEAM_ENABLED), Unknown)


def test_the_dataplane_is_compared() -> None:
    lag = {"lag": [{"ifname": "team0", "members": [{"ifname": "tm3", "active": False}]}]}
    found = facts(dataplane=lag)
    told = of(found, "tm3", m.DATAPLANE_ACTIVE)
    assert isinstance(told, Known)
    assert told.value is False
    assert isinstance(of(found, "tm4", m.DATAPLANE_ACTIVE), Unknown)
    result = audit(found, NO_POLICY, now_utc_s=0.0)
    assert [f.subject for f in result.findings if f.rule == "dataplane-disagrees"] == ["team0/tm3"]


def test_the_driver_is_compared() -> None:
    state = copy.deepcopy(STATE)
    state["ports"]["tm3"]["runner"]["partner_lacpdu_info"]["state"] = 5
    result = audit(facts(state), NO_POLICY, now_utc_s=0.0)
    assert "team-enabled-without-sync" in {f.rule for f in result.findings}
    result = audit(facts(options=options(tm3=False, tm4=False)), NO_POLICY, now_utc_s=0.0)
    assert "team-not-enabled" in {f.rule for f in result.findings}


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["ports", "runner", "setup", "lag", "members", "ifname", "tm3", "x"]),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=12,
)


@given(JSON, JSON)
def test_no_dump_ever_raises(state: object, lag: object) -> None:
    whole = {**STATE, **state} if isinstance(state, dict) else state
    found = facts(whole, config=state, dataplane=lag)
    assert audit(found, NO_POLICY, now_utc_s=0.0).bugs == ()
    found.as_result()


@given(st.binary(max_size=80), st.integers(0, 200))
def test_no_octets_of_the_driver_ever_raise(octets: bytes, cut: int) -> None:
    teamd_options.options(octets, "<")
    teamd_options.options(options(tm3=True)[:cut] + octets, "<")

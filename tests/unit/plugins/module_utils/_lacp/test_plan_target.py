# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What may not be touched: by name, by kind, by what is left, by kernel and by driver."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.plan import Refused
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.plan_hazards import (
    Surroundings,
    hazard,
    hazards,
    surroundings,
    survival,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.plan_target import (
    check_isolation,
    check_members,
    target,
)

from .plan_host import (
    BACKUP,
    DEAF,
    EXPIRED,
    SYNC_LOST,
    bond,
    free,
    look,
    network,
    port,
    snapshot,
    stand,
)

if TYPE_CHECKING:
    from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.stuck import Stand

LINKS = (
    bond(),
    port(8, "eno1"),
    port(9, "eno2"),
    bond("bond1", 20, BACKUP),
    bond("bond2", 21, up=False),
    free(10, "eno3"),
    free(11, "eno4", up=True),
    free(12, "eno5", master=20),
    free(13, "vlan7", kind="vlan"),
    free(14, "br0", kind="bridge", up=True),
)
NETWORK = network(*LINKS)
FALLBACK = look(8, (79, 0), state="active")


def test_a_bond_and_its_timers() -> None:
    found = target(NETWORK, "bond0")
    assert found.members == ("eno1", "eno2")
    assert found.timers == (True, 100, 200, 0)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("bond7", "no interface 'bond7'; the 802.3ad bonds of this host are: bond0, bond2"),
        ("eno1", "eno1 is an interface of kind hardware, not a bond"),
        ("vlan7", "vlan7 is a VLAN, not a bond"),
        ("br0", "br0 is a bridge, not a bond"),
        ("bond1", "bond1 is in mode active-backup, where nobody speaks LACP"),
        ("bond2", "bond bond2 is down, and its LACP stands still"),
    ],
)
def test_what_is_no_bond_is_refused(name: str, said: str) -> None:
    with pytest.raises(Refused) as refused:
        target(NETWORK, name)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("names", "state", "said"),
    [
        ([], "cycled", "name at least one; bond bond0 has: eno1, eno2"),
        (["eno1", "eno1"], "cycled", "eno1 is named twice"),
        (["eno9"], "absent", "no interface 'eno9'; bond bond0 has: eno1, eno2"),
        (["eno5"], "absent", "eno5 belongs to bond bond1, not to bond bond0"),
        (["vlan7"], "present", "vlan7 is a VLAN, not a port of a bond"),
        (["br0"], "present", "br0 is a bridge, not a port of a bond"),
        (["bond1"], "present", "bond1 is a bond, not a port of a bond"),
        (["eno3"], "cycled", "eno3 is no member of bond bond0"),
        (["eno4"], "present", "eno4 is up, so it may be in use"),
    ],
)
def test_what_is_no_member_is_refused(names: list[str], state: str, said: str) -> None:
    with pytest.raises(Refused) as refused:
        check_members(NETWORK, target(NETWORK, "bond0"), names, state)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("names", "state"),
    [(["eno1", "eno2"], "cycled"), (["eno3"], "present"), (["eno3"], "absent")],
)
def test_what_can_be_done_is_not_refused(names: list[str], state: str) -> None:
    bond0 = target(NETWORK, "bond0")
    check_members(NETWORK, bond0, names, state)
    assert bond0.link.name == "bond0"


@pytest.mark.parametrize(
    ("where", "action", "said"),
    [
        (stand(eno2=look(9)), "release", "last member, without which the bond loses its MAC"),
        (stand(eno2=look(9, DEAF)), "release", "last member, without which"),
        (stand(eno2=look(9)), "down", "carries traffic (there is no other member)"),
        (stand(eno1=look(8, DEAF), eno2=look(9)), "down", "the partner does not hear this host"),
        (stand(eno1=look(8, EXPIRED), eno2=look(9)), "release", "the partner is not heard"),
        (stand(eno1=look(8, SYNC_LOST), eno2=look(9)), "down", "the partner is not in sync"),
        (stand(eno1=look(8, aggregator="2"), eno2=look(9)), "down", "in another aggregator"),
        (stand(eno1=look(8, mii_status="down"), eno2=look(9)), "down", "calls its link down"),
        (stand(eno1=look(8, DEAF), eno2=FALLBACK), "down", "eno2 is the last member that carries"),
    ],
)
def test_the_host_is_not_isolated(where: Stand, action: str, said: str) -> None:
    with pytest.raises(Refused) as refused:
        check_isolation(where, "eno2", action, allowed=False)
    assert said in str(refused.value)
    assert "allow_isolation: true" in str(refused.value)
    assert said in check_isolation(where, "eno2", action, allowed=True)


@pytest.mark.parametrize(
    ("where", "cured"),
    [
        (stand(eno1=look(8), eno2=look(9)), ()),
        (stand(eno1=look(8), eno2=look(9, DEAF)), ()),
        (stand(eno1=look(8, DEAF), eno2=look(9, DEAF)), ()),
        (stand(eno1=look(8, DEAF), eno2=look(9)), ("eno1",)),
    ],
    ids=["both work", "the stuck one", "all are stuck", "after the other is cured"],
)
def test_where_nothing_gets_worse_nothing_is_refused(where: Stand, cured: tuple[str, ...]) -> None:
    assert check_isolation(where, "eno2", "release", allowed=False, cured=cured) == ""


def around(upstream: str, **drivers: str) -> Surroundings:
    return Surroundings(upstream, drivers, (), {})


@pytest.mark.parametrize(
    ("where", "actions", "refused"),
    [
        (around("6.12.101", eno1="ixgbe"), ["release", "down"], ""),
        (around("5.10.100"), ["release"], "refused to release a member on this host"),
        (around("5.10.100"), ["down"], ""),
        (around("6.12.63", eno1="ice"), ["down"], "refused to set a member down on this host"),
        (around("6.12.63", eno1="ice"), ["down", "release"], "(eno1 use ice)"),
        (around("6.12.68", eno1="ice"), ["down"], ""),
        (around("6.12.63", eno9="ice"), ["down"], ""),
        (around("", eno1="ice"), ["down"], ""),
    ],
)
def test_kernels_and_drivers_that_forbid_it(
    where: Surroundings, actions: list[str], refused: str
) -> None:
    said = hazard(list(hazards(where, ["eno1", "eno2"])), actions)
    assert refused in said
    assert bool(said) is bool(refused)


NETWORKD = {"systemd-networkd": {"members": ["eno1", "eno2"]}}
NM = {"NetworkManager": {"members": ["eno2"]}}


@pytest.mark.parametrize(
    ("managers", "intent", "state", "survives", "why"),
    [
        ((), {}, "cycled", True, "the bond has the members it had"),
        ((), {}, "absent", False, "a reboot forgets all of it"),
        (("systemd-networkd",), NETWORKD, "absent", False, "a reload or reboot puts it back"),
        (("NetworkManager",), NM, "absent", False, "NetworkManager does so at once"),
        (("systemd-networkd",), NETWORKD, "present", True, "names eno2 as a member"),
        (("systemd-networkd",), {}, "present", False, "a reload may drop it"),
        (("systemd-networkd",), {}, "absent", True, "does not name eno2"),
    ],
)
def test_whether_a_change_outlives_a_reload(
    managers: tuple[str, ...],
    intent: dict[str, Any],
    state: str,
    survives: bool,  # noqa: FBT001 - a column of the table
    why: str,
) -> None:
    told, reason = survival(Surroundings("", {}, managers, intent), "eno2", state)
    assert told is survives
    assert why in reason


def test_who_hides_the_managers_hides_the_answer() -> None:
    hidden = Surroundings("", {}, (), {}, "netplan: Permission denied")
    assert survival(hidden, "eno2", "absent")[0] is None


def test_surroundings_of_a_host() -> None:
    found = surroundings(
        snapshot(*LINKS)._replace(
            facts={
                "byteorder": "little",
                "uname_release": "6.12.63+deb13-amd64",
                "uname_version": "#1 SMP Debian 6.12.63-1 (2026-01-01)",
            },
            symlinks={"/sys/class/net/eno1/device/driver": "../../../bus/pci/drivers/ice"},
        ),
        "bond0",
    )
    assert (found.upstream, found.drivers) == ("6.12.63", {"eno1": "ice"})

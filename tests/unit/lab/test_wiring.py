# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from lab.reader import parse
from lab.wiring import host_commands, script

PAIR = """
hosts:
  h1:
    switches:
      a: {system: "02:00:00:00:00:aa"}
      b: {system: "02:00:00:00:00:aa", first_port: 3}
    bonds:
      bond0: {members: {eno1: {switch: a}, eno2: {switch: b}}}
"""


def test_an_mlag_pair_has_one_system_one_key_and_port_numbers_that_do_not_meet() -> None:
    commands = host_commands(parse(PAIR, "t", "t.yml").hosts["h1"])
    lags = [line for line in commands if "type bond" in line and " -n " in line]
    assert len(lags) == 2
    for line in lags:
        assert "ad_actor_system 02:00:00:00:00:aa" in line
        assert "ad_user_port_key 1" in line
    # Two stand-ins take the numbers 1 and 2 before eno2's port is enslaved as number 3.
    enslaved = [line for line in commands if line.startswith("ip -n b") and " master po1" in line]
    assert [line.split()[6] for line in enslaved] == ["standin1", "standin0", "swp2"]


def test_commands_say_dev_and_name_so_that_a_bond_may_be_called_mtu() -> None:
    text = "hosts: {h1: {bonds: {mtu: {members: [up, down]}}}}"
    commands = host_commands(parse(text, "t", "t.yml").hosts["h1"])
    assert "ip link set dev up master mtu" in commands
    assert any(line.startswith("ip link add name mtu type bond") for line in commands)


def test_neighbours_of_one_namespace_share_a_process() -> None:
    commands = ["ip netns add sw", "ip link a", "ip link b", "ip -n sw link c", "modprobe d"]
    assert script(commands) == (
        "#!/bin/sh -e\nip netns add sw\n"
        "ip -batch - <<'END'\nlink a\nlink b\nEND\n"
        "ip -n sw -batch - <<'END'\nlink c\nEND\nmodprobe d\n"
    )

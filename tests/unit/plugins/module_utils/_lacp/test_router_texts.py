# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# ruff: noqa: E501 - screens stand here as they are printed

"""The screens show interfaces, tcpdump's text and the checker's lines, written here."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import (
    checker_csv,
    tcpdump_text,
    vyatta_interfaces,
)

OLD = (
    "Codes: S - State, L - Link, u - Up, D - Down, A - Admin Down\n"
    "Interface        IP Address                        S/L  Description\n"
    "---------        ----------                        ---  -----------\n"
)
NEW = (
    "Codes: S - State, L - Link, u - Up, D - Down, A - Admin Down\n"
    "Interface       IP Address                        S/L  Speed/Duplex  Description\n"
    "---------       ----------                        ---  ------------  -----------\n"
)


def row(text: str) -> dict[str, Any]:
    """Return the last interface of a text."""
    found = vyatta_interfaces.parse(text)
    assert found["unrecognised"] == []
    last: dict[str, Any] = found["tables"][-1]["interfaces"][-1]
    return last


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (OLD + "dp0bond0         198.51.100.75/26                  u/D\n", {"state": "up", "link": "down"}),
        (OLD + "dp0vrrp1         -                                 A/D\n", {"state": "admin-down", "addresses": []}),
        (OLD + "dp0bond0.956     198.51.100.129/26                 u/u  towards core\n", {"parent": "dp0bond0", "description": "towards core"}),
        (NEW + "dp0s0           -                                 u/u  a-10g/a-full  to sw1\n",
         {"speed": "a-10g", "duplex": "a-full", "description": "to sw1"}),
        (NEW + "vti0            198.51.100.1/24                   u/u  -/-           x\n", {"speed": None, "duplex": None, "description": "x"}),
        (NEW + "dp0s1           -                                 u/D  auto/auto\n", {"speed": "auto", "link": "down", "description": ""}),
        (OLD + "dp0s0            198.51.100.1/24                   u/u\n                 2001:db8::1/64\n",
         {"addresses": ["198.51.100.1/24", "2001:db8::1/64"]}),
        (OLD + "dp0s0            2001:db8:1111:2222:3333:4444:5555:6666/64\n                                                   u/u  long\n",
         {"link": "up", "description": "long", "addresses": ["2001:db8:1111:2222:3333:4444:5555:6666/64"]}),
        (OLD + "dp0s0            -                                 u/u  a description\n                                                        that goes on\n",
         {"description": "a description that goes on"}),
        (OLD + "dp0s0            -                                 Z/u\n", {"state": "unknown:Z", "link": "up"}),
        (OLD + "a-very-long-interface-name0.4094 198.51.100.1/24       u/u  x\n", {"parent": "a-very-long-interface-name0", "description": "x"}),
    ],
)  # fmt: skip
def test_an_interface(text: str, expected: dict[str, Any]) -> None:
    found = row(text)
    assert {key: found[key] for key in expected} == expected


def test_one_interface_alone() -> None:
    text = (
        "vyatta@r1:~$ show interfaces dp0s0\n"
        "dp0s0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc pfifo_fast master dp0bond0 state UP group default qlen 1000\n"
        "    link/ether 02:00:00:00:00:80 brd ff:ff:ff:ff:ff:ff\n"
        "    inet6 fe80::1/64 scope link\n"
        "       valid_lft forever preferred_lft forever\n"
        "    uptime: 12 days 3:04:05 transitions: 3 last-change: 2017-11-28T15:45:04+0900\n"
        "    Description: to sw1\n\n"
        "    RX:  bytes    packets     errors    ignored    overrun      mcast\n"
        "     233356788     657817          0          0          0         12\n"
        "    TX:  bytes    packets     errors    dropped    carrier collisions\n"
        "      54574771     122833          0          0          0          0\n"
    )  # fmt: skip
    found = vyatta_interfaces.parse(text)
    [detail] = found["details"]
    assert found["unrecognised"] == []
    assert (detail["name"], detail["master"], detail["state"]) == ("dp0s0", "dp0bond0", "up")
    assert (detail["mac"], detail["transitions"]) == ("02:00:00:00:00:80", 3)
    assert detail["rx"]["mcast"] == 12
    assert detail["tx"]["packets"] == 122833


def frame(head: str, flags: str = "Activity, Aggregation, Default") -> str:
    """Return a LACPDU as tcpdump -v prints it."""
    return (
        f"{head}\n"
        "        Actor Information TLV (0x01), length 20\n"
        "          System 02:5C:00:00:04:41, System Priority 32768, Key 27, Port 32795, Port Priority 100\n"
        f"          State Flags [{flags}]\n"
        "        Partner Information TLV (0x02), length 20\n"
        "          System 00:00:00:00:00:00, System Priority 0, Key 0, Port 0, Port Priority 0\n"
        "          State Flags [Timeout]\n"
        "        Collector Information TLV (0x03), length 16\n"
        "          Max Delay 0\n"
        "        Terminator TLV (0x00), length 0\n"
    )


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("16:30:20.151118 LACPv1, length 110", {"time": "16:30:20", "fraction": "151118", "src": None}),
        ("16:30:20.1511184448 LACPv1, length 110", {"time": "16:30:20", "fraction": None}),
        ("16:30:20.151118 02:00:00:00:00:80 > 01:80:c2:00:00:02, ethertype Slow Protocols (0x8809), length 124: LACPv1, length 110",
         {"src": "02:00:00:00:00:80", "sent_by": "host"}),
        ("2017-11-30 16:30:20.151118 02:00:00:00:00:99 > 01:80:c2:00:00:02, ethertype Slow Protocols (0x8809), length 124: LACPv1, length: 110",
         {"date": "2017-11-30", "sent_by": "partner"}),
        ("16:30:20.151118 eno1  In  LACPv1, length 110", {"interface": "eno1"}),
        ("1511184448.503000 LACPv1, length 110", {"time": None, "stamp": "1511184448.503000"}),
        ("16:30:20 LACPv241, length 110", {"version": 241}),
    ],
)  # fmt: skip
def test_a_frame(head: str, expected: dict[str, Any]) -> None:
    found = tcpdump_text.parse("vyatta@r1:~$ tcpdump -ni dp0s0 -v\n" + frame(head))
    [told] = found["frames"]
    told["sent_by"] = tcpdump_text.sent_by(told, [], ["02:00:00:00:00:80"] if told["src"] else [])
    assert {key: told[key] for key in expected} == expected
    assert told["actor"] == {
        "system": "02:5c:00:00:04:41",
        "system_priority": 32768,
        "key": 27,
        "port": 32795,
        "port_priority": 100,
        "state": 0x45,
        "flags": ["Activity", "Aggregation", "Default"],
    }
    assert (told["partner"]["state"], told["interface"] in ("dp0s0", "eno1")) == (2, True)
    assert found["unrecognised"] == []


def test_no_flag_and_unknown_flags() -> None:
    [none] = tcpdump_text.parse(frame("16:30:20 LACPv1, length 110", "none"))["frames"]
    assert (none["actor"]["state"], none["flaws"]) == (0, [])
    [odd] = tcpdump_text.parse(frame("16:30:20 LACPv1, length 110", "Activity, Zzz"))["frames"]
    assert odd["actor"]["state"] is None
    assert odd["flaws"] == ["actor: unknown:Zzz"]


@pytest.mark.parametrize("cut", range(1, 10))
def test_a_frame_cut_short_says_so(cut: int) -> None:
    text = frame("16:30:20 LACPv1, length 110")
    [told] = tcpdump_text.parse("".join(text.splitlines(keepends=True)[:cut]))["frames"]
    assert bool(told["flaws"]) == (cut < 7)


def test_who_sent_a_frame_is_unknown_unless_somebody_says() -> None:
    [told] = tcpdump_text.parse(frame("16:30:20 LACPv1, length 110"))["frames"]
    assert tcpdump_text.sent_by(told, [], []) == "unknown"
    assert tcpdump_text.sent_by(told, ["02:5c:00:00:04:41"], []) == "host"
    assert tcpdump_text.sent_by(told, ["02:5c:00:00:09:80"], []) == "partner"


def test_the_change_lies_its_age_before_the_line() -> None:
    [one] = checker_csv.parse(
        "date,                     if,       carr, state, age,        chngs, ping, ping\n"
        "2017-11-30T18:57:12+0900, dp0bond0, 0,    down,      65.227, 2,     1,    0\n"
    )["rows"]
    assert one["utc"] == "2017-11-30T09:57:12.000Z"
    assert one["changed_utc"] == "2017-11-30T09:56:06.773Z"
    assert (one["carrier"], one["changes"], one["pings"]) == (False, 2, [True, False])


@pytest.mark.parametrize(
    "line",
    [
        "2017-13-30T18:57:12+0900, a, 0, down, 65.2, 2",
        "0001-01-01T00:00:00+2359, a, 0, down, 65.2, 2",
        "2017-11-30T18:57:12+0900, a, x, down, -1, 2",
        "2017-11-30T18:57:12+0900, a, x, down, 999999999999999, 2",
    ],
)
def test_what_is_no_moment_is_none(line: str) -> None:
    [one] = checker_csv.parse(line)["rows"]
    assert one["changed_utc"] is None

# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# ruff: noqa: E501 - screens stand here as they are printed

"""Screens of Vyatta routers, written here after the print formats of its scripts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import (
    checker_csv,
    port_state,
    tcpdump_text,
    teamd_dumps,
    vyatta_bonds,
    vyatta_flags,
    vyatta_interfaces,
    vyatta_members,
    vyatta_text,
)

PROMPT = "vyatta@r1:~$ "
HEADER = "Interface        RX: bytes  packets     TX: bytes  packets    slctd LACP flags\n"
PLAIN = "Interface        RX: bytes  packets     TX: bytes  packets\n"
BOND = "dp0bond7         21083      194         94923      1451      \n"


def member(name: str, counters: tuple[int, int, int, int], selected: str, word: str) -> str:
    """Return a row as the Perl of 5600 prints it."""
    numbers = "{:<10} {:<10}  {:<10} {:<10}".format(*counters)
    return f"    {name:<12} {numbers} {selected:<5} {word:<12.12}\n"


ROW = member("dp0s0", (11527, 114, 13934, 149), "yes", "SYNCHRONIZATION")
OTHER = member("dp0s2", (9556, 80, 80809, 1299), "yes", "DISTRIBUTING")


def members(text: str) -> list[dict[str, Any]]:
    """Return the members of the last bond of the last table."""
    found: list[dict[str, Any]] = vyatta_members.parse(text)["tables"][-1]["bonds"][-1]["members"]
    return found


@pytest.mark.parametrize("state", range(256))
def test_a_word_says_nothing_that_is_not_so(state: int) -> None:
    decoded = vyatta_flags.decode(vyatta_flags.shown(state))
    assert decoded["unknown"] is None
    for bit, name in port_state.STATE_BITS:
        assert decoded["bits"][name] in (None, bool(state & bit))


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (113, "*DISTRIBUTIN"),
        (61, "DISTRIBUTING"),
        (29, "COLLECTING"),
        (0, ""),
        (0x0D, "SYNCHRONIZAT"),
        (0x45, "*AGGREGATION"),
        (0x85, "EXPIRED"),
        (0x40, "*"),
        (7, "AGGREGATION"),
    ],
)
def test_the_word_for_a_state(state: int, word: str) -> None:
    assert vyatta_flags.shown(state) == word


@pytest.mark.parametrize("word", ["A", "GEBUENDELT", "*X", "distributing", "DISTRIBUTINGX", "yes"])
def test_a_word_that_nobody_knows_is_named(word: str) -> None:
    decoded = vyatta_flags.decode(word)
    assert decoded["unknown"] == f"unknown:{word}"
    assert decoded["highest"] is None
    assert set(decoded["bits"].values()) == {None}


def test_members_and_what_cannot_be_told() -> None:
    found = vyatta_members.parse(
        PROMPT + "show interfaces bonding dp0bond7 slaves\n" + HEADER + BOND + ROW
    )
    [table] = found["tables"]
    assert table["command"] == "show interfaces bonding dp0bond7 slaves"
    [bond] = table["bonds"]
    assert (bond["name"], bond["tx_packets"]) == ("dp0bond7", 1451)
    [port] = bond["members"]
    assert (port["name"], port["rx_bytes"], port["tx_packets"]) == ("dp0s0", 11527, 149)
    assert port["selected"] is True
    assert port["flags"]["shown"] == "SYNCHRONIZAT"
    assert port["flags"]["bits"]["distributing"] is False
    assert port["flags"]["bits"]["aggregation"] is None
    assert any("partner" in sentence for sentence in found["cannot_tell"])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "colours",
            "\x1b[1m" + HEADER + "\x1b[0m" + BOND + "\x1b[31m" + ROW[:-1] + "\x1b[0m\x1b[K\n",
        ),
        ("carriage returns", (HEADER + BOND + ROW).replace("\n", "\r\n")),
        ("a pager", HEADER + BOND + "--More--\n" + ROW),
        ("a mail", "".join(f"> {line}\n" for line in (HEADER + BOND + ROW).splitlines())),
        ("a ticket", "".join(f"\t{line}\n" for line in (HEADER + BOND + ROW).splitlines())),
        ("lost indentation", HEADER + BOND + ROW.lstrip()),
        ("lost first row", HEADER + ROW),
        (
            "single spaces",
            "\n".join(" ".join(x.split()) for x in (HEADER + BOND + ROW).splitlines()),
        ),
        (
            "wide counters",
            HEADER + BOND + member("dp0s0", (10**15, 10**14, 10**13, 149), "yes", "SYNCHRONIZAT"),
        ),
        ("a wrap in the word", HEADER + BOND + ROW.replace("SYNCHRONIZAT", "SYNCHR\nONIZAT")),
        ("a wrap before the word", HEADER + BOND + ROW.replace("  SYN", "\n  SYN")),
        ("a wrap in a number", HEADER + BOND + ROW.replace("149", "1\n49")),
        ("a wrap of the header", HEADER.replace("LACP", "LA\nCP") + BOND + ROW),
        ("two commands", PLAIN + "bond9 1 1 1 1\n" + PROMPT + "show x\n" + HEADER + BOND + ROW),
        (
            "another screen first",
            "Interface    Mode   State    Link   Slaves\nb lacp up up 2\n" + HEADER + BOND + ROW,
        ),
    ],
    ids=lambda value: value if "\n" not in value else "",
)
def test_members_survive(name: str, text: str) -> None:
    [port] = members(text)
    assert (port["name"], port["tx_packets"], port["flags"]["shown"]) == (
        "dp0s0",
        149,
        "SYNCHRONIZAT",
    ), name
    assert vyatta_members.parse(text)["unrecognised"] == []


@pytest.mark.parametrize("at", range(len(ROW)))
def test_a_row_cut_short_never_tells_more(at: int) -> None:
    found = vyatta_members.parse(HEADER + BOND + OTHER + ROW[:at])
    ports = found["tables"][0]["bonds"][0]["members"]
    assert ports[0]["flags"]["shown"] == "DISTRIBUTING"
    for port in ports[1:]:
        assert found["tables"][0]["cut"] or ROW[:at].strip() == ROW.strip()
        if port["flags"]:
            assert port["flags"]["highest"] in ("", "synchronization")
    assert found["tables"][0]["cut"] or not ROW[:at].strip()


def test_a_screen_without_states_says_so() -> None:
    found = vyatta_members.parse(PLAIN + "bond0 5 4 3 2\n    eth0 5 4 3 2\n    eth1 0 0 0 0\n")
    assert [port["flags"] for port in found["tables"][0]["bonds"][0]["members"]] == [None, None]
    assert vyatta_members.NO_FLAGS in found["cannot_tell"]


@pytest.mark.parametrize(
    ("line", "kind", "device"),
    [
        ("Device does not exist: dp0bond9", "no-such-device", "dp0bond9"),
        ("dp0bond0: Cannot get members of the bond", "teamd-silent", "dp0bond0"),
        ("dp0bond0: Cannot get state", "teamd-silent", "dp0bond0"),
        ("teamdctl: Failed to connect to daemon (dp0bond0)", "teamd-silent", None),
        ("sudo: a password is required", "needs-privileges", None),
        ("vbash: vplsh: command not found", "no-such-command", None),
        ("Invalid command: show [bonding]", "no-such-command", None),
    ],
)
@pytest.mark.parametrize(
    "parse", [vyatta_members.parse, vyatta_bonds.parse, vyatta_interfaces.parse, teamd_dumps.parse]
)
def test_what_a_router_refuses_is_named(
    parse: Any, line: str, kind: str, device: str | None
) -> None:
    [complaint] = parse(PROMPT + "show something\n" + line + "\n")["refusals"]
    assert (complaint["kind"], complaint["device"], complaint["line"]) == (kind, device, 2)


def test_another_language_is_not_guessed() -> None:
    text = "Schnittstelle    RX: Bytes  Pakete      TX: Bytes  Pakete\n" + BOND + ROW
    found = vyatta_members.parse(text)
    assert found["tables"] == []
    assert len(found["unrecognised"]) == 3


def test_kicks_are_kept_in_order() -> None:
    text = (
        "root@r1:/# sbin/vyatta-bonding --dev=dp0bond7 --remove=dp0s2\n"
        "root@r1:/# sbin/vyatta-bonding --dev=dp0bond7 --add=dp0s2\nroot@r1:/# \n"
    )
    assert [(k["action"], k["member"], k["bond"]) for k in vyatta_members.parse(text)["kicks"]] == [
        ("remove", "dp0s2", "dp0bond7"),
        ("add", "dp0s2", "dp0bond7"),
    ]


BONDS = "Interface    Mode                   State    Link   {}\n"


@pytest.mark.parametrize(
    ("word", "row", "expected"),
    [
        ("Slaves", "dp0bond0     802.3ad                up       down   2", (2, None)),
        ("Members", "dp0bond0     802.3ad                up       down   2", (2, None)),
        (
            "Slaves",
            "dp0bond0     802.3ad                up       down   eth0 eth1",
            (2, ["eth0", "eth1"]),
        ),
        ("Slaves", "dp0bond0     802.3ad                up       down   ", (0, [])),
    ],
)
def test_bonds(word: str, row: str, expected: tuple[int, Any]) -> None:
    [bond] = vyatta_bonds.parse(BONDS.format(word) + row + "\n")["tables"][0]["bonds"]
    assert (bond["name"], bond["mode"], bond["state"], bond["link"]) == (
        "dp0bond0",
        "802.3ad",
        "up",
        "down",
    )
    assert (bond["member_count"], bond["member_names"]) == expected


def test_an_empty_cell_of_a_ruled_table_is_a_value() -> None:
    text = (
        "Interface    Members    Mode    Rate    System-MAC         Hash\n"
        "-----------  ---------  ------  ------  -----------------  ------\n"
        "bond0        eth2       active  slow    02:00:00:00:00:b3  layer2\n"
        "bond1                   active  slow    00:00:00:00:00:00  layer2\n"
    )
    [table] = vyatta_bonds.parse(text)["lacp"]
    assert [row["members"] for row in table["rows"]] == ["eth2", ""]
    assert [row["system_mac"] for row in table["rows"]] == [
        "02:00:00:00:00:b3",
        "00:00:00:00:00:00",
    ]


@given(st.text(max_size=300))
def test_no_text_ever_raises(text: str) -> None:
    for parse in PARSERS:
        parse(text)


PARSERS: tuple[Any, ...] = (
    vyatta_members.parse,
    vyatta_bonds.parse,
    vyatta_interfaces.parse,
    tcpdump_text.parse,
    checker_csv.parse,
    teamd_dumps.parse,
)
PIECES = st.sampled_from(
    [
        HEADER, PLAIN, BOND, ROW, ROW[:50], OTHER[30:], BONDS.format("Slaves"), PROMPT, "\n", "{", "}", '"ports":',
        "Interface        IP Address                        S/L  Description\n", "-----  ----- ---\n", "dp0s0 - u/u x\n",
        "12:00:00.1 LACPv1, length 110\n", "  Actor Information TLV (0x01), length 20\n", "setup:\n", "  runner: lacp\n",
        "  State Flags [Activity]\n", "date, if, carr, state, age, chngs, ping\n", "2017-11-30T18:53:48+0900, a, 1, up, 9, 1\n",
        "2: dp0s0: <UP> mtu 1500 state UP\n", "    RX:  bytes packets\n", "    1 2\n", '{"lag":[{"ifname":1}]}\n', "\x1b[31m", "\b", "\r",
    ]
)  # fmt: skip


@given(st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=14).map("".join))
def test_no_mixture_of_screens_ever_raises(text: str) -> None:
    for parse in PARSERS:
        parse(text)


def test_a_huge_text_is_read_in_reasonable_steps() -> None:
    text = HEADER + BOND + ROW * 20000 + "{\n" * 2000
    assert len(members(text)) == 20000
    assert teamd_dumps.parse(text)["damaged"]


def test_escape_sequences_leave_nothing_behind() -> None:
    assert vyatta_text.clean("\x1b]0;title\x07a\x1b[01;32mb\x1b[m\x1b(Bc\x08d\r\n") == "abd\n"

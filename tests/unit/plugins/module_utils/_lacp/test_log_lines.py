# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lines of logs: what journalctl and the kernel give, also where it is broken."""

from __future__ import annotations

import json

import pytest

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.log_lines import (
    of_journal,
    of_kmsg,
)

BOOT_NS = 1_763_682_000_000_000_000


def entry(**changes: object) -> str:
    found: dict[str, object] = {
        "__REALTIME_TIMESTAMP": "1763682001500000",
        "_TRANSPORT": "kernel",
        "PRIORITY": "6",
        "MESSAGE": "bond0: active interface up!",
        **changes,
    }
    return json.dumps({key: value for key, value in found.items() if value is not None})


def test_a_line_of_the_kernel() -> None:
    (line,) = of_journal(entry())
    assert line.as_result() == {
        "at": "2025-11-20T23:40:01.500000000Z",
        "who": "kernel",
        "priority": 6,
        "text": "bond0: active interface up!",
        "about": False,
    }


@pytest.mark.parametrize(
    ("changes", "who"),
    [
        ({"_TRANSPORT": "stdout", "SYSLOG_IDENTIFIER": "NetworkManager"}, "NetworkManager"),
        ({"_TRANSPORT": "syslog", "_SYSTEMD_UNIT": "teamd.service"}, "teamd.service"),
        ({"_TRANSPORT": None}, "?"),
    ],
)
def test_who_said_it(changes: dict[str, object], who: str) -> None:
    (line,) = of_journal(entry(**changes))
    assert line.who == who


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ([98, 111, 110, 100, 255], "bond\\xff"),
        (None, ""),
        ([1000], "[1000]"),
        ("two\nlines", "two\nlines"),
    ],
)
def test_messages_of_odd_forms(message: object, text: str) -> None:
    (line,) = of_journal(entry(MESSAGE=message))
    assert line.text == text


def test_what_is_no_entry_is_passed_over() -> None:
    output = "\n".join(
        ["-- No entries --", "{", "[]", "{}", entry(__REALTIME_TIMESTAMP="x"), entry()]
    )
    assert len(list(of_journal(output))) == 1


def test_a_record_of_the_kernel_has_its_time_from_boot() -> None:
    line = of_kmsg(b"6,1234,1500000,-;bond0: up\n SUBSYSTEM=net\n", BOOT_NS)
    assert line is not None
    assert (line.utc_ns, line.priority, line.text) == (BOOT_NS + 1_500_000_000, 6, "bond0: up")
    assert line.about


@pytest.mark.parametrize("record", [b"", b";", b"6,1;x", b"a,b,c,-;x", b"6,1,2,-"])
def test_what_is_no_record_is_none(record: bytes) -> None:
    assert of_kmsg(record, BOOT_NS) is None

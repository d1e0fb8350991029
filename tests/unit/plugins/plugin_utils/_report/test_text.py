# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Text from hosts made harmless."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from ansible_collections.bondproof.lacp.plugins.plugin_utils._report import text


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("eno1", "eno1"),
        ("a\x1b[31mred", "a\\u001b[31mred"),
        ("a\x00b", "a\\u0000b"),
        ("caf\udce9", "caf\\udce9"),
        ("abc\u202edef", "abc\\u202edef"),
        ("gr\u00fc\u00df", "gr\u00fc\u00df"),
    ],
)
def test_what_acts_is_shown(given_text: str, shown: str) -> None:
    assert text.printable(given_text) == shown


@given(st.text())
def test_nothing_that_acts_is_left(given_text: str) -> None:
    shown = text.one_line(given_text)
    assert "\n" not in shown
    assert all(ord(char) >= 32 and not 0xD800 <= ord(char) < 0xE000 for char in shown)
    assert shown.encode().decode() == shown


@pytest.mark.parametrize(
    ("names", "limit", "words"),
    [
        (["h1"], 3, "h1"),
        (["h1", "h2"], 3, "h1 and h2"),
        (["h1", "h2", "h3"], 3, "h1, h2 and h3"),
        (["h1", "h2", "h3", "h4"], 2, "h1, h2 and 2 more"),
        ([], 3, ""),
    ],
)
def test_listed(names: list[str], limit: int, words: str) -> None:
    assert text.listed(names, limit) == words


def test_natural_order() -> None:
    names = ["h10", "h2b", "h1", "a", "10", "9", "h2a", "h" + "9" * 40]
    in_order = ["9", "10", "a", "h" + "9" * 40, "h1", "h2a", "h2b", "h10"]
    assert sorted(names, key=text.natural) == in_order


def test_cut_keeps_the_width() -> None:
    assert text.cut("abcdef", 4) == "abc\u2026"
    assert text.cut("abcd", 4) == "abcd"

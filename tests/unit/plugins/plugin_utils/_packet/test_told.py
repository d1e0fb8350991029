# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ten lines for the terminal, Markdown for mails, a page that runs nothing of a host."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from unit.plugins.plugin_utils._report.browser import CHROMIUM, Browser

from ansible_collections.bondproof.lacp.plugins.plugin_utils._packet.facts_of import far_end
from ansible_collections.bondproof.lacp.plugins.plugin_utils._packet.page import page
from ansible_collections.bondproof.lacp.plugins.plugin_utils._packet.questions import questions
from ansible_collections.bondproof.lacp.plugins.plugin_utils._packet.readable import plain
from ansible_collections.bondproof.lacp.plugins.plugin_utils._packet.reader import (
    Packet,
    open_packet,
)
from ansible_collections.bondproof.lacp.plugins.plugin_utils._packet.summary import summary
from ansible_collections.bondproof.lacp.plugins.plugin_utils._packet.ten_lines import ten_lines

from .packets import gathered, sealed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EVIL = "\"'><script>window.owned=1</script><img src=x onerror='window.owned=1'>"


@pytest.fixture(scope="module")
def packet(tmp_path_factory: pytest.TempPathFactory) -> Packet:
    return open_packet(sealed(tmp_path_factory.mktemp("packet")))


def test_ten_lines_say_who_how_sure_and_where_the_packet_lies(packet: Packet) -> None:
    assert packet.verdict is not None
    lines = ten_lines(packet.verdict, where="somewhere", width=100, paint=lambda text, _c: text)
    assert len(lines) == 10
    assert lines[0].startswith("h1 bond0: ")
    assert packet.verdict["confidence"] in lines[0]
    assert lines[1].strip() == packet.verdict["headline"]  # whole, whatever its length
    assert [line.split()[0] for line in lines[2:]] == [
        *("where", "for", "for", "for", "against", "next", "next", "packet")
    ]
    assert all(len(line) <= 100 for line in lines[2:])


def test_questions_hold_our_identity_and_the_window(packet: Packet) -> None:
    text = questions(packet.document, packet.verdict or {})
    bond = packet.document["after"]["bonds"]["bond0"]
    for name, member in bond["members"].items():
        assert f"| {name} | {member['permanent_mac']} |" in text
        assert f"| {member['actor']['key']} | {member['actor']['port']} |" in text
    assert "UTC" in text
    assert "show lacp" in text


def test_the_summary_names_the_verdict_and_the_files(packet: Packet) -> None:
    text = summary(packet)
    assert packet.verdict is not None
    assert plain(packet.verdict["headline"]) in text
    assert "questions-for-the-switch-team.md" in text


@pytest.mark.parametrize(
    "text",
    ["<script>", "[x](http://evil)", "http://evil.example", "![i](x)", "**bold**", "`x`", "|"],
)
def test_markdown_of_a_host_stays_text(text: str) -> None:
    shown = plain(text)
    assert text not in shown
    assert "://" not in shown


def test_what_is_harmless_is_readable_in_a_mail() -> None:
    text = "eno2: 02:5c:00:00:01:01 at 23:00:10, lacpdu_rx +3"
    assert plain(text) == text


def test_every_claim_of_the_page_leads_to_raw_evidence(packet: Packet) -> None:
    text = page(packet)
    assert packet.verdict is not None
    anchors = {part.split('"')[0] for part in text.split('id="')[1:]}
    targets = {part.split('"')[0] for part in text.split('href="#')[1:]}
    assert any(target.startswith("exhibit-") for target in targets)
    assert targets <= anchors
    assert "http" not in text.replace("http-equiv", "")


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    folder: Path = tmp_path_factory.mktemp("page")
    found = gathered(host=EVIL)
    found.parts["kernel_log"][0]["text"] = EVIL
    packet = open_packet(sealed(folder, found))
    (folder / "report.html").write_text(page(packet), encoding="utf-8")
    with Browser(tmp_path_factory.mktemp("profile")) as browser:
        browser.open(folder / "report.html")
        yield browser


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium: apt-get install chromium")
class TestInABrowser:
    def test_nothing_of_a_host_runs(self, browser: Browser) -> None:
        assert browser.evaluate("typeof window.owned") == "undefined"
        assert browser.evaluate("document.querySelectorAll('img').length") == 0
        assert "<script>" in str(browser.evaluate("document.querySelector('h1').textContent"))

    def test_the_timeline_has_a_lane_for_each_direction_of_each_member(
        self, browser: Browser
    ) -> None:
        names = browser.evaluate(
            "[...document.querySelectorAll('.member h3')].map((e) => e.textContent)"
        )
        assert names == ["eno1", "eno2"]
        assert browser.evaluate("document.querySelectorAll('.member .plot').length") == 8

    def test_the_timeline_zooms_and_comes_back(self, browser: Browser) -> None:
        box = "document.querySelector('.plot').getAttribute('viewBox')"
        whole = browser.evaluate(box)
        browser.evaluate("document.getElementById('zoom-in').click()")
        assert browser.evaluate(box) == "25000 0 50000 40"
        browser.evaluate("document.getElementById('zoom-all').click()")
        assert browser.evaluate(box) == whole

    def test_no_request_leaves_the_page(self, browser: Browser) -> None:
        number = browser.evaluate("performance.getEntriesByType('resource').length")
        assert number == 0


def test_a_partner_that_was_given_up_is_named_by_what_was_heard_of_it() -> None:
    """The kernel keeps defaults of a partner that it gave up: key 1, port 1, no system."""
    defaults = {"system": None, "key": 1, "port": 1, "port_state": 0}
    known = {"system": "02:5c:00:00:01:01", "key": 79, "port": 2, "port_state": 61}
    looks = {
        when: {"bonds": {"bond0": {"members": {"eno2": {"partner": partner}}}}}
        for when, partner in (("before", known), ("after", defaults))
    }
    document: dict[str, Any] = {"bond": "bond0", **looks}
    assert far_end(document, "eno2") == (known, "before")
    sender = {"system": known["system"], "key": 79, "port": 7, "state": 69}
    document["wire"] = {"lanes": [{"member": "eno2", "direction": "received", "sender": sender}]}
    partner, when = far_end(document, "eno2")
    assert (partner["port"], partner["port_state"], when) == (7, 69, "heard")
    assert "with the LACP port number 7 to eno2" in questions(document, {})


def test_what_could_not_be_gathered_is_what_speaks_against_a_verdict() -> None:
    verdict = {
        "host": "h1",
        "bond": "bond0",
        "fault": "healthy",
        "problems": [{"place": "packet", "text": "capture: listening needs CAP_NET_RAW"}],
        "evidence_against": [{"text": "something smaller"}],
    }
    lines = ten_lines(verdict, where="somewhere", width=100, paint=lambda text, _c: text)
    assert lines[6] == "  against  not whole: capture: listening needs CAP_NET_RAW"

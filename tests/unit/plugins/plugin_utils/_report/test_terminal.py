# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from unit import factory
from unit.plugins.plugin_utils._report import made_up
from unit.plugins.plugin_utils._report.reports import built

from ansible_collections.bondproof.lacp.plugins.plugin_utils._report import terminal

if TYPE_CHECKING:
    from pathlib import Path

    from ansible_collections.bondproof.lacp.plugins.plugin_utils._report.fleet import FleetReport


def printed(report: FleetReport, width: int = 100) -> list[str]:
    """The lines without colour."""
    told = terminal.render(
        report, width=width, paint=lambda text, _colour: text, where="The report is r.html"
    )
    return told.split("\n")


@pytest.fixture
def report(tmp_path: Path) -> FleetReport:
    return built(tmp_path, list(made_up.fleet().values())).report


def test_the_worst_host_comes_first(report: FleetReport) -> None:
    lines = printed(report)
    start = next(i for i, line in enumerate(lines) if line.startswith("HOST"))
    hosts = [line.split()[0] for line in lines[start + 1 : start + 11]]
    assert hosts[0] == "h5"
    assert set(hosts[:5]) == {"h2", "h3", "h4", "h5", "h6"}
    assert hosts[5] == "h9"
    assert hosts[-3:] == ["h1", "h8", "h10"]


def test_a_finding_of_many_hosts_is_one_block(report: FleetReport) -> None:
    lines = printed(report)
    heads = [line for line in lines if "partner-silent" in line]
    assert len(heads) == 1
    assert "  on        h2 bond0/eno2 and h3 bond0/eno2" in lines


def test_a_block_says_expected_observed_remedy(report: FleetReport) -> None:
    lines = printed(report)
    start = next(i for i, line in enumerate(lines) if "member-mtu-below-bond" in line)
    labels = [line.split()[0] for line in lines[start : start + 5]]
    assert labels == ["error", "on", "expected", "observed", "remedy"]


def test_the_last_lines_say_where_and_whether_a_gate_stops(report: FleetReport) -> None:
    lines = printed(report)
    assert lines[-2] == "The report is r.html"
    assert lines[-1].startswith("Gate: stopped with status 2 (fail_on: error): ")


@pytest.mark.parametrize("width", [80, 100, 160])
def test_nothing_is_wider_than_the_terminal(report: FleetReport, width: int) -> None:
    lines = printed(report, width)
    assert max(len(line) for line in lines[1:-1]) <= width


def test_no_text_of_a_host_reaches_the_terminal_as_a_command(tmp_path: Path) -> None:
    evil = "\x1b]0;owned\x07\x9b31m\u202e"
    documents = [made_up.document(evil, made_up.hostile(evil)), made_up.lost("x", evil)]
    text = "\n".join(printed(built(tmp_path, documents).report))
    assert not set(text) & set("\x1b\x07\x9b\u202e")
    assert "owned" in text


def test_a_large_fleet_stays_readable(tmp_path: Path) -> None:
    documents = [made_up.document(f"h{n}", made_up.silent_partner()) for n in range(60)]
    documents += [made_up.document(f"c{n}", factory.healthy_host()) for n in range(40)]
    lines = printed(built(tmp_path, documents).report)
    assert any(line == "... and 70 hosts more, 40 of them without findings" for line in lines)
    assert any(line.startswith("  on        h0 bond0/eno2, ") for line in lines)
    assert any(line.endswith("and 57 more") for line in lines)
    assert len(lines) < 80


def test_colour_follows_the_severity(report: FleetReport) -> None:
    told = terminal.render(
        report, width=100, paint=lambda text, colour: f"<{colour}>{text}</>", where=""
    )
    assert "<red>h5</>" in told
    assert "<green>h1</>" in told
    assert "<red>error</>" in told
    # Nobody knows how h7 is: that is not green.
    assert "<dark gray>h7</>" in told


def test_vendor_of_the_partner_is_named(report: FleetReport) -> None:
    assert any("00:1c:73:aa:bb:cc Arista" in line for line in printed(report))

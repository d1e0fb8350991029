# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What moved between two readings, and where a reading is looked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.facts import facts_from
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.snapshot_json import load, save
from ansible_collections.bondproof.lacp.plugins.plugin_utils._packet.compare import (
    CompareError,
    compare,
    facts_at,
    find,
    lines,
)

RECORDED = Path(__file__).parents[4] / "fixtures/snapshots/linux-6.12-root.json"
SNAPSHOT = load(RECORDED.read_bytes())
FACTS = facts_from(SNAPSHOT)


def test_nothing_moved_between_a_reading_and_itself() -> None:
    found = compare(FACTS, FACTS)
    assert (found["moved"], found["grown"], found["reboot"]) == ([], [], False)
    assert lines("h1", found)[1:] == ["  nothing moved, and no counter of trouble grew"]


def test_a_partner_key_that_moved_on_one_member_is_named() -> None:
    place = "/proc/net/bonding/bond0"
    text = SNAPSHOT.text(place)
    assert isinstance(text, str)
    first, partner, rest = text.rpartition("details partner lacp pdu:")
    moved = rest.replace("oper key: 15", "oper key: 99")
    assert moved != rest
    files = {**SNAPSHOT.files, place: f"{first}{partner}{moved}".encode()}
    # Of one source alone, so that no other contradicts it.
    found = compare(FACTS, facts_from(SNAPSHOT._replace(files=files)))
    rows = [row for row in found["moved"] if row["what"] == "partner.key"]
    assert [(row["subject"], row["before"], row["after"]) for row in rows] == [
        ("bond0/eno2", "15", "99")
    ]
    assert "  bond0/eno2 partner.key: 15 -> 99" in lines("h1", found)


def test_a_bond_that_went_is_not_there() -> None:
    gone = FACTS._replace(bonds=tuple(bond for bond in FACTS.bonds if bond.name != "bond0"))
    rows = compare(FACTS, gone)["moved"]
    assert {"subject": "bond0", "what": "itself", "before": "there", "after": "not there"} in rows


def test_readings_are_found_by_file_by_host_and_in_a_packet(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    in_packet = tmp_path / "raw/after.snapshot.json"
    in_packet.write_text(save(SNAPSHOT), encoding="utf-8")
    assert find(tmp_path, "h1") == in_packet
    by_host = tmp_path / "h1.snapshot.json"
    by_host.write_text(save(SNAPSHOT), encoding="utf-8")
    assert find(tmp_path, "h1") == by_host
    assert find(by_host, "h9") == by_host
    assert facts_at(by_host).as_result() == FACTS.as_result()


def test_what_is_no_reading_is_named(tmp_path: Path) -> None:
    with pytest.raises(CompareError, match=r"has neither h1\.snapshot\.json nor raw/after"):
        find(tmp_path, "h1")
    with pytest.raises(CompareError, match=r"nowhere: cannot be read \(No such file"):
        facts_at(tmp_path / "nowhere")
    (tmp_path / "x").write_text("{}", encoding="utf-8")
    with pytest.raises(CompareError, match="give a file that bond_snapshot wrote"):
        facts_at(tmp_path / "x")

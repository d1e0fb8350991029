# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""bond_verdict on the controller: where packets come from, and what is said of bad ones."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.bondproof.lacp.plugins.action.bond_verdict import read
from ansible_collections.bondproof.lacp.plugins.filter.lacp_verdict import lacp_verdict
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.diagnosis import (
    PACKET_SCHEMA,
)
from ansible_collections.bondproof.lacp.plugins.plugin_utils._packet.reader import PacketError

if TYPE_CHECKING:
    from pathlib import Path

PACKET: dict[str, Any] = {"schema": PACKET_SCHEMA, "host": "h1", "bond": "bond0"}


def test_a_packet_is_taken_from_a_variable_or_a_file(tmp_path: Path) -> None:
    path = tmp_path / "packet.json"
    path.write_text(json.dumps(PACKET), encoding="utf-8")
    assert read(PACKET) == read(str(path)) == read(str(tmp_path)) == (PACKET, None)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [(None, "cannot be read"), ("{", "is not JSON"), ("[]", "holds a list")],
    ids=["missing", "cut", "list"],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, content: str | None, complaint: str) -> None:
    path = tmp_path / "packet.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(PacketError, match=complaint):
        read(str(path))


def test_a_packet_of_another_type_is_refused() -> None:
    with pytest.raises(PacketError, match="of type int"):
        read(5)


def test_a_folder_that_is_no_packet_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PacketError, match="it is no packet"):
        read(str(tmp_path))


def test_the_filter_judges_and_refuses_what_is_no_map() -> None:
    assert lacp_verdict(PACKET)["fault"] == "insufficient"
    with pytest.raises(AnsibleFilterError, match="wants a packet"):
        lacp_verdict("bond0")

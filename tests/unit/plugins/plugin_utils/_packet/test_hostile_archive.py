# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An archive that somebody sent may hold anything; only plain files below one folder count."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

import pytest

from ansible_collections.bondproof.lacp.plugins.plugin_utils._packet.layout import plain_name
from ansible_collections.bondproof.lacp.plugins.plugin_utils._packet.reader import (
    PacketError,
    open_packet,
)

from .packets import sealed

if TYPE_CHECKING:
    from pathlib import Path


def test_links_and_places_outside_count_for_nothing(tmp_path: Path) -> None:
    folder = sealed(tmp_path)
    target = tmp_path / "evil.tar.gz"
    with tarfile.open(target, "w:gz") as tar:
        for name in ("incident.json", "manifest.sha256"):
            tar.add(folder / name, f"x/{name}")
        link = tarfile.TarInfo("x/after.json")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
        outside = tarfile.TarInfo("x/../../before.json")
        outside.size = 2
        tar.addfile(outside, io.BytesIO(b"{}"))
    packet = open_packet(target)
    assert packet.document["after"] is None
    assert packet.document["before"] is None
    assert packet.document["integrity"]["state"] == "tampered"


@pytest.mark.parametrize(
    ("content", "words"), [(None, "no such packet"), (b"", "not a packet"), (b"x" * 999, "not a")]
)
def test_what_is_no_packet_is_named(tmp_path: Path, content: bytes | None, words: str) -> None:
    path = tmp_path / "packet.tar.gz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(PacketError, match=words):
        open_packet(path)


@pytest.mark.parametrize(
    ("name", "plain"), [("h1", "h1"), ("..", "%"), ("../x y", "%2Fx%20y"), ("\u00e4", "%C3%A4")]
)
def test_names_of_hosts_stay_in_their_folder(name: str, plain: str) -> None:
    assert plain_name(name) == plain

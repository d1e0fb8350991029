# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The socket of teamd, played by a thread, and the driver that this machine may not have."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

import pytest

from ansible_collections.bondproof.lacp.plugins.module_utils._host import team
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import places
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.snapshot import ReadFailure

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def answer(place: Path, reply: bytes) -> tuple[threading.Thread, list[bytes]]:
    """Answer one request on a socket; return what was asked."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind(str(place))
    listener.listen(1)
    asked: list[bytes] = []

    def serve() -> None:
        with listener:
            link, _address = listener.accept()
            with link:
                asked.append(link.recv(1000))
                if reply:
                    link.send(reply)

    thread = threading.Thread(target=serve)
    thread.start()
    return thread, asked


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (b'REPLY_SUCCESS\n{"a":\n1}', b'{"a":\n1}'),
        (b"REPLY_SUCCESS\n" + b"x" * 200_000, b"x" * 200_000),
        (
            b"REPLY_ERROR\nConfigDumpFail\nFailed to dump config.\n",
            ReadFailure(
                "EPROTO", "teamd refused StateDump: ConfigDumpFail: Failed to dump config."
            ),
        ),
        (b"", ReadFailure("EPROTO", "teamd refused StateDump: it hung up")),
    ],
    ids=["success", "large", "refused", "hung up"],
)
def test_an_answer(tmp_path: Path, reply: bytes, expected: object) -> None:
    place = tmp_path / "team0.sock"
    thread, asked = answer(place, reply)
    assert team.ask(f"{place}:StateDump") == expected
    thread.join()
    assert asked == [b"REQUEST\nStateDump\n"]


@pytest.mark.parametrize("request_", ["StateDump", "ConfigDumpActual"])
def test_teamdctl_is_asked_where_nobody_listens(tmp_path: Path, request_: str) -> None:
    ran: list[Sequence[str]] = []

    def run(words: Sequence[str]) -> tuple[int, str, str]:
        ran.append(words)
        return 0, "{}", ""

    assert team.ask(f"{tmp_path}/team0.sock:{request_}", run) == b"{}"
    assert ran[0][:2] == ["teamdctl", "team0"]


@pytest.mark.parametrize("done", [None, (1, "", 'Device "team0" does not exist')])
def test_nobody_answers(tmp_path: Path, done: tuple[int, str, str] | None) -> None:
    found = team.ask(f"{tmp_path}/team0.sock:StateDump", lambda _words: done)
    assert isinstance(found, ReadFailure)
    assert found.errno == "ENOENT"


def test_a_driver_that_is_not_there_is_named() -> None:
    found = team.ask(places.TEAM_OPTIONS.format("none0"))
    assert isinstance(found, ReadFailure)
    assert found.errno in ("ENOENT", "ENODEV", "EPERM")

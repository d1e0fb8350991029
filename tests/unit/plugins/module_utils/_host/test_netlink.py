# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The framing of a dump, over a pair of datagram sockets that plays the kernel."""

from __future__ import annotations

import errno
import socket
import struct
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, strategies as st

from ansible_collections.bondproof.lacp.plugins.module_utils._host import netlink
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.snapshot import ReadFailure

if TYPE_CHECKING:
    from collections.abc import Iterator

NEWLINK, ERROR, DONE, MULTI, INTERRUPTED = 16, 2, 3, 2, 0x10


def message(kind: int, payload: bytes = b"", flags: int = MULTI) -> bytes:
    return struct.pack("=IHHII", 16 + len(payload), kind, flags, 1, 0) + payload


def code(number: int) -> bytes:
    return struct.pack("=i", -number)


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    kernel, ours = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with kernel, ours:
        ours.settimeout(5)
        yield kernel, ours


Pair = tuple[socket.socket, socket.socket]


def test_a_dump_is_joined_and_its_end_left_out(pair: Pair) -> None:
    kernel, ours = pair
    kernel.send(message(NEWLINK, b"1234") + message(NEWLINK, b"5678"))
    kernel.send(message(NEWLINK, b"9abc") + message(DONE, code(0)))
    joined = b"".join(message(NEWLINK, text) for text in (b"1234", b"5678", b"9abc"))
    assert netlink._receive(ours, 1 << 20) == (joined, False)


def test_a_mark_of_interruption_anywhere_counts(pair: Pair) -> None:
    kernel, ours = pair
    kernel.send(message(NEWLINK) + message(NEWLINK, flags=MULTI | INTERRUPTED))
    kernel.send(message(DONE, code(0)))
    assert netlink._receive(ours, 1 << 20)[1]


@pytest.mark.parametrize("kind", [ERROR, DONE])
def test_an_error_is_raised_as_the_kernel_names_it(pair: Pair, kind: int) -> None:
    kernel, ours = pair
    kernel.send(message(NEWLINK) + message(kind, code(errno.EPERM)))
    with pytest.raises(PermissionError):
        netlink._receive(ours, 1 << 20)


def test_a_datagram_that_does_not_fit_is_never_used(pair: Pair) -> None:
    kernel, ours = pair
    kernel.send(message(NEWLINK, bytes(netlink._CHUNK)))
    with pytest.raises(OSError, match="too long") as caught:
        netlink._receive(ours, 1 << 20)
    assert caught.value.errno == errno.EMSGSIZE


def test_a_dump_without_end_is_given_up(pair: Pair) -> None:
    kernel, ours = pair
    for _dump in range(5):
        kernel.send(message(NEWLINK, bytes(1000)))
    with pytest.raises(OSError, match="too large") as caught:
        netlink._receive(ours, 3000)
    assert caught.value.errno == errno.EFBIG


@given(st.binary(max_size=64))
def test_any_bytes_are_scanned_without_another_exception(data: bytes) -> None:
    try:
        end, _interrupted = netlink._scan(data)
    except OSError as error:
        assert error.errno  # noqa: PT017 - what it may raise is what is tested
    else:
        assert end is None or 0 <= end <= len(data)


def test_failures_are_data() -> None:
    assert netlink.failure(PermissionError(errno.EPERM, "x")) == ReadFailure(
        "EPERM", "Operation not permitted"
    )
    assert netlink.failure(TimeoutError()).errno == "ETIMEDOUT"

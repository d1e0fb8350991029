# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Builds rtnetlink messages after include/uapi/linux, in either byte order."""

from __future__ import annotations

import struct
from typing import Any

Value = Any  # bytes, str, int, (width, int), or a list of (type, Value)


class Kernel:
    """A kernel of one byte order; int values are u32, (width, value) is any other width."""

    def __init__(self, order: str = "<") -> None:
        self.order = order

    def attribute(self, kind: int, value: Value) -> bytes:
        payload = self.payload(value)
        head = struct.pack(self.order + "HH", len(payload) + 4, kind)
        return (head + payload).ljust((len(payload) + 7) & ~3, b"\0")

    def payload(self, value: Value) -> bytes:
        if isinstance(value, bytes):
            return value
        if isinstance(value, str):
            return value.encode() + b"\0"
        if isinstance(value, list):
            return b"".join(self.attribute(kind, inner) for kind, inner in value)
        width, number = (4, value) if isinstance(value, int) else value
        return number.to_bytes(width, "little" if self.order == "<" else "big", signed=number < 0)

    def message(self, kind: int, payload: bytes, flags: int = 2) -> bytes:
        head = struct.pack(self.order + "IHHII", len(payload) + 16, kind, flags, 1, 0)
        return (head + payload).ljust((len(payload) + 19) & ~3, b"\0")

    def link(
        self,
        ifindex: int,
        name: str | bytes,
        values: list[tuple[int, Value]],
        *,
        up: bool = True,
        flags: int = 2,
    ) -> bytes:
        head = struct.pack(self.order + "BxHiII", 0, 1, ifindex, int(up), 0)
        name = name.encode() if isinstance(name, str) else name
        return self.message(16, head + self.payload([(3, name + b"\0"), *values]), flags)

    def info(
        self,
        kind: str,
        data: list[tuple[int, Value]] | None = None,
        *,
        slave: str = "",
        slave_data: list[tuple[int, Value]] | None = None,
    ) -> tuple[int, Value]:
        """IFLA_LINKINFO."""
        parts: list[tuple[int, Value]] = [(1, kind)] if kind else []
        if data is not None:
            parts.append((2, data))
        if slave:
            parts.extend([(4, slave), (5, slave_data or [])])
        return 18, parts

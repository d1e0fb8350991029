# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names in commands that people will paste: the kernel allows $, quotes and backticks in them."""

from __future__ import annotations

PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.@:+/")


def quoted(name: str) -> str:
    """The name as one word of a shell."""
    if name and PLAIN.issuperset(name):
        return name
    from shlex import quote  # noqa: PLC0415  imports re, which hardly a host needs

    return quote(name)

# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a router printed, as filters get it: a text, or its lines."""

from __future__ import annotations

from collections.abc import Sequence

from ansible.errors import AnsibleFilterError


def text_of(value: object, filter_name: str) -> str:
    """The text of a value: itself, or its lines joined; AnsibleFilterError for anything else."""
    if isinstance(value, str):
        return "".join(value)
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray)):
        lines = ["".join(line) for line in value if isinstance(line, str)]
        if len(lines) == len(value):
            return "".join(f"{line}\n" for line in lines)
    kind = type(value).__name__.removeprefix("_Ansible").removeprefix("Tagged")
    raise AnsibleFilterError(
        f"bondproof.lacp.{filter_name}: wants what the router printed, as a text (stdout) or a "
        f"list of its lines (stdout_lines), not a value of type {kind.lower()}"
    )


def words_of(value: object, filter_name: str, option: str) -> list[str]:
    """A list of words in lower case; AnsibleFilterError for anything else."""
    if isinstance(value, str):
        return ["".join(value).lower()]
    if isinstance(value, Sequence) and all(isinstance(word, str) for word in value):
        return ["".join(word).lower() for word in value]
    raise AnsibleFilterError(
        f"bondproof.lacp.{filter_name}: {option} wants a list of addresses, not {value!r:.60}"
    )

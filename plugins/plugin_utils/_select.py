# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""JMESPath over plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NoReturn

from ansible.errors import AnsibleFilterError

try:
    import jmespath
    from jmespath.exceptions import JMESPathError
except ImportError:
    HAS_JMESPATH = False
else:
    HAS_JMESPATH = True

NAME = "bondproof.lacp.select_findings"


def select(value: object, expression: object) -> object:
    """What a JMESPath expression selects; AnsibleFilterError names the expression and the place."""
    if not HAS_JMESPATH:
        _refuse(
            "needs the Python library jmespath on the controller: apt install python3-jmespath, or "
            "pip install jmespath"
        )
    if not isinstance(expression, str) or not expression.strip():
        _refuse(f"wants a JMESPath expression as text, not {plain(expression)!r}")
    if not isinstance(value, (Mapping, Sequence)) or isinstance(value, (str, bytes)):
        _refuse(
            f"wants a list of findings or a document, not a value of type {type(value).__name__}"
        )
    words = "".join(expression)
    try:
        return jmespath.search(words, plain(value))
    except JMESPathError as error:
        _refuse(_complaint(words, error))


def plain(value: object) -> object:
    """The value without Ansible's own types, whose names jmespath would not know."""
    if isinstance(value, str):
        return "".join(value)
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if value is None or isinstance(value, (bool, int, float)):
        return _number(value)
    return str(value)


def _number(value: bool | int | float | None) -> object:  # noqa: FBT001
    if value is None or isinstance(value, bool):
        return None if value is None else bool(value)
    return float(value) if isinstance(value, float) else int(value)


def _complaint(words: str, error: JMESPathError) -> str:
    """What is wrong, and where: the column counts from 1."""
    position = getattr(error, "lex_position", None)
    told = str(error).splitlines()[0].rstrip(":") if str(error) else type(error).__name__
    if position is None:
        return f"{words!r}: {told}"
    rest = words[position : position + 12]
    place = f"column {position + 1}, at {rest!r}" if rest else "at its end"
    return f"{words!r}, {place}: {told}"


def _refuse(complaint: str) -> NoReturn:
    raise AnsibleFilterError(f"{NAME}: {complaint}")

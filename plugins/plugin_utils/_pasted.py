# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Switch evidence as people hand it in: a list, one record, or text that somebody pasted."""

from __future__ import annotations

from typing import Any

import yaml

from ._select import plain

KEY = "switch_evidence"


class PastedError(Exception):
    """It is no switch evidence; the text says what is wrong, where, and the cure."""


def records(value: object) -> list[Any]:
    """The records, in plain data; text is read as YAML, of which JSON is a part. PastedError."""
    data = plain(value)
    if isinstance(data, str):
        data = _parsed(data)
    if isinstance(data, dict) and KEY in data:
        data = data[KEY]
    if isinstance(data, dict):
        data = [data]
    if data is None:
        return []
    if not isinstance(data, list):
        raise PastedError(
            f"switch evidence is of type {type(data).__name__}: give a list of records, a record, "
            "or its text in YAML or JSON"
        )
    return data


def _parsed(text: str) -> Any:  # noqa: ANN401 - whatever the text holds
    try:
        # Times stay text: plain() turns what YAML takes for a date into one again.
        return plain(yaml.safe_load(text))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark is not None else ""
        raise PastedError(
            f"switch evidence: {place}{error.problem}; paste it as YAML or JSON, whole"
        ) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise PastedError(f"switch evidence is neither YAML nor JSON: {error}") from None

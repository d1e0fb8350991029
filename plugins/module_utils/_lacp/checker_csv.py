# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lines of a checker that writes the state of interfaces as comma-separated values.

date, if, carr, state, age, chngs, ping, ping: age is seconds since the last change of state, so
the change itself was at date minus age.
"""

from __future__ import annotations

import datetime
import re
from typing import Any

from . import vyatta_text as t

_HEADER = re.compile(r"^\s*date,\s*if,\s*carr,\s*state,\s*age,\s*chngs(?P<pings>(?:,\s*ping)*)\s*$")
_DATE = re.compile(r"^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(Z|[+-]\d\d:?\d\d)$")
_WIDTH = 6


def parse(text: str) -> dict[str, Any]:
    """All rows of a text, in order.

    rows: line, date (as written), utc (RFC 3339 with Z, None if it cannot be read), interface,
    carrier (bool or None), state, age_s, changes, pings (list of bool or None), changed_utc (utc
    minus age_s). refusals, other_screens, unrecognised: vyatta_text.Leftovers.
    """
    rows: list[dict[str, Any]] = []
    rest = t.Leftovers("checker")
    for line in t.lines(text):
        if _HEADER.match(line.text):
            rest.own()
            continue
        row = _row(line)
        if row:
            rows.append(row)
        else:
            rest.add(line)
    return {"rows": rows, **rest.as_result()}


def _row(line: t.Line) -> dict[str, Any] | None:
    cells = [cell.strip() for cell in line.text.split(",")]
    if len(cells) < _WIDTH or not _DATE.match(cells[0]):
        return None
    moment = _moment(cells[0])
    age = _seconds(cells[4])
    return {
        "line": line.number,
        "date": cells[0],
        "utc": _utc(moment),
        "interface": cells[1],
        "carrier": _truth(cells[2]),
        "state": cells[3],
        "age_s": age,
        "changes": t.count(cells[5]),
        "pings": [_truth(cell) for cell in cells[_WIDTH:]],
        "changed_utc": None if age is None else _utc(_minus(moment, age)),
    }


def _moment(text: str) -> datetime.datetime | None:
    """The moment; written by hand as Python 3.9 and 3.10 read fewer forms than a date has."""
    match = _DATE.match(text)
    if match is None:
        return None
    day, clock, fraction, zone = match.groups()
    zone = "+0000" if zone == "Z" else zone.replace(":", "")
    try:
        whole = f"{day}T{clock}.{(fraction or '0').ljust(6, '0')}{zone}"
        return datetime.datetime.strptime(whole, "%Y-%m-%dT%H:%M:%S.%f%z")
    except ValueError:
        return None


def _minus(moment: datetime.datetime | None, seconds: float) -> datetime.datetime | None:
    if moment is None:
        return None
    try:
        return moment - datetime.timedelta(seconds=seconds)
    except OverflowError:
        return None


def _utc(moment: datetime.datetime | None) -> str | None:
    if moment is None:
        return None
    try:
        plain = moment.astimezone(datetime.timezone.utc)
    except OverflowError:
        return None
    return plain.strftime("%Y-%m-%dT%H:%M:%S.") + f"{plain.microsecond // 1000:03d}Z"


def _seconds(text: str) -> float | None:
    whole, _dot, fraction = text.partition(".")
    digits = whole + fraction
    if not digits.isascii() or not digits.isdigit() or not whole or len(digits) > 18:
        return None
    return float(text)


def _truth(text: str) -> bool | None:
    return {"1": True, "0": False}.get(text)

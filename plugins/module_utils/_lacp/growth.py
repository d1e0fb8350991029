# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Counters between two readings: what grew, and how to say it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .fact import Field, NotEvaluable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .views import Growth, View


def growth_or_none(view: View, wanted: Field[Any], key: str = "") -> Growth | None:
    """Growth since the earlier reading; None where it cannot be told."""
    try:
        return view.growth(wanted, key)
    except NotEvaluable:
        return None


def grown(view: View, wanted: Field[Any], keys: Iterable[str]) -> Iterator[tuple[str, Growth]]:
    """(key, growth) of those keys of a map of counters that grew.

    A key that the map lacks is not counted by the driver and is passed over; one that cannot be
    compared makes it not evaluable, after the others.
    """
    counters = view.maybe(wanted) or {}
    gap: NotEvaluable | None = None
    for key in keys:
        if key not in counters:
            continue
        try:
            growth = view.growth(wanted, key)
        except NotEvaluable as reason:
            gap = gap or reason
            continue
        if growth.count > 0:
            yield key, growth
    if gap:
        raise gap


def said(growth: Growth) -> str:
    """'12 more in 3600 s'."""
    return f"{growth.count} more in {growth.seconds:.0f} s"

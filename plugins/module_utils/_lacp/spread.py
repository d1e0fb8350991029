# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the members of a bond differ, told so that the odd one is named where there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

from .fact import Field, NotEvaluable
from .rule import Deviation
from .views import MemberView

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

SAME = "the same on all members"
Read = Callable[[MemberView], Any]


def word(value: object) -> str:
    """A value as an operator writes it: on and off for switches, 'none' for what is not there."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value)) or "none"
    return str(value)


def majority(values: Mapping[str, Any]) -> str | None:
    """The value (as text) that more than half of at least three subjects have; else None."""
    texts = [word(value) for value in values.values()]
    common = max(texts, key=texts.count, default=None)
    if len(texts) < 3 or common is None or 2 * texts.count(common) <= len(texts):
        return None
    return common


def told(values: Mapping[str, Any]) -> str:
    """Who has what: 'eno1 9000, eno2 1500'; only the odd ones where a majority agrees."""
    common = majority(values)
    odd = [f"{name} {word(value)}" for name, value in values.items() if word(value) != common]
    if common is None:
        return ", ".join(odd)
    return f"{', '.join(odd)}; the other {len(values) - len(odd)} {common}"


def differences(
    members: Iterable[MemberView],
    parameter: str,
    read: Read,
    *,
    like: Read | None = None,
    where: Read | None = None,
) -> Iterator[Deviation]:
    """A deviation if read() differs among the members for which where() holds.

    like: only members for which it gives the same are compared. Members whose value is unknown
    are left out of the comparison, and make it not evaluable after the others were compared.
    """
    found: list[tuple[MemberView, Any]] = []
    gaps: list[NotEvaluable] = []
    for member in members:
        try:
            if where is None or where(member):
                found.append((member, read(member)))
        except NotEvaluable as gap:  # noqa: PERF203  one gap must not hide the others
            gaps.append(gap)
    yield from _deviations(found, parameter, like, gaps)
    if gaps:
        raise gaps[0]


def map_differences(
    members: Iterable[MemberView],
    wanted: Field[Any],
    keys: Callable[[str], bool],
    *,
    like: Read | None = None,
    where: Read | None = None,
) -> Iterator[Deviation]:
    """The same for each key of a map that keys() accepts, among the members that have the key."""
    having: list[tuple[MemberView, Mapping[str, Any]]] = []
    gaps: list[NotEvaluable] = []
    for member in members:
        try:
            if where is None or where(member):
                having.append((member, member.maybe(wanted) or {}))
        except NotEvaluable as gap:  # noqa: PERF203  one gap must not hide the others
            gaps.append(gap)
    for key in sorted({key for _member, values in having for key in values if keys(key)}):
        found = [(member, values[key]) for member, values in having if key in values]
        yield from _deviations(found, f"{wanted.path}.{key}", like, gaps)
    if gaps:
        raise gaps[0]


def _deviations(
    found: list[tuple[MemberView, Any]],
    parameter: str,
    like: Read | None,
    gaps: list[NotEvaluable],
) -> Iterator[Deviation]:
    for values in _groups(found, like, gaps):
        if len({word(value) for value in values.values()}) > 1:
            yield Deviation(parameter, SAME, told(values))


def _groups(
    found: list[tuple[MemberView, Any]], like: Read | None, gaps: list[NotEvaluable]
) -> list[dict[str, Any]]:
    """Values by member name, of members that may be compared; all of them if all agree anyway."""
    together = {member.name: value for member, value in found}
    if like is None or len({word(value) for value in together.values()}) < 2:
        return [together]
    groups: dict[Any, dict[str, Any]] = {}
    for member, value in found:
        try:
            groups.setdefault(like(member), {})[member.name] = value
        except NotEvaluable as gap:  # noqa: PERF203  one gap must not hide the others
            gaps.append(gap)
    return list(groups.values())

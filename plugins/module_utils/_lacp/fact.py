# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tri-state values: what is known, what is known not to exist, and what could not be learnt."""

from __future__ import annotations

from typing import Any, Final, Generic, TypeVar, Union

T = TypeVar("T")


class Value:
    """Equal if of one class and alike: what a frozen dataclass gives, for a tenth of its import."""

    __slots__: tuple[str, ...] = ()

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and all(
            getattr(self, name) == getattr(other, name) for name in self.__slots__
        )

    def __hash__(self) -> int:
        return hash(tuple(getattr(self, name) for name in self.__slots__))

    def __repr__(self) -> str:
        inside = ", ".join(repr(getattr(self, name)) for name in self.__slots__)
        return f"{type(self).__name__}({inside})"


class Known(Value, Generic[T]):
    """A value, and the source that gave it ('rtnetlink', 'procfs', 'sysfs', 'ethtool', ...)."""

    __slots__ = ("source", "value")

    def __init__(self, value: T, source: str) -> None:
        self.value: Final = value
        self.source: Final = source


class Absent(Value):
    """The source is able to tell, and says that there is none (a port without a partner)."""

    __slots__ = ("source",)

    def __init__(self, source: str) -> None:
        self.source: Final = source


class Unknown(Value):
    """Nobody could tell; the reason is a sentence for the operator, without a full stop."""

    __slots__ = ("reason",)

    def __init__(self, reason: str) -> None:
        self.reason: Final = reason


Fact = Union[Known[Any], Absent, Unknown]


class Field(Value, Generic[T]):
    """One thing that can be known of a host, a bond or a member.

    path: dotted place in the result ('partner.system'); kind: 'int', 'str', 'bool', 'float',
    'mac', 'list' or 'map'; unit: of numbers, '' where there is none. A volatile field moves while
    it is read, so two sources that differ are not a disagreement.
    """

    __slots__ = ("kind", "meaning", "path", "unit", "volatile")

    def __init__(
        self,
        path: str,
        kind: str,
        meaning: str,
        unit: str = "",
        volatile: bool = False,  # noqa: FBT001, FBT002 - the catalogue is a table
    ) -> None:
        self.path: Final = path
        self.kind: Final = kind
        self.meaning: Final = meaning
        self.unit: Final = unit
        self.volatile: Final = volatile


class NotEvaluable(Exception):
    """A value that a decision needs is not known; the text says which and why."""

# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tri-state values: what is known, what is known not to exist, and what could not be learnt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar, Union

T = TypeVar("T")


@dataclass(frozen=True)
class Known(Generic[T]):
    """A value, and the source that gave it ('rtnetlink', 'procfs', 'sysfs', 'ethtool', ...)."""

    value: T
    source: str


@dataclass(frozen=True)
class Absent:
    """The source is able to tell, and says that there is none (a port without a partner)."""

    source: str


@dataclass(frozen=True)
class Unknown:
    """Nobody could tell; the reason is a sentence for the operator, without a full stop."""

    reason: str


Fact = Union[Known[Any], Absent, Unknown]


@dataclass(frozen=True)
class Field(Generic[T]):
    """One thing that can be known of a host, a bond or a member.

    path: dotted place in the result ('partner.system'); kind: 'int', 'str', 'bool', 'float',
    'mac', 'list' or 'map'; unit: of numbers, '' where there is none. A volatile field moves while
    it is read, so two sources that differ are not a disagreement.
    """

    path: str
    kind: str
    meaning: str
    unit: str = ""
    volatile: bool = False


class NotEvaluable(Exception):
    """A value that a decision needs is not known; the text says which and why."""

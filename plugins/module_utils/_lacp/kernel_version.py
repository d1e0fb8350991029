# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Upstream kernel versions, and whether one of them has a fault that stable branches got fixed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

PRE_RELEASE = -1


class Version(NamedTuple):
    """6.12.101 is branch (6, 12), patch 101; the patch of 7.3-rc7 is PRE_RELEASE."""

    branch: tuple[int, int]
    patch: int


class Fault(NamedTuple):
    """Which kernels have a fault.

    fixed: branch -> first patch level with the fix. since: branch -> first patch level with the
    fault, where a stable update brought it. seen: branch -> last patch level seen to have it,
    where no fix is known. mainline: the first release all of whose versions have the fix.
    """

    fixed: Mapping[str, int]
    mainline: str
    since: Mapping[str, int] = {}
    seen: Mapping[str, int] = {}


def parse(text: str) -> Version:
    """A version such as '6.12.101', '6.12' or '7.3-rc7'; ValueError if it is none."""
    numbers, _dash, suffix = text.partition("-")
    parts = numbers.split(".")
    if not 2 <= len(parts) <= 3 or not all(part.isascii() and part.isdigit() for part in parts):
        raise ValueError(f"kernel version {text!r}: expected major.minor.patch, such as 6.12.101")
    patch = PRE_RELEASE if suffix.startswith("rc") else int(parts[2] if len(parts) > 2 else "0")
    return Version((int(parts[0]), int(parts[1])), patch)


def has_fault(text: str, fault: Fault) -> bool | None:
    """Whether a version has the fault; None where nobody recorded it.

    An X.Y.0 of a branch with a fix may be a distribution's kernel with the fix ported back, and a
    pre-release may stand on either side of it: neither is known.
    """
    version = parse(text)
    name = f"{version.branch[0]}.{version.branch[1]}"
    if name in fault.fixed or name in fault.seen:
        if version.patch <= 0:
            return None
        if name in fault.fixed:
            return fault.since.get(name, 0) <= version.patch < fault.fixed[name]
        return True if version.patch <= fault.seen[name] else None
    mainline = parse(fault.mainline).branch
    if version.branch == mainline:
        return None if version.patch == PRE_RELEASE else False
    return False if version.branch > mainline else None


def cure(text: str, fault: Fault) -> str:
    """The version that mends it, for the reader of a finding: '6.12.44 or later'."""
    major, minor = parse(text).branch
    name = f"{major}.{minor}"
    if name in fault.fixed:
        return f"{name}.{fault.fixed[name]} or later"
    return f"{fault.mainline} or later"

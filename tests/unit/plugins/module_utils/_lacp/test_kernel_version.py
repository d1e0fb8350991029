# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.kernel_version import (
    PRE_RELEASE,
    Fault,
    Version,
    cure,
    has_fault,
    parse,
)

PASSIVE = Fault({"6.1": 149, "6.12": 44}, "6.17")
SEEN = Fault({"6.12": 97}, "7.2", seen={"5.10": 223})
REGRESSION = Fault({"6.1": 64, "6.5": 13}, "6.7", since={"6.1": 63, "6.5": 12})


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("6.12.101", Version((6, 12), 101)),
        ("6.12", Version((6, 12), 0)),
        ("7.3-rc7", Version((7, 3), PRE_RELEASE)),
        ("6.12.101-deb13-amd64", Version((6, 12), 101)),
    ],
)
def test_parse(text: str, version: Version) -> None:
    assert parse(text) == version


@pytest.mark.parametrize("text", ["", "6", "6.x.1", "6.12.1.2", "6..1", "v6.12", "6.²"])
def test_parse_refuses(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected major\.minor\.patch"):
        parse(text)


@pytest.mark.parametrize(
    ("text", "fault", "bad"),
    [
        pytest.param("6.1.148", PASSIVE, True, id="last broken of 6.1"),
        pytest.param("6.1.149", PASSIVE, False, id="first fixed of 6.1"),
        pytest.param("6.12.43", PASSIVE, True, id="last broken of 6.12"),
        pytest.param("6.12.44", PASSIVE, False, id="first fixed of 6.12"),
        pytest.param("6.12.9", PASSIVE, True, id="9 is less than 44"),
        pytest.param("6.12.0", PASSIVE, None, id="a distribution's X.Y.0"),
        pytest.param("6.12-rc3", PASSIVE, None, id="pre-release of a branch with a fix"),
        pytest.param("6.16.5", PASSIVE, None, id="a branch nobody recorded"),
        pytest.param("5.15.100", PASSIVE, None, id="an older branch nobody recorded"),
        pytest.param("6.17-rc1", PASSIVE, None, id="pre-release of the fixed mainline"),
        pytest.param("6.17.0", PASSIVE, False, id="the fixed mainline"),
        pytest.param("6.18.1", PASSIVE, False, id="after it"),
        pytest.param("7.0.1", PASSIVE, False, id="major after it"),
        pytest.param("5.10.223", SEEN, True, id="last that was read and has it"),
        pytest.param("5.10.224", SEEN, None, id="later than what was read"),
        pytest.param("7.1.9", SEEN, None, id="before the fixed mainline"),
        pytest.param("7.2.0", SEEN, False, id="mainline that has it"),
        pytest.param("6.1.62", REGRESSION, False, id="before the update that brought it"),
        pytest.param("6.1.63", REGRESSION, True, id="the update that brought it"),
        pytest.param("6.1.64", REGRESSION, False, id="the update that took it back"),
        pytest.param("6.5.11", REGRESSION, False, id="another branch, before"),
        pytest.param("6.5.12", REGRESSION, True, id="another branch, broken"),
        pytest.param("6.5.13", REGRESSION, False, id="another branch, after"),
    ],
)
def test_has_fault(text: str, fault: Fault, *, bad: bool | None) -> None:
    assert has_fault(text, fault) is bad


def test_cure_names_the_fix_of_the_branch_or_the_mainline() -> None:
    assert cure("6.12.41", PASSIVE) == "6.12.44 or later"
    assert cure("5.10.223", SEEN) == "7.2 or later"

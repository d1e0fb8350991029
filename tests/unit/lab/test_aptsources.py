# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from lab.aptsources import Source, debian_mirror, parse_deb822, parse_one_line
from lab.errors import LabError

DEB822 = """\
Types: deb
# a comment between fields
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 -----END PGP PUBLIC KEY BLOCK-----

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
"""
UBUNTU = "Types: deb\nURIs: http://ports.example/ubuntu\nSuites: noble\nComponents: main\n"


def test_deb822_gives_every_suite_of_every_stanza() -> None:
    assert parse_deb822(DEB822) == [
        Source("http://mirror.example/debian", "bookworm", ("main", "contrib")),
        Source("http://mirror.example/debian", "bookworm-updates", ("main", "contrib")),
        Source("http://mirror.example/debian-security", "bookworm-security", ("main",)),
    ]


def test_one_line_format_passes_over_options_comments_and_sources() -> None:
    text = (
        "# deb http://no.example/debian sid main\n"
        "deb [arch=amd64 signed-by=/k.gpg] http://a.example/debian trixie main # why\n"
        "deb-src http://a.example/debian trixie main\n"
        "deb broken\n"
    )
    assert parse_one_line(text) == [Source("http://a.example/debian", "trixie", ("main",))]


@pytest.mark.parametrize(
    ("files", "environment", "mirror"),
    [
        pytest.param({"a.sources": DEB822}, {}, "http://mirror.example/debian", id="deb822"),
        pytest.param(
            {"sources.list": "deb https://m.example/debian/ trixie main\n"},
            {},
            "https://m.example/debian",
            id="one-line, trailing slash",
        ),
        pytest.param(
            {"a.list": "deb http://s.example/debian-security trixie-security main\n",
             "b.sources": DEB822},
            {},
            "http://mirror.example/debian",
            id="security archive is not it",
        ),
        pytest.param(
            {"a.sources": UBUNTU},
            {"BONDPROOF_DEBIAN_MIRROR": "http://told.example/debian/"},
            "http://told.example/debian",
            id="Ubuntu, told by the environment",
        ),
    ],
)  # fmt: skip
def test_mirror(files: dict[str, str], environment: dict[str, str], mirror: str) -> None:
    assert debian_mirror(files, environment) == mirror


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({}, id="no sources"),
        pytest.param({"a.sources": UBUNTU}, id="Ubuntu only"),
        pytest.param({"a.sources": "Enabled: no\n" + DEB822[:130]}, id="disabled"),
        pytest.param({"a.list": "deb http://m.example/debian trixie contrib\n"}, id="no main"),
    ],
)
def test_no_debian_archive_names_the_cure(files: dict[str, str]) -> None:
    with pytest.raises(LabError, match="BONDPROOF_DEBIAN_MIRROR"):
        debian_mirror(files, {})

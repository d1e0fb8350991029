# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""report.html, parsed: nothing of a host can act, and all that should be said is said."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from unit import factory
from unit.plugins.plugin_utils._report import made_up
from unit.plugins.plugin_utils._report.reports import built, text

from ansible_collections.bondproof.lacp.plugins.plugin_utils._report import page
from ansible_collections.bondproof.lacp.plugins.plugin_utils._report.markup import tag

if TYPE_CHECKING:
    from pathlib import Path

EVIL = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "</style></script><svg onload=alert(1)>",
    "--><iframe src=//evil.example>",
    "&lt;script&gt; &#60;b&#62;",
    "\u202e\x00\x1b[31m\ud800",
]
# Elements that a report has; anything else came from a host.
OURS = set(
    "html head meta title style script body header h1 h2 h3 h4 p ul li b span section main div "
    "label input select option button output details summary table thead tbody tr th td code dl dt "
    "dd a svg g rect path text small footer".split()
)


class Page(HTMLParser):
    """The elements, attributes and texts of a page."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.content: dict[str, str] = {}
        self.text = ""
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "input", "path", "rect"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("path", "rect"):
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("style", "script"):
            self.content[self.open[-1]] = data
        else:
            self.text += data

    def all(self, name: str) -> list[dict[str, str | None]]:
        """The attributes of every element of a name."""
        return [attributes for element, attributes in self.elements if element == name]


def read(folder: Path, *documents: dict[str, object]) -> Page:
    """The parsed page of a fleet."""
    return Page(text(page.render, built(folder, list(documents)).report))


@pytest.fixture
def fleet(tmp_path: Path) -> Page:
    return read(tmp_path, *made_up.fleet().values())


def test_the_page_is_whole(fleet: Page) -> None:
    assert fleet.open == []
    assert {element for element, _attributes in fleet.elements} <= OURS
    ids = [attributes["id"] for _element, attributes in fleet.elements if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_the_policy_allows_our_style_and_script_and_nothing_else(fleet: Page) -> None:
    policy = next(
        str(meta["content"])
        for meta in fleet.all("meta")
        if meta.get("http-equiv") == "Content-Security-Policy"
    )
    parts = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert parts["default-src"] == "'none'"
    assert parts.keys() == {"default-src", "style-src", "script-src", "base-uri", "form-action"}
    for name in ("style", "script"):
        digest = hashlib.sha256(fleet.content[name].encode()).digest()
        assert parts[f"{name}-src"] == f"'sha256-{base64.b64encode(digest).decode()}'"
        assert len(fleet.all(name)) == 1


def test_nothing_is_loaded_from_anywhere(fleet: Page) -> None:
    for _element, attributes in fleet.elements:
        assert not attributes.keys() & {"src", "action", "style", "srcdoc", "xlink:href"}
        assert str(attributes.get("href", "#")).startswith("#")
    assert "url(" not in fleet.content["style"]
    assert "@import" not in fleet.content["style"]
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacent|document.write|eval|fetch", fleet.content["script"]
    )


@pytest.mark.parametrize("evil", EVIL)
def test_no_text_of_a_host_acts(tmp_path: Path, evil: str) -> None:
    found = read(
        tmp_path,
        made_up.document(evil, made_up.hostile(evil), groups=[evil], collected_utc=evil),
        made_up.lost(f"{evil}2", evil),
        made_up.document("h1", made_up.silent_partner()),
    )
    assert {element for element, _attributes in found.elements} <= OURS
    assert len(found.all("script")) == 1
    for _element, attributes in found.elements:
        assert not [name for name in attributes if name.startswith("on")]
        assert str(attributes.get("href", "#")).startswith("#")
        assert "style" not in attributes
    if "\x00" not in evil:
        assert evil in found.text


@pytest.mark.parametrize(
    ("name", "attributes"),
    [
        ("a", {"href": "javascript:alert(1)"}),
        ("a", {"href": "https://example.com"}),
        ("p", {"onclick": "alert(1)"}),
        ("p", {"style": "color: red"}),
        ("img", {}),
        ("iframe", {}),
        ("foreignObject", {}),
    ],
)
def test_the_builder_refuses_what_could_act(name: str, attributes: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"has no place in a report|leaves the page"):
        tag(name, **attributes)


@pytest.mark.parametrize(
    "words",
    [
        "7 errors",
        "1 host could not be audited",
        "The state of 2 members could not be read",
        "Why it matters",
        "Remedy",
        "partner deaf to us",
        "aggregator 2",
        "no partner heard",
        "not readable",
        "Arista Networks",
        "needs CAP_NET_ADMIN",
        "active-backup, not judged",
        "Failed to connect to the host via ssh",
        "Gate: stopped with status 2",
    ],
)
def test_the_page_says(fleet: Page, words: str) -> None:
    assert words in fleet.text


def test_every_bond_has_a_picture_with_words(tmp_path: Path) -> None:
    found = read(tmp_path, made_up.document("h2", made_up.silent_partner()))
    assert len(found.all("svg")) == 1
    assert "bond0: eno1 forwarding, eno2 partner silent" in found.text
    tones = [str(group["class"]) for group in found.all("g")]
    assert tones == ["link good", "link bad"]
    wires = [str(path["class"]) for path in found.all("path") if "wire" in str(path["class"])]
    assert wires == ["wire heard", "wire heard", "wire unsure", "wire deaf"]


def test_unknown_is_not_drawn_as_healthy(tmp_path: Path) -> None:
    found = read(tmp_path, made_up.document("h7", made_up.unprivileged()))
    assert [str(group["class"]) for group in found.all("g")] == ["link unknown"] * 2
    assert "0/2" in found.text


def test_a_healthy_fleet_says_so(tmp_path: Path) -> None:
    found = read(tmp_path, made_up.document("h1", factory.healthy_host()))
    assert "No error and no warning was found." in found.text
    assert "No rule found anything." in found.text


def test_a_run_without_hosts_says_so(tmp_path: Path) -> None:
    (tmp_path / "hosts").mkdir()
    assert "No host was audited." in read(tmp_path).text

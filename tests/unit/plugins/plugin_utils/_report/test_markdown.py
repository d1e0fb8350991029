# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""summary.md: a comment in which no text of a host becomes markup."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt
from unit import factory
from unit.plugins.plugin_utils._report import made_up
from unit.plugins.plugin_utils._report.reports import built, text

from ansible_collections.bondproof.lacp.plugins.plugin_utils._report import markdown

if TYPE_CHECKING:
    from pathlib import Path

EVIL = [
    "<script>alert(1)</script>",
    "a|b`c`*d*_e_[f](http://g)",
    "![x](http://tracker.example/p.png)",
    "</code></details><img src=x onerror=alert(1)>",
    "www.example.com https://example.com a@example.com",
    "\n# heading\n\n---\n",
    "&lt;b&gt; &amp;lt;",
]
# What the page itself uses.
OURS = {
    "h2",
    "h3",
    "p",
    "strong",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "code",
    "details",
    "summary",
    "b",
    "ul",
    "li",
}


class Elements(HTMLParser):
    """The elements and the text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        assert all(name == "style" and str(value).startswith("text-align") for name, value in attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


def rendered(source: str) -> Elements:
    """The page a forge would make, raw HTML allowed."""
    html = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(source)
    found = Elements()
    found.feed(html)
    return found


def test_the_fleet_is_a_table_with_details(tmp_path: Path) -> None:
    source = text(markdown.render, built(tmp_path, list(made_up.fleet().values())).report)
    page = rendered(source)
    assert page.names <= OURS
    for words in ("h5", "2/3", "unreachable", "No LACP partner is heard", "Remedy"):
        assert words in page.text
    assert len(source) < 60_000


@pytest.mark.parametrize("evil", EVIL)
def test_no_text_of_a_host_is_markup(tmp_path: Path, evil: str) -> None:
    documents = [made_up.document(evil, made_up.hostile(evil)), made_up.lost("x", evil)]
    page = rendered(text(markdown.render, built(tmp_path, documents).report))
    assert page.names <= OURS


@pytest.mark.parametrize("evil", EVIL)
def test_the_text_itself_survives(evil: str) -> None:
    page = rendered(f"x {markdown.plain(evil)} x")
    assert page.names == {"p"}
    shown = page.text.replace("\u200b", "").strip()
    assert shown == f"x {' '.join(evil.split())} x"


@pytest.mark.parametrize("bait", ["@team", "#12", "http://x", "www.x.org", "WWW.x.org"])
def test_nothing_for_a_forge_to_link(bait: str) -> None:
    assert bait not in markdown.plain(f"see {bait}")


def test_a_large_fleet_fits_a_comment(tmp_path: Path) -> None:
    documents = [made_up.document(f"h{n}", made_up.asymmetric()) for n in range(60)]
    source = text(markdown.render, built(tmp_path, documents).report)
    assert len(source) < 60_000
    assert "and 20 more hosts" in source


def test_a_healthy_fleet_is_short(tmp_path: Path) -> None:
    report = built(tmp_path, [made_up.document("h1", factory.healthy_host())]).report
    source = text(markdown.render, report)
    assert "0 errors, 0 warnings" in source
    assert "### Findings" not in source

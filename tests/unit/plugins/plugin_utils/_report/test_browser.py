# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""report.html in a real browser: nothing of a host runs, and the filters filter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from unit.plugins.plugin_utils._report import made_up
from unit.plugins.plugin_utils._report.browser import CHROMIUM, Browser
from unit.plugins.plugin_utils._report.reports import built, text

from ansible_collections.bondproof.lacp.plugins.plugin_utils._report import page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="there is no Chromium: apt-get install chromium"
)

EVIL = (
    """"><script>window.owned=1</script><img src=x onerror="window.owned=1"><svg onload=owned=1>"""
)
SHOWN = "(selector) => [...document.querySelectorAll(selector)].filter((e) => !e.hidden).length"


def shown(browser: Browser, selector: str) -> int:
    """How many elements that a selector finds are not hidden."""
    number = browser.evaluate(f"({SHOWN})({selector!r})")
    assert isinstance(number, int)
    return number


def choose(browser: Browser, control: str, value: str) -> None:
    """Set a filter as a user would."""
    browser.evaluate(
        f"{{ const c = document.getElementById({control!r}); c.value = {value!r}; "
        "c.dispatchEvent(new Event('input')); }"
    )


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    folder: Path = tmp_path_factory.mktemp("run")
    documents = [
        *made_up.fleet().values(),
        made_up.document("evil" + EVIL, made_up.hostile(EVIL), groups=[EVIL]),
    ]
    report = folder / "report.html"
    report.write_text(text(page.render, built(folder, documents).report), encoding="utf-8")
    with Browser(tmp_path_factory.mktemp("profile")) as browser:
        browser.open(report)
        yield browser


def test_nothing_of_a_host_ran(browser: Browser) -> None:
    assert browser.evaluate("typeof window.owned") == "undefined"
    assert browser.evaluate("document.scripts.length") == 1
    assert browser.evaluate("document.querySelectorAll('img, iframe, object, embed').length") == 0
    handlers = "[...document.querySelectorAll('*')].flatMap((e) => e.getAttributeNames())"
    assert browser.evaluate(f"{handlers}.filter((name) => name.startsWith('on'))") == []


def test_the_hostile_name_is_shown_as_it_is(browser: Browser) -> None:
    assert EVIL in browser.evaluate("document.body.textContent")


def test_nothing_was_loaded_and_nothing_was_refused(browser: Browser) -> None:
    urls = [e["params"]["request"]["url"] for e in browser.happened("Network.requestWillBeSent")]
    assert [url.partition(":")[0] for url in urls] == ["file"]
    assert browser.happened("Log.entryAdded") == []
    assert browser.happened("Runtime.exceptionThrown") == []
    assert browser.happened("Page.javascriptDialogOpening") == []


def test_what_is_injected_does_not_run_either(browser: Browser) -> None:
    """The policy is in force: even markup that got into the page would be dead."""
    browser.evaluate(
        "{ const s = document.createElement('script'); s.textContent = 'window.late = 1'; "
        "document.body.append(s); s.remove(); }"
    )
    assert browser.evaluate("typeof window.late") == "undefined"
    browser.events.clear()


def test_the_filters_filter(browser: Browser) -> None:
    assert browser.evaluate("document.getElementById('filters').hidden") is False
    everything = shown(browser, "#hosts > details")
    assert everything == 11
    choose(browser, "filter-host", "h2")
    assert shown(browser, "#hosts > details") == 1
    assert shown(browser, "#findings > details") == 1
    assert (
        browser.evaluate("document.getElementById('filter-count').textContent") == "1 of 11 hosts"
    )
    choose(browser, "filter-host", "db")
    assert shown(browser, "#hosts > details") == 1
    choose(browser, "filter-host", "")
    choose(browser, "filter-severity", "warning")
    assert shown(browser, "#findings > details") == shown(browser, "#findings > .warning")
    choose(browser, "filter-severity", "")
    choose(browser, "filter-rule", "partner-silent")
    assert shown(browser, "#findings > details") == 1
    assert shown(browser, "#hosts > details") == 2
    assert shown(browser, "#rules tbody tr") == 1
    browser.evaluate("document.getElementById('filter-clear').click()")
    assert shown(browser, "#hosts > details") == everything


def test_a_link_unfolds_its_host(browser: Browser) -> None:
    browser.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = false; })")
    browser.evaluate("{ location.hash = '#host-1'; }")
    browser.evaluate("dispatchEvent(new HashChangeEvent('hashchange'))")
    assert browser.evaluate("document.getElementById('host-1').open") is True


@pytest.mark.parametrize("width", [390, 768, 1400])
def test_nothing_sticks_out_on_any_screen(browser: Browser, width: int) -> None:
    browser.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    browser.call(
        "Emulation.setDeviceMetricsOverride",
        width=width,
        height=900,
        deviceScaleFactor=1,
        mobile=width < 500,
    )
    assert browser.evaluate("document.documentElement.scrollWidth") <= width

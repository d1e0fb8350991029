# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""junit.xml: the rules of the common schemas (Jenkins, Ant), and what a reader needs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from unit import factory
from unit.plugins.plugin_utils._report import made_up
from unit.plugins.plugin_utils._report.reports import built, text

from ansible_collections.bondproof.lacp.plugins.plugin_utils._report import junit

if TYPE_CHECKING:
    from pathlib import Path

# Attributes that both schemas know; 'required' ones must be there.
ROOT = {"name", "tests", "failures", "errors", "time"}
SUITE = {
    "name",
    "tests",
    "failures",
    "errors",
    "skipped",
    "time",
    "timestamp",
    "hostname",
    "id",
    "package",
}
CASE = {"classname", "name", "time"}


def xml(folder: Path, *documents: dict[str, object], fail_on: str = "error") -> ET.Element:
    """The parsed document."""
    return ET.fromstring(  # noqa: S314  # our own words
        text(junit.render, built(folder, list(documents), fail_on=fail_on).report)
    )


def cases(root: ET.Element, host: str) -> dict[str, ET.Element]:
    """The test cases of a host by rule."""
    suite = next(suite for suite in root if suite.get("name") == host)
    return {str(case.get("name")).partition(":")[0]: case for case in suite.iter("testcase")}


@pytest.fixture
def root(tmp_path: Path) -> ET.Element:
    return xml(tmp_path, *made_up.fleet().values())


def test_attributes_are_those_of_the_schemas(root: ET.Element) -> None:
    assert root.tag == "testsuites"
    assert set(root.attrib) == ROOT
    for suite in root:
        assert (suite.tag, set(suite.attrib)) == ("testsuite", SUITE)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.attrib["timestamp"])
        children = [child.tag for child in suite]
        assert children[0] == "properties"
        assert children[-2:] == ["system-out", "system-err"]
        assert set(children[1:-2]) == {"testcase"}


def test_a_case_has_one_verdict_and_its_output_last(root: ET.Element) -> None:
    for case in root.iter("testcase"):
        assert set(case.attrib) == CASE
        tags = [child.tag for child in case]
        assert tags in ([], ["system-out"]) or tags[0] in {"failure", "error", "skipped"}
        assert tags[1:] in ([], ["system-out"])
        if tags and tags[0] in {"failure", "error"}:
            assert set(case[0].attrib) == {"message", "type"}


def test_the_figures_add_up(root: ET.Element) -> None:
    for suite in root:
        assert int(suite.attrib["tests"]) == len(suite.findall("testcase"))
        for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(suite.attrib[name]) == len(suite.findall(f"testcase/{tag}"))
    for name in ("tests", "failures", "errors"):
        assert int(root.attrib[name]) == sum(int(suite.attrib[name]) for suite in root)


def test_class_names_are_unique_per_case(root: ET.Element) -> None:
    names = [(case.get("classname"), case.get("name")) for case in root.iter("testcase")]
    assert len(names) == len(set(names))


def test_a_finding_at_the_threshold_fails(root: ET.Element) -> None:
    case = cases(root, "h2")["partner-silent"]
    assert case.get("classname") == "bondproof.h2.negotiation"
    failure = case.find("failure")
    assert failure is not None
    assert failure.get("type") == "error"
    assert "bond0/eno2" in str(failure.get("message"))
    for label in ("expected:", "observed:", "remedy:", "source:"):
        assert label in str(failure.text)


def test_a_finding_below_the_threshold_is_output(tmp_path: Path, root: ET.Element) -> None:
    case = cases(root, "h5")["firmware-differs"]
    assert [child.tag for child in case] == ["system-out"]
    assert "warning: " in str(case[0].text)
    strict = xml(tmp_path / "strict", *made_up.fleet().values(), fail_on="warning")
    assert cases(strict, "h5")["firmware-differs"].find("failure") is not None


def test_never_fails_nothing_but_what_was_not_audited(tmp_path: Path) -> None:
    root = xml(tmp_path, *made_up.fleet().values(), fail_on="never")
    errors = {suite.get("name") for suite in root if suite.attrib["errors"] != "0"}
    assert errors == {"h9"}


def test_what_was_not_judged_is_skipped_with_the_reason(tmp_path: Path, root: ET.Element) -> None:
    case = cases(root, "h7")["partner-silent"]
    assert "needs CAP_NET_ADMIN" in str(case[0].get("message"))
    waiver = {"rule": "partner-silent", "reason": "spare port", "until": "2030-01-01"}
    waived = made_up.document(
        "h2",
        made_up.silent_partner(),
        policy={"waivers": [waiver], "rules": {"member-down": "off"}},
    )
    found = cases(xml(tmp_path / "waived", waived), "h2")
    assert "waived: spare port" in str(found["partner-silent"][0].get("message"))
    assert found["partner-silent"][0].tag == "skipped"
    assert str(found["member-down"][0].get("message")) == "disabled"


def test_a_host_that_was_not_reached_is_an_error(root: ET.Element) -> None:
    case = cases(root, "h9")["audited"]
    assert case[0].tag == "error"
    assert case[0].get("type") == "unreachable"
    assert "Failed to connect" in str(case[0].get("message"))


def test_no_text_of_a_host_breaks_the_document(tmp_path: Path) -> None:
    evil = "]]><x a='\"&\x00\x1b\x85\ud800\ufffe\x0b\r\n</testcase>"
    root = xml(
        tmp_path,
        made_up.document(evil, made_up.hostile(evil)),
        made_up.lost("y", evil),
        made_up.document("h1", factory.healthy_host()),
    )
    assert len(root) >= 3
    assert not root.findall(".//x")
    told = "".join(root.itertext()) + "".join(v for e in root.iter() for v in e.attrib.values())
    assert "</testcase>" in told


def test_a_broken_document_is_an_error(tmp_path: Path) -> None:
    made_up.save(tmp_path, {"h1": made_up.document("h1", factory.healthy_host())})
    (tmp_path / "hosts" / "h2.json").write_text("{")
    root = xml(tmp_path)
    case = cases(root, "problems")["hosts/h2.json"]
    assert case[0].tag == "error"

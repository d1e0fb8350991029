# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The audit on a real host: the examples of its documentation, and names that nobody expects."""

from __future__ import annotations

import base64
import json
import shlex
import sys
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from ansible_collections.bondproof.lacp.plugins.modules import bond_audit, bond_facts

from .test_lab import Commands

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

pytestmark = [pytest.mark.lab, pytest.mark.root]
TOP = Path(__file__).resolve().parents[2]
TOPOLOGY = Path(__file__).with_name("audit.yml")
PLAYBOOK = Path(sys.executable).with_name("ansible-playbook")
# Interface names that the kernel takes: no space, no slash, 15 bytes. Bond -> its members.
ODD = {
    '"><script>': ["{{7*7}}", "a'b;$(id)`", "x]]>&amp;y"],
    "|b*_[c](d)": ["\u00fcml\u00e4ut\u2603", "--help\\n"],
}
# What Ansible adds to any result.
ANSIBLES = {"changed", "failed", "msg", "warnings", "deprecations", "invocation", "exception"}
TYPES: dict[str, type] = {"str": str, "int": int, "bool": bool, "dict": dict, "list": list}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commands]:
    commands = Commands(tmp_path_factory.mktemp("lab"))
    commands("setup")
    commands("up", str(TOPOLOGY))
    yield commands
    commands("down")


def play(lab: Commands, book: Path, code: int = 0, **variables: object) -> str:
    words = [str(PLAYBOOK), str(book), "-e", json.dumps(variables)]
    return lab("run", "--", *words, code=code)


def examples(lab: Commands, folder: Path, text: str) -> list[dict[str, Any]]:
    """Run the tasks of EXAMPLES on the host; return what each returned."""
    tasks = []
    for index, task in enumerate(yaml.safe_load(text)):
        content = f"{{{{ told_{index} | to_json }}}}"
        copy = {"dest": str(folder / f"{index}.json"), "content": content}
        # A finding that reaches fail_on fails the task, as it should.
        tasks.append({**task, "register": f"told_{index}", "ignore_errors": True})
        tasks.append({"ansible.builtin.copy": copy, "delegate_to": "localhost"})
    book = folder / "play.yml"
    book.write_text(yaml.safe_dump([{"hosts": "b1", "gather_facts": False, "tasks": tasks}]))
    play(lab, book)
    files = sorted(folder.glob("*.json"), key=lambda path: int(path.stem))
    return [json.loads(path.read_bytes()) for path in files]


def fits(told: Mapping[str, Any], documented: Mapping[str, Any], place: str = "") -> None:
    """Assert that keys and types are the documented ones."""
    assert set(told) == set(documented), place
    for key, entry in documented.items():
        assert isinstance(told[key], TYPES[entry["type"]]), f"{place}{key}"
        if "contains" in entry:
            fits(told[key], entry["contains"], f"{place}{key}.")
        elif entry["type"] == "list" and "elements" in entry:
            assert all(isinstance(item, TYPES[entry["elements"]]) for item in told[key]), key


def own(told: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in told.items() if key not in ANSIBLES}


def test_the_examples_of_bond_facts(lab: Commands, tmp_path: Path) -> None:
    everything, partners, one = examples(lab, tmp_path, bond_facts.EXAMPLES)
    documented = yaml.safe_load(bond_facts.RETURN)
    for told in (everything, one):
        assert not told["failed"], told
        fits(own(told), documented)
    bonds = documented["ansible_facts"]["contains"]["bonds"]["sample"]
    actual = one["ansible_facts"]["bonds"]
    assert set(actual) == set(bonds) == {"bond0"}
    assert set(bonds["bond0"]) <= set(actual["bond0"])
    assert set(bonds["bond0"]["members"]["eno1"]) <= set(actual["bond0"]["members"]["eno1"])
    systems = [member["partner"]["system"] for member in actual["bond0"]["members"].values()]
    assert [item["msg"] for item in partners["results"]] == [str(systems)] or [
        item["msg"] for item in partners["results"]
    ] == [systems]
    assert lab("ssh", "b1", "stat -c %a /var/tmp/bonds.json").strip() == "600"


def test_the_examples_of_bond_audit(lab: Commands, tmp_path: Path) -> None:
    documented = yaml.safe_load(bond_audit.RETURN)
    without_run_dir = {key: entry for key, entry in documented.items() if key != "document"}
    told = examples(lab, tmp_path, bond_audit.EXAMPLES)
    assert [item["failed"] for item in told] == [False, False]
    for item in told:
        fits(own(item), without_run_dir)
        assert item["bugs"] == []
        assert item["summary"]["error"] == item["summary"]["warning"] == 0
        assert set(documented["summary"]["sample"]) <= set(item["summary"])


def made(name: str, members: list[str]) -> list[str]:
    """Commands that make a bond whose members lead nowhere."""
    bond = shlex.quote(name)
    commands = [f"ip link add name {bond} type bond mode 802.3ad miimon 100 lacp_rate fast"]
    for member in members:
        # Named afterwards: udev gives a new interface another name if it does not like its own.
        near, far = f"n{name_of(member)}", f"f{name_of(member)}"
        commands += [
            f"ip link add name {near} type veth peer name {far}",
            "udevadm settle",
            f"ip link set dev {near} name {shlex.quote(member)}",
            f"ip link set dev {shlex.quote(member)} master {bond}",
            f"ip link set dev {far} up",
        ]
    return [*commands, f"ip link set dev {bond} up"]


def name_of(member: str) -> str:
    return member.encode().hex()[:12]


@pytest.fixture(scope="module")
def reported(lab: Commands, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an audit of the host with odd names."""
    script = "set -e\n" + "\n".join(line for name in ODD for line in made(name, ODD[name]))
    packed = base64.b64encode(script.encode()).decode()
    lab("ssh", "b1", f"echo {packed} | base64 -d | LC_ALL=C.UTF-8 sh")
    folder = tmp_path_factory.mktemp("reports")
    told = play(lab, TOP / "playbooks/audit-bonds.yml", code=2, bond_audit_report_dir=str(folder))
    assert "Traceback" not in told
    return folder / "latest"


def test_odd_names_are_read_as_they_are(reported: Path) -> None:
    host = json.loads((reported / "hosts" / "b1.json").read_bytes())
    assert host["bugs"] == []
    bonds = host["facts"]["bonds"]
    assert {name: sorted(bonds[name]["members"]) for name in ODD} == {
        name: sorted(members) for name, members in ODD.items()
    }
    # Read by netlink, by procfs and by sysfs, under the same name.
    for name in ODD:
        assert bonds[name]["disagreements"] == []
        assert bonds[name]["unrecognised"] == []
        assert set(bonds[name]["sources"]) >= {"rtnetlink", "procfs"}
    subjects = {f["subject"] for f in host["findings"] if f["rule"] == "partner-silent"}
    assert subjects == {f"{name}/{member}" for name, members in ODD.items() for member in members}


class Page(HTMLParser):
    """Counts tags, keeps text and the values of attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_odd_names_are_inert_in_the_page(reported: Path) -> None:
    page = Page((reported / "report.html").read_text(encoding="utf-8"))
    assert page.tags.count("script") == 1
    assert not [name for name in page.attributes if name.startswith("on")]
    for name in [*ODD, *(member for members in ODD.values() for member in members)]:
        assert name in page.text, name


def test_odd_names_are_whole_in_junit(reported: Path) -> None:
    root = ET.parse(reported / "junit.xml").getroot()  # noqa: S314 - we wrote it
    failures = [failure for case in root.iter("testcase") for failure in case.iter("failure")]
    told = "".join(f"{f.get('message')} {f.text}" for f in failures)
    for name, members in ODD.items():
        for member in members:
            assert f"{name}/{member}" in told


def test_odd_names_are_inert_in_markdown(reported: Path) -> None:
    text = (reported / "summary.md").read_text(encoding="utf-8")
    assert "<script" not in text
    assert "](d)" not in text
    assert "{{7*7}}" in text.replace("&#123;", "{").replace("&#125;", "}").replace("&#42;", "*")

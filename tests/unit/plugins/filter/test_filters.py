# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filters, with the values that Ansible hands out."""

from __future__ import annotations

import datetime
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError

from ansible_collections.bondproof.lacp.plugins.filter import (
    mac_normalise,
    partner_vendor,
    select_findings,
)
from ansible_collections.bondproof.lacp.plugins.plugin_utils import _mac, _select

FINDINGS = [
    {"rule": "partner-silent", "severity": "error", "subject": "bond0/eno2"},
    {"rule": "lacp-rate-slow", "severity": "info", "subject": "bond0"},
]
TOP = Path(__file__).resolve().parents[4]
PLUGINS = (mac_normalise, partner_vendor, select_findings)


# Filter, its value, its argument, what it gives.
CASES: list[tuple[str, Any, str, Any]] = [
    ("mac_normalise", "00:1c:73:aa:bb:cc", "", "00:1c:73:aa:bb:cc"),
    ("mac_normalise", "00:1C:73:AA:BB:CC", "", "00:1c:73:aa:bb:cc"),
    ("mac_normalise", "001c.73aa.bbcc", "", "00:1c:73:aa:bb:cc"),
    ("mac_normalise", "00-1c-73-aa-bb-cc", "", "00:1c:73:aa:bb:cc"),
    ("mac_normalise", "001C73AABBCC", "", "00:1c:73:aa:bb:cc"),
    ("mac_normalise", " 0:1c:73:a:b:c ", "", "00:1c:73:0a:0b:0c"),
    ("mac_normalise", "", "", ""),
    ("mac_normalise", "  ", "", ""),
    ("mac_normalise", None, "", ""),
    ("partner_vendor", "00:1c:73:aa:bb:cc", "", "Arista Networks"),
    ("partner_vendor", "2C6B.F501.0203", "", "Juniper Networks"),
    ("partner_vendor", "02:00:00:00:01:01", "", "locally administered"),
    ("partner_vendor", "fe:ff:ff:00:00:00", "", "locally administered"),
    ("partner_vendor", "a4:ff:ff:00:00:00", "", "unknown vendor"),
    ("partner_vendor", "", "", ""),
    ("partner_vendor", None, "", ""),
    ("select_findings", FINDINGS, "[?severity=='error'].subject", ["bond0/eno2"]),
    ("select_findings", FINDINGS, "[?contains(subject, 'eno')].rule", ["partner-silent"]),
    ("select_findings", FINDINGS, "length(@)", 2),
    ("select_findings", FINDINGS, "[?severity=='none']", []),
    ("select_findings", FINDINGS, "[0]", FINDINGS[0]),
    ("select_findings", {"findings": FINDINGS}, "findings[].rule", [f["rule"] for f in FINDINGS]),
]


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """What every case gives in a play, where values arrive in types of Ansible's own."""
    folder = tmp_path_factory.mktemp("play")
    variables: dict[str, Any] = {}
    for index, (name, value, argument, _expected) in enumerate(CASES):
        call = f"bondproof.lacp.{name}(argument_{index})" if argument else f"bondproof.lacp.{name}"
        variables[f"value_{index}"] = value
        variables[f"argument_{index}"] = argument
        variables[f"result_{index}"] = f"{{{{ value_{index} | {call} }}}}"
    results = ", ".join(f"result_{index}" for index in range(len(CASES)))
    save = {"dest": "told.json", "content": f"{{{{ [{results}] | to_json }}}}"}
    play = {
        "hosts": "localhost",
        "gather_facts": False,
        "vars": variables,
        "tasks": [{"ansible.builtin.copy": save}],
    }
    (folder / "play.yml").write_text(yaml.safe_dump([play]), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "ansible", "playbook", "play.yml"],
        cwd=folder,
        env={**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(TOP / "build/collections")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told: list[Any] = json.loads((folder / "told.json").read_text())
    return told


@pytest.mark.parametrize("case", range(len(CASES)), ids=lambda case: f"{case}-{CASES[case][0]}")
def test_filter(given: list[Any], case: int) -> None:
    assert given[case] == CASES[case][3]


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda plugin: plugin.__name__.rpartition(".")[2])
def test_the_documentation_names_the_filter(plugin: Any) -> None:
    name = plugin.__name__.rpartition(".")[2]
    assert yaml.safe_load(plugin.DOCUMENTATION)["name"] == name
    assert list(plugin.FilterModule().filters()) == [name]
    assert yaml.safe_load(plugin.RETURN)["_value"]["description"]
    assert f"bondproof.lacp.{name}" in plugin.EXAMPLES


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("nonsense", "'nonsense' is no MAC address"),
        ("00:1c:73:aa:bb", "is no MAC address"),
        ("00:1c:73:aa:bb:cc:dd:ee", "is no MAC address"),
        (7, "wants a MAC address as text"),
        (["00:1c:73:aa:bb:cc"], "wants a MAC address as text"),
        (True, "wants a MAC address as text"),
    ],
)
@pytest.mark.parametrize("name", ["mac_normalise", "partner_vendor"])
def test_what_is_no_address_is_refused(name: str, value: object, words: str) -> None:
    with pytest.raises(AnsibleFilterError) as error:
        _mac.colons(value, name)
    assert words in str(error.value)
    assert f"bondproof.lacp.{name}" in str(error.value)


@pytest.mark.parametrize(
    ("value", "expression", "words"),
    [
        (FINDINGS, "[?severity=", "'[?severity='"),
        (FINDINGS, "[?severity == 'x'", "at its end"),
        (FINDINGS, "[?a ~ b]", "column 5"),
        (FINDINGS, "nosuch(@)", "nosuch"),
        (FINDINGS, "[*].length(severity, rule)", "length"),
        (FINDINGS, "", "wants a JMESPath expression as text"),
        (FINDINGS, 7, "wants a JMESPath expression as text"),
        ("text", "[*]", "not a value of type str"),
        (None, "[*]", "not a value of type NoneType"),
    ],
)
def test_a_mistake_is_placed(value: object, expression: object, words: str) -> None:
    with pytest.raises(AnsibleFilterError) as error:
        _select.select(value, expression)
    assert words in str(error.value)
    assert "bondproof.lacp.select_findings" in str(error.value)


def test_plain_data_is_left_alone() -> None:
    value = {"a": [1, 2.5, True, None, "x", ("y",)], 7: datetime.date(2026, 11, 20)}
    assert _select.plain(value) == {"a": [1, 2.5, True, None, "x", ["y"]], "7": "2026-11-20"}


@pytest.mark.parametrize(
    ("module", "flag", "call", "package"),
    [
        (_mac, "HAS_NETADDR", lambda: _mac.colons("00:1c:73:aa:bb:cc", "x"), "python3-netaddr"),
        (_select, "HAS_JMESPATH", lambda: _select.select([], "[*]"), "python3-jmespath"),
    ],
    ids=["netaddr", "jmespath"],
)
def test_a_missing_library_is_named_with_its_package(
    monkeypatch: pytest.MonkeyPatch, module: Any, flag: str, call: Any, package: str
) -> None:
    monkeypatch.setattr(module, flag, False)
    with pytest.raises(AnsibleFilterError, match=package):
        call()

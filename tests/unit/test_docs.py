# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation is tested: options as they are, examples that are valid, samples of their type."""

from __future__ import annotations

import importlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.policy import parse_policy

from .plugins.plugin_utils._report import made_up

if TYPE_CHECKING:
    from collections.abc import Iterator

TOP = Path(__file__).resolve().parents[2]
PACKAGE = "ansible_collections.bondproof.lacp.plugins"
ENVIRONMENT = {
    **os.environ,
    "ANSIBLE_COLLECTIONS_PATH": str(TOP / "build/collections"),
    "ANSIBLE_LOCALHOST_WARNING": "false",
    "ANSIBLE_NOCOLOR": "true",
}


def names(kind: str) -> list[str]:
    """The plugins of a kind."""
    return sorted(path.stem for path in (TOP / "plugins" / kind).glob("[a-z]*.py"))


MODULES = names("modules")
FILTERS = names("filter")
ROLES = sorted(path.name for path in (TOP / "roles").iterdir())
# What a value may be that is documented to be of a type.
TYPES: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "dict": (dict,),
    "list": (list,),
    "path": (str,),
}


@pytest.fixture(scope="module")
def docs() -> dict[str, dict[str, Any]]:
    """What ansible-doc says of every plugin, fragments resolved."""
    return {**asked("module", MODULES), **asked("filter", FILTERS)}


def asked(kind: str, plugins: list[str]) -> dict[str, dict[str, Any]]:
    """What ansible-doc says of plugins, by their short names."""
    full = [f"bondproof.lacp.{name}" for name in plugins]
    words = [sys.executable, "-m", "ansible", "doc", "--type", kind, "--json", *full]
    done = subprocess.run(words, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told: dict[str, dict[str, Any]] = json.loads(done.stdout)
    assert sorted(told) == full, done.stderr
    return {name.rpartition(".")[2]: entry for name, entry in told.items()}


def spec_of(module: str) -> dict[str, Any]:
    """The argument spec that a module, or its action plugin, checks its arguments with."""
    places = [f"{PACKAGE}.action.{module}", f"{PACKAGE}.modules.{module}"]
    found = [place for place in places if exists(place)]
    spec: dict[str, Any] = importlib.import_module(found[0]).ARGUMENTS
    return spec


def exists(place: str) -> bool:
    return (
        (TOP / place.removeprefix("ansible_collections.bondproof.lacp.").replace(".", "/"))
        .with_suffix(".py")
        .is_file()
    )


@pytest.mark.parametrize("module", MODULES)
def test_options_are_documented_as_they_are(module: str, docs: dict[str, dict[str, Any]]) -> None:
    spec = spec_of(module)
    documented = docs[module]["doc"]["options"]
    assert sorted(documented) == sorted(spec)
    for name, option in spec.items():
        told = documented[name]
        for key in ("type", "elements", "choices", "default"):
            assert told.get(key) == option.get(key), f"{name}: {key}"
        assert bool(told.get("required")) == bool(option.get("required")), name
        assert told["description"], name


@pytest.mark.parametrize("module", MODULES)
def test_examples_have_arguments_that_the_module_takes(
    module: str, docs: dict[str, dict[str, Any]]
) -> None:
    tasks = yaml.safe_load(docs[module]["examples"])
    uses = [(task["name"], key, args) for task in tasks for key, args in task.items()]
    ours = [use for use in uses if use[1].startswith("bondproof.lacp.")]
    assert f"bondproof.lacp.{module}" in {key for _name, key, _args in ours}
    for name, key, args in ours:
        check_arguments(name, key.rpartition(".")[2], args or {})
    by_name = [name for name, key, _args in uses if key.count(".") == 2]
    assert by_name == [task["name"] for task in tasks], "not one fully qualified action a task"


def check_arguments(task: str, module: str, args: dict[str, Any]) -> None:
    spec = spec_of(module)
    # The value of a template is not known here; that its option exists is.
    templates = {name for name, value in args.items() if "{{" in str(value)}
    assert templates <= set(spec), task
    plain = {name: value for name, value in args.items() if name not in templates}
    needed = {
        name: {**option, "required": option.get("required", False) and name not in templates}
        for name, option in spec.items()
    }
    result = ArgumentSpecValidator(needed).validate(plain)
    assert result.error_messages == [], task


@pytest.mark.parametrize("module", MODULES)
def test_samples_are_of_the_documented_types(module: str, docs: dict[str, dict[str, Any]]) -> None:
    returned = docs[module]["return"]
    assert returned
    for name, told in returned.items():
        check_return(name, told)


def check_return(place: str, told: dict[str, Any]) -> None:
    """One key of RETURN, and those within it."""
    assert told["description"], place
    assert told["returned"], place
    sample: Any = told.get("sample")
    if sample is not None:
        assert type(sample) in TYPES[told["type"]], place
        for item in sample if told["type"] == "list" else []:
            assert type(item) in TYPES[told["elements"]], place
    else:
        assert told.get("contains"), f"{place}: neither sample nor contains"
    for name, inner in (told.get("contains") or {}).items():
        check_return(f"{place}.{name}", inner)


def play(folder: Path, *tasks: dict[str, Any], **variables: Any) -> str:
    """Run tasks on localhost in a folder; return what was printed."""
    book = [{"hosts": "localhost", "gather_facts": False, "vars": variables, "tasks": list(tasks)}]
    (folder / "play.yml").write_text(yaml.safe_dump(book), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "ansible", "playbook", "play.yml"],
        cwd=folder,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


# What the examples of the filters print.
PRINTED = {
    "lacp_verdict": '"msg": "insufficient"',
    "mac_normalise": "All assertions passed",
    "partner_vendor": '"msg": "Arista Networks"',
    "router_repair": '"msg": "the router has no bond dp0bond0"',
    "router_result": '"msg": "repaired"',
    "select_findings": '"msg": [\n        "bond0/eno2"\n    ]',
    "tcpdump_lacp": '"Aggregation",\n            "Default"',
    "teamd_state": '"msg": [\n        "dp0s0"\n    ]',
    "vyatta_bond_members": '"msg": [\n        "dp0s0"\n    ]',
    "vyatta_bonds": '"msg": [\n        "dp0bond0"\n    ]',
    "vyatta_packet": '"msg": "1 seen"',
    "vyatta_reading": '"msg": [\n        "dp0bond0"\n    ]',
    "vyatta_interfaces": '"msg": [\n        "dp0bond0"\n    ]',
}


@pytest.fixture(scope="module")
def printed(docs: dict[str, dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> str:
    found: list[list[dict[str, Any]]] = [yaml.safe_load(docs[name]["examples"]) for name in FILTERS]
    tasks = [task for tasks in found for task in tasks]
    return play(tmp_path_factory.mktemp("filters"), *tasks)


@pytest.mark.parametrize("name", FILTERS)
def test_the_examples_of_a_filter_give_what_they_say(name: str, printed: str) -> None:
    assert PRINTED[name] in printed


def test_the_way_of_the_guide_to_the_findings_of_a_report(tmp_path: Path) -> None:
    run = tmp_path / "bond-reports" / "20261120T230000Z"
    made_up.save(run, made_up.fleet())
    report = {"bondproof.lacp.bond_report": {"source": str(run), "fail_on": "never"}}
    (task,) = blocks("docs/guide.md", "select_findings")
    told = play(tmp_path, report, *yaml.safe_load(task), {"debug": {"var": "switch_errors"}})
    assert re.search(r'"rule": "partner-', told), told


def blocks(page: str, word: str = "") -> list[str]:
    """The YAML blocks of a page that have a word in them."""
    text = (TOP / page).read_text(encoding="utf-8")
    found = re.findall(r"^```yaml\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    return [block for block in found if word in block]


PAGES = sorted(
    str(path.relative_to(TOP))
    for pattern in ("*.md", "docs/*.md", "roles/*/README.md")
    for path in TOP.glob(pattern)
)
YAML = [(page, index) for page in PAGES for index in range(len(blocks(page)))]


@pytest.mark.parametrize(("page", "index"), YAML, ids=[f"{page}-{n}" for page, n in YAML])
def test_what_a_page_shows_as_yaml_is_valid(page: str, index: int) -> None:
    data = yaml.safe_load(blocks(page)[index])
    assert data
    if isinstance(data, dict) and "bond_audit_policy" in data:
        assert parse_policy(data["bond_audit_policy"])
    if isinstance(data, list):
        for task in data:
            for key, args in task.items():
                if key.startswith("bondproof.lacp."):
                    check_arguments(page, key.rpartition(".")[2], args or {})


@pytest.mark.parametrize("role", ROLES)
def test_the_defaults_of_a_role_are_its_documented_ones(role: str) -> None:
    folder = TOP / "roles" / role
    spec = yaml.safe_load((folder / "meta/argument_specs.yml").read_text(encoding="utf-8"))
    options = spec["argument_specs"]["main"]["options"]
    defaults = yaml.safe_load((folder / "defaults/main.yml").read_text(encoding="utf-8"))
    assert {name: option["default"] for name, option in options.items()} == defaults


def made_by(path: Path) -> Iterator[str]:
    """The variables that the tasks of a file set, those in blocks included."""
    todo = yaml.safe_load(path.read_text(encoding="utf-8"))
    while todo:
        task = todo.pop()
        todo += [inner for part in ("block", "rescue", "always") for inner in task.get(part, [])]
        yield from task.get("ansible.builtin.set_fact", {})
        yield task.get("register", "")


@pytest.mark.parametrize("role", ROLES)
def test_a_role_reads_no_variable_that_is_not_documented(role: str) -> None:
    folder = TOP / "roles" / role
    documented = (folder / "meta/argument_specs.yml").read_text(encoding="utf-8")
    tasks = (folder / "tasks/main.yml").read_text(encoding="utf-8")
    read = set(re.findall(rf"(?<![._a-z])(?:bond_[a-z]+_|{role}_)[a-z_]+", tasks))
    assert read
    made = {name for path in (folder / "tasks").glob("*.yml") for name in made_by(path)}
    assert {name for name in read - made if f"\n      {name}:\n" not in documented} == set()

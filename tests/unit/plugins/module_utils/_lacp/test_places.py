# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is read of a host is what the parsers understand, no more and no less."""

from __future__ import annotations

import ast
from pathlib import Path

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import (
    config_places,
    pci_facts,
    places,
    sysfs,
)

PLUGINS = Path(sysfs.__file__).parents[2]


def test_each_file_of_bonding_is_read_and_understood() -> None:
    assert sorted(places.BOND_FILES) == sorted(sysfs.BOND_FILES)
    assert sorted(places.MEMBER_FILES) == sorted(sysfs.MEMBER_FILES)


def test_each_file_of_a_device_is_named_by_its_parser() -> None:
    source = Path(pci_facts.__file__).read_text(encoding="utf-8")
    for path in (*places.DEVICE_FILES, *places.DEVICE_SYMLINKS):
        name = path.removeprefix(places.DEVICE).rpartition("/")[2].removeprefix("aer_dev_")
        assert name in source or name in (*places.AER, "module", "version"), name


def test_folders_are_listed_once() -> None:
    assert len(set(config_places.FOLDERS)) == len(config_places.FOLDERS)


# All that a host compiles for a live reading; each costs it time in each run.
ON_THE_HOST = {
    "_module.facts",
    *(
        f"_host.{name}"
        for name in (
            "clock collect config_reader ethtool_reader files host_reader live netlink source team"
        ).split()
    ),
    *(
        f"_lacp.{name}"
        for name in (
            "config_places ifupdown_files ovsdb places rtnl snapshot snapshot_json snapshot_pack"
        ).split()
    ),
}


def imported(name: str) -> set[str]:
    """Return the modules of ours that a file imports, in functions and for types, too."""
    package, _dot, _module = name.partition(".")
    found = set()
    text = (PLUGINS / "module_utils" / f"{name.replace('.', '/')}.py").read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package if node.level == 1 else ""
            whole = ".".join(filter(None, [base, node.module]))
            names = [whole] if "." in whole else [f"{whole}.{one.name}" for one in node.names]
            found.update(names)
    return found


def test_the_host_is_sent_what_it_needs_and_no_parser() -> None:
    todo, sent = {"_module.facts"}, set[str]()
    while todo:
        name = todo.pop()
        sent.add(name)
        todo |= imported(name) - sent
    assert sent == ON_THE_HOST

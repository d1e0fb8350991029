# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The design's direction of imports, and the sizes that keep files readable."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

TOP = Path(__file__).resolve().parents[2]
PLUGINS = TOP / "plugins"
OURS = "ansible_collections.bondproof.lacp.plugins."
FUNCTION_LINES = 40
FILE_LINES = 400

CORE = "module_utils._lacp"
HOST = "module_utils._host"
GLUE = "module_utils._module"
CONTROLLER = "plugin_utils"
# What runs on a host may not reach what runs on the controller; nothing reaches upwards.
MAY_IMPORT = {
    CORE: {CORE},
    HOST: {HOST, CORE},
    GLUE: {GLUE, HOST, CORE},
    CONTROLLER: {CONTROLLER, CORE},
    "modules": {GLUE, HOST, CORE},
    "action": {GLUE, CONTROLLER, HOST, CORE},
    "filter": {GLUE, CONTROLLER, HOST, CORE},
    "doc_fragments": set[str](),
}
# Outside the standard library: who may import what.
FOREIGN = {
    CORE: set[str](),
    HOST: {"pyroute2"},
    GLUE: {"ansible"},
    CONTROLLER: {"ansible", "jmespath", "netaddr", "yaml"},
    "modules": {"ansible"},
    "action": {"ansible"},
    "filter": {"ansible", "jmespath", "netaddr"},
    "doc_fragments": set[str](),
}
NOT_PURE = {"ctypes", "ipaddress", "os", "random", "secrets", "socket", "subprocess", "time"}


def layer(dotted: str) -> str:
    """Return the layer of a name below plugins: its first part, in module_utils its first two."""
    parts = dotted.split(".")
    return ".".join(parts[:2]) if parts[0] == "module_utils" else parts[0]


def absolute(node: ast.ImportFrom, package: list[str]) -> str:
    """Return what an import names, seen from plugins; other packages as they are."""
    if node.level:
        base = package[: len(package) - node.level + 1]
        return OURS + ".".join([*base, *filter(None, [node.module])])
    return node.module or ""


def imports(tree: ast.Module, package: list[str]) -> Iterator[tuple[int, str]]:
    """Yield each import, nested and type-checking ones included, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            name = absolute(node, package)
            yield node.lineno, name
            yield from ((node.lineno, f"{name}.{alias.name}") for alias in node.names)


def violations(text: str, dotted: str) -> list[str]:
    """Return the imports of a file (named from plugins, dotted) that its layer does not allow."""
    own = layer(dotted)
    if own not in MAY_IMPORT:
        return [f"{dotted} is in no known layer"]
    found = []
    for line, name in imports(ast.parse(text), dotted.split(".")[:-1]):
        top = name.split(".")[0]
        if name.startswith(OURS):
            target = layer(name.removeprefix(OURS))
            if target in MAY_IMPORT and target not in MAY_IMPORT[own]:
                found.append(f"{dotted}:{line} imports {target}")
        elif top in sys.stdlib_module_names:
            if own == CORE and top in NOT_PURE:
                found.append(f"{dotted}:{line} imports {top}, which is not pure")
        elif top not in FOREIGN[own]:
            found.append(f"{dotted}:{line} imports {name}")
    return sorted(set(found))


def long_functions(text: str) -> list[str]:
    """Return the functions of more lines than allowed."""
    return [
        f"{node.name}, line {node.lineno}"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and (node.end_lineno or 0) - node.lineno >= FUNCTION_LINES
    ]


def sources(*folders: str) -> list[Path]:
    return sorted(p for folder in folders for p in (TOP / folder).rglob("*.py"))


@pytest.mark.parametrize("path", sources("plugins"), ids=lambda p: str(p.relative_to(PLUGINS)))
def test_imports_run_downwards(path: Path) -> None:
    dotted = ".".join(path.relative_to(PLUGINS).with_suffix("").parts)
    assert violations(path.read_text(encoding="utf-8"), dotted) == []


@pytest.mark.parametrize("path", sources("plugins", "tests"), ids=lambda p: str(p.relative_to(TOP)))
def test_files_and_functions_are_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= FILE_LINES
    assert long_functions(text) == []


@pytest.mark.parametrize(
    ("dotted", "text", "complaint"),
    [
        ("module_utils._lacp.a", "from .._host import b", "imports module_utils._host"),
        ("module_utils._lacp.rules.a", "from ..._host import b", "imports module_utils._host"),
        ("module_utils._lacp.a", "from .. import _host", "imports module_utils._host"),
        ("module_utils._lacp.a", "import time", "imports time, which is not pure"),
        ("module_utils._lacp.a", "import yaml", "imports yaml"),
        ("module_utils._host.a", f"from {OURS}modules import b", "imports modules"),
        ("module_utils._host.a", "def f():\n    import ansible.errors", "imports ansible.errors"),
        ("modules.a", "from ..plugin_utils import b", "imports plugin_utils"),
        ("callback.a", "", "is in no known layer"),
    ],
)
def test_an_edge_upwards_is_found(dotted: str, text: str, complaint: str) -> None:
    assert any(complaint in found for found in violations(text, dotted))


@pytest.mark.parametrize(
    ("dotted", "text"),
    [
        ("module_utils._lacp.rules.a", "from .. import rule\nfrom ..rule import Rule"),
        (
            "module_utils._module.a",
            "from .._lacp import b\nfrom ansible.module_utils.basic import c",
        ),
        ("modules.a", f"from {OURS}module_utils._module.a import run"),
    ],
)
def test_an_edge_downwards_is_allowed(dotted: str, text: str) -> None:
    assert violations(text, dotted) == []

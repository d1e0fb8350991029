# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Host documents: read one at a time, and never believed before they were checked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

from ...module_utils._lacp import bond_fields, host_fields, member_fields
from ...module_utils._lacp.model import Problem
from ...module_utils._lacp.rule import SEVERITIES, Finding
from .._document import SCHEMA as HOST_SCHEMA, STATUS_FAILED, STATUS_OK, STATUS_UNREACHABLE
from .kinds import wrong_type
from .text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from ...module_utils._lacp.fact import Field

OK = STATUS_OK
STATUSES = (OK, STATUS_FAILED, STATUS_UNREACHABLE)

Document = Mapping[str, Any]
T = TypeVar("T")


class DocumentError(Exception):
    """A saved document that cannot be used; the text names the file, the place and the cure."""


@dataclass(frozen=True)
class Outcome:
    """How a rule ended on a host: passed, failed, not_evaluable or disabled, and why."""

    outcome: str
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class HostDocument:
    """A host's document with its parts checked; facts is None where the host was not audited."""

    host: str
    status: str
    message: str
    groups: tuple[str, ...]
    collected_utc: str
    collection: str
    facts: Document | None
    findings: tuple[Finding, ...]
    outcomes: Mapping[str, Outcome]
    not_judged: Mapping[str, str]
    bugs: tuple[str, ...] = ()


def load_json(path: Path, schema: str, cure: str) -> Document:
    """A JSON object of the schema; DocumentError otherwise."""
    try:
        data = json.loads(path.read_bytes())
    except OSError as error:
        raise DocumentError(f"{path}: cannot be read ({error.strerror}): {cure}") from error
    except (ValueError, RecursionError) as error:
        raise DocumentError(f"{path}: is not whole JSON ({one_line(error)}): {cure}") from error
    if not isinstance(data, dict):
        raise DocumentError(f"{path}: holds a {_kind(data)}, not an object: {cure}")
    found = data.get("schema")
    if found != schema:
        raise DocumentError(f"{path}: {_schema_complaint(found, schema)}: {cure}")
    return data


def _schema_complaint(found: object, wanted: str) -> str:
    if found is None:
        return f"has no schema; {wanted} is wanted"
    family, _slash, version = wanted.rpartition("/")
    told = str(found)
    if told.startswith(f"{family}/") and told.rpartition("/")[2].isdecimal():
        age = "a newer" if int(told.rpartition("/")[2]) > int(version) else "an older"
        return f"was written by {age} version of this collection ({told}; this one reads {wanted})"
    return f"has the schema {one_line(told)}; {wanted} is wanted"


HOST_CURE = "run the audit of this host again"


def read_host(path: Path) -> HostDocument:
    """The document of a host; DocumentError names the file, the part and the cure."""
    data = load_json(path, HOST_SCHEMA, HOST_CURE)
    try:
        return parse_host(data)
    except DocumentError as error:
        raise DocumentError(f"{path}: {error}: {HOST_CURE}") from error


def parse_host(data: Document) -> HostDocument:
    """The parts of a host document; DocumentError names the part that is not as it should be."""
    status = _part(data, "status", str)
    if status not in STATUSES:
        raise DocumentError(f"status is {one_line(status)}, not one of {', '.join(STATUSES)}")
    if not _part(data, "host", str).strip():
        raise DocumentError("host is empty")
    facts = _part(data, "facts", dict, {}) or None
    if facts is None and status == OK:
        raise DocumentError("status is ok, but there are no facts")
    if facts is not None:
        _check_facts(facts)
    outcomes = _part(data, "outcomes", dict, {})
    return HostDocument(
        _part(data, "host", str),
        status,
        _part(data, "message", str, ""),
        tuple(str(group) for group in _part(data, "groups", list, [])),
        _part(data, "collected_utc", str, ""),
        _part(data, "collection", str, ""),
        facts,
        findings_of(_part(data, "findings", list, [])),
        {rule: _outcome(rule, told) for rule, told in outcomes.items()},
        {str(bond): str(why) for bond, why in _part(data, "not_judged", dict, {}).items()},
        tuple(str(bug) for bug in _part(data, "bugs", list, [])),
    )


def findings_of(listed: list[Any]) -> tuple[Finding, ...]:
    """Findings from their plain form; DocumentError names the one that is not whole."""
    return tuple(_finding(index, item) for index, item in enumerate(listed))


def _finding(index: int, data: object) -> Finding:
    place = f"findings[{index}]"
    if not isinstance(data, dict):
        raise DocumentError(f"{place} is a {_kind(data)}, not an object")
    text = _texts(data, place)
    severity = text("severity")
    if severity not in SEVERITIES:
        raise DocumentError(f"{place}.severity is {one_line(severity)}")
    source = data.get("source") or []
    return Finding(
        rule=text("rule"),
        severity=severity,
        title=text("title"),
        subject=text("subject"),
        parameter=text("parameter"),
        expected=text("expected"),
        observed=text("observed"),
        source=tuple(str(item) for item in source) if isinstance(source, list) else (str(source),),
        why=text("why"),
        remedy=text("remedy"),
        outcome=text("outcome"),
        waiver=None if data.get("waiver") is None else str(data["waiver"]),
    )


def _texts(data: Document, place: str) -> Callable[[str], str]:
    def text(key: str) -> str:
        value = data.get(key)
        if not isinstance(value, str):
            raise DocumentError(f"{place}.{key} is a {_kind(value)}, not text")
        return value

    return text


def _outcome(rule: str, told: object) -> Outcome:
    if not isinstance(told, dict) or not isinstance(told.get("outcome"), str):
        raise DocumentError(f"outcomes.{one_line(rule)} has no outcome")
    reasons = told.get("reasons") or []
    if not isinstance(reasons, list):
        raise DocumentError(f"outcomes.{one_line(rule)}.reasons is a {_kind(reasons)}, not a list")
    return Outcome(told["outcome"], tuple(str(reason) for reason in reasons))


def _check_facts(facts: Document) -> None:
    _check_record(_part(facts, "host", dict), "facts.host", host_fields.ALL)
    for name, bond in _part(facts, "bonds", dict).items():
        place = f"facts.bonds.{one_line(name)}"
        _check_record(bond, place, bond_fields.ALL)
        for port, member in _part(bond, "members", dict).items():
            _check_record(member, f"{place}.members.{one_line(port)}", member_fields.ALL)


def _check_record(record: object, place: str, catalogue: Iterable[Field[Any]]) -> None:
    """What Record.from_result and the rules rely on: maps of paths, and values of their type."""
    if not isinstance(record, dict):
        raise DocumentError(f"{place} is a {_kind(record)}, not an object")
    for key in ("unknown", "sources"):
        if not _is_map_of_lists(record.get(key) or {}):
            raise DocumentError(f"{place}.{key} is not a map of lists of field paths")
    for key, shape in (("disagreements", _DISAGREEMENT), ("unrecognised", _UNRECOGNISED)):
        told = record.get(key) or []
        if not isinstance(told, list) or not all(_has_shape(item, shape) for item in told):
            raise DocumentError(f"{place}.{key} is not a list of objects with {', '.join(shape)}")
    path = wrong_type(record, catalogue)
    if path:
        raise DocumentError(f"{place}.{path} has a value of the wrong type")


_DISAGREEMENT: Mapping[str, type] = {"field": str, "readings": dict}
_UNRECOGNISED: Mapping[str, type] = {"source": str, "text": str}


def _has_shape(item: object, shape: Mapping[str, type]) -> bool:
    return isinstance(item, dict) and all(
        isinstance(item.get(key), kind) for key, kind in shape.items()
    )


def _is_map_of_lists(told: object) -> bool:
    return isinstance(told, dict) and all(
        isinstance(paths, list) and all(isinstance(path, str) for path in paths)
        for paths in told.values()
    )


def _part(data: Document, key: str, kind: type[T], default: object = ...) -> T:
    value = data.get(key)
    if value is None and default is not ...:
        return cast("T", default)
    if not isinstance(value, kind):
        raise DocumentError(f"{key} is a {_kind(value)}, not a {kind.__name__}")
    return value


def _kind(value: object) -> str:
    return "missing value" if value is None else type(value).__name__


class HostFolder(Mapping[str, Document]):
    """The raw documents of the audited hosts of a folder, each read when it is asked for.

    Fleet rules look at all hosts; this way they do so without holding all hosts in memory.
    """

    def __init__(self, paths: Mapping[str, Path]) -> None:
        self._paths = paths

    def __getitem__(self, host: str) -> Document:
        return load_json(self._paths[host], HOST_SCHEMA, HOST_CURE)

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


def host_paths(folder: Path) -> list[Path]:
    """The host documents of a run folder, by name; DocumentError if there is no such folder."""
    hosts = folder / "hosts"
    try:
        return sorted(path for path in hosts.iterdir() if _is_document(path))
    except OSError as error:
        raise DocumentError(
            f"{hosts}: cannot be listed ({error.strerror}): name a folder that bond_audit wrote"
        ) from error


def _is_document(path: Path) -> bool:
    """Half-written files begin with a dot."""
    return path.suffix == ".json" and not path.name.startswith(".")


def problem_of(error: DocumentError, path: Path) -> Problem:
    """The error as a problem of the report, placed at the file."""
    return Problem(f"hosts/{path.name}", str(error).removeprefix(f"{path}: "))

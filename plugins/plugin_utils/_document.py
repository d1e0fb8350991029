# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The document of one host: what a run saves, and what later runs and reports read."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SCHEMA = "bondproof.lacp/host/1"
STATUS_OK = "ok"
STATUS_FAILED = "failed"
STATUS_UNREACHABLE = "unreachable"

# What the module returns and the document keeps.
JUDGED = ("facts", "findings", "outcomes", "summary", "not_judged", "bugs", "counters")


class DocumentError(Exception):
    """A document cannot be written or read; the text names the file and the cure."""


def host_document(
    *,
    host: str,
    groups: Sequence[str],
    collected_utc: str,
    version: str,
    status: str,
    message: str,
    judged: Mapping[str, Any],
) -> dict[str, Any]:
    """Plain data of one host; judged may lack anything where the status is not ok."""
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "host": host,
        "groups": sorted(groups),
        "collected_utc": collected_utc,
        "collection": version,
        "status": status,
        "message": message,
    }
    document.update((key, judged[key]) for key in JUDGED if key in judged)
    return document


def document_path(run_dir: str, host: str) -> Path:
    """Where the document of a host lies in a run; odd characters of the name are percent-coded."""
    plain = "".join(c if c.isalnum() or c in "-._" else f"%{ord(c):02X}" for c in host)
    return Path(run_dir, "hosts", f"{plain.lstrip('.') or '%'}.json")


def write_document(path: Path, document: Mapping[str, Any]) -> None:
    """Write atomically; DocumentError names the place and the cure."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # One writer a host: the process id keeps two runs into one folder apart.
        temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            with temporary.open("w", encoding="utf-8") as stream:
                json.dump(document, stream, separators=(",", ":"))
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise DocumentError(
            f"cannot write {path}: {error.strerror}; "
            "name a folder that this user may write to in bond_audit_report_dir"
        ) from error


def read_document(path: Path) -> dict[str, Any] | None:
    """The document, or None where there is none; DocumentError if it is not one of ours."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DocumentError(f"cannot read {path}: {error.strerror}") from error
    try:
        document = json.loads(text)
    except ValueError as error:
        raise DocumentError(
            f"{path} is not JSON ({error}): delete it or take another run"
        ) from error
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise DocumentError(
            f"{path} is not a {SCHEMA} document: another version wrote it; take another run"
        )
    return document


def identity(finding: Mapping[str, Any]) -> tuple[str, str, str]:
    """What makes two findings of two runs the same one."""
    return finding["rule"], finding["subject"], finding["parameter"]


def gating(
    findings: Sequence[Mapping[str, Any]],
    fail_on: str,
    baseline: Sequence[Mapping[str, Any]] = (),
) -> list[Mapping[str, Any]]:
    """The findings that stop a gate: severe enough, not waived, not in the baseline."""
    severe = {"error": ("error",), "warning": ("error", "warning"), "never": ()}[fail_on]
    known = {identity(finding) for finding in baseline}
    return [
        finding
        for finding in findings
        if finding["severity"] in severe
        and finding["outcome"] == "failed"
        and identity(finding) not in known
    ]

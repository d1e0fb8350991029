# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""bond_verdict: a packet of evidence in, the verdict out; everything happens on the controller."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.diagnosis import diagnose
from ansible_collections.bondproof.lacp.plugins.plugin_utils._packet.layout import INCIDENT
from ansible_collections.bondproof.lacp.plugins.plugin_utils._packet.reader import (
    PacketError,
    open_packet,
)
from ansible_collections.bondproof.lacp.plugins.plugin_utils._pasted import (
    PastedError,
    records,
)
from ansible_collections.bondproof.lacp.plugins.plugin_utils._select import plain

ARGUMENTS: dict[str, Any] = {
    "packet": {"type": "raw", "required": True},
    "switch_evidence": {"type": "raw"},
    "fleet": {"type": "list", "elements": "dict"},
}

# A packet in one file, as tests and other tools write it.
WHOLE = "packet.json"


class ActionModule(ActionBase):
    """Judge a packet."""

    _requires_connection = False
    _supports_check_mode = True
    _supports_async = False

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        super().run(tmp, task_vars)
        _validated, args = self.validate_argument_spec(argument_spec=ARGUMENTS)
        try:
            document, sealed = read(args["packet"])
        except PacketError as error:
            raise AnsibleActionFail(str(error)) from None
        added: dict[str, Any] = {}
        if args["fleet"] is not None:
            added["fleet"] = plain(args["fleet"])
        if args["switch_evidence"] is not None:
            try:
                added["switch_evidence"] = records(args["switch_evidence"])
            except PastedError as error:
                raise AnsibleActionFail(str(error)) from None
        verdict = diagnose({**document, **added})
        agrees = None if sealed is None or added else verdict == sealed
        return {
            "changed": False,
            "msg": f"{verdict['fault']} ({verdict['confidence']}): {verdict['headline']}",
            "verdict": verdict,
            "agrees": agrees,
        }


def read(packet: object) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """What is to be judged, and the verdict that was sealed with it; PacketError."""
    if isinstance(packet, dict):
        document = plain(packet)
        return (document, None) if isinstance(document, dict) else ({}, None)
    if not isinstance(packet, str):
        raise PacketError(
            f"packet is of type {type(packet).__name__}: give the path of a packet, or its content"
        )
    path = Path("".join(packet)).expanduser()
    if (path / WHOLE).is_file() and not (path / INCIDENT).exists():
        path /= WHOLE
    if path.suffix == ".json" and path.name != INCIDENT:
        return _document(path), None
    found = open_packet(path)
    return found.document, found.verdict


def _document(path: Path) -> dict[str, Any]:
    """A packet in one file; PacketError."""
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise PacketError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise PacketError(f"{path}: is not JSON ({error}); collect anew") from error
    if not isinstance(document, dict):
        raise PacketError(f"{path}: holds a {type(document).__name__}, not a packet")
    return document

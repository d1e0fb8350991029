# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""lacp_capture on the host: listen, analyse while listening, return."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

from .._host.capture import Capture, Limits
from .._host.capture_bond import CaptureRefused, find_any
from .._lacp.analysis import Analysis, analyse
from .._lacp.capture_report import capture_result
from .._lacp.window import Window

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ansible.module_utils.basic import AnsibleModule

    from .._host.capture_bond import Bond
    from .._host.capture_writer import CaptureWriter

LONGEST_S = 86_400
ARGUMENTS: dict[str, Any] = {
    "bond": {"type": "str", "required": True},
    "duration": {"type": "float", "default": 60.0},
    "count": {"type": "int", "default": 0},
    "until": {"type": "str", "choices": ["converged", "flap"]},
    "interval": {"type": "float", "default": 1.0},
    "pcapng": {"type": "path"},
    "timeline": {"type": "path"},
    "fetch": {"type": "path"},
    "poke": {"type": "bool", "default": False},
    "progress": {"type": "path"},
}


def run(module: AnsibleModule) -> None:
    """Listen to a bond, return what was heard, and leave the module."""
    try:
        result = listen(module.params, writes=not module.check_mode)
    except CaptureRefused as error:
        module.fail_json(msg=str(error))
    module.exit_json(changed=False, **result)


def listen(params: Mapping[str, Any], *, writes: bool) -> dict[str, Any]:
    """The result of a capture with the module's options; CaptureRefused. writes: files, poke."""
    limits = _limits(params)
    bond = find_any(params["bond"])
    poke = _poke(bond) if params["poke"] else None
    path = params["pcapng"] if writes else None
    writer = _writer(path) if path else None
    try:
        capture = Capture(
            bond,
            limits,
            writer=writer,
            progress=params["progress"] or "",
            poke=poke if writes else None,
        )
    except CaptureRefused:
        if writer is not None:
            writer.close()
        raise
    try:
        analysis = analyse(_window(capture))
    finally:
        capture.close()
    result = _result(capture, analysis, writer)
    picture = params["timeline"] if writes else None
    if picture and _draw(picture, analysis, f"{os.uname().nodename} {bond.name}", result["notes"]):
        result["timeline"] = picture
    return result


def _limits(params: Mapping[str, Any]) -> Limits:
    """The limits, checked; CaptureRefused names the option."""
    for name, least, most in (
        ("duration", 0.1, LONGEST_S),
        ("interval", 0.1, 60),
        ("count", 0, 10_000_000),
    ):
        if not least <= params[name] <= most:
            raise CaptureRefused(f"{name} is {params[name]:g}: give {least:g} to {most:g}")
    return Limits(params["duration"], params["count"], params["until"] or "", params["interval"])


def _poke(bond: Bond) -> Callable[[], None]:
    from .._host.poke import prepare  # noqa: PLC0415 - few captures poke

    return prepare(bond)


def _writer(path: str) -> CaptureWriter:
    from .._host.capture_writer import CaptureWriter  # noqa: PLC0415 - few captures are kept
    from .._lacp.version import VERSION  # noqa: PLC0415 - the same

    try:
        return CaptureWriter(path, f"bondproof.lacp {VERSION}")
    except OSError as error:
        raise CaptureRefused(
            f"pcapng: {path} cannot be written: {error.strerror or error}"
        ) from None


def _window(capture: Capture) -> Window:
    ports = tuple(one.name for one in capture.bond.ports)
    return Window(capture.records(), members=ports, our_systems=(capture.bond.mac,))


def _result(capture: Capture, analysis: Analysis, writer: CaptureWriter | None) -> dict[str, Any]:
    notes = list(capture.notes)
    if analysis.log.dropped:
        notes.append(f"{analysis.log.dropped} events of the host were pushed out by later ones")
    if analysis.backwards:
        notes.append(f"records went backwards in time {analysis.backwards} times")
    result = capture_result(analysis)
    result["members"] = capture.watch.summary()
    if writer is not None:
        result["pcapng"] = writer.path
        result["pcapng_frames"] = writer.frames
        if writer.note:
            notes.append(writer.note)
    if capture.reaction.mono_ns:
        result["poke"] = capture.reaction.as_result()
    result["bond"] = capture.bond.name
    result["ended_by"] = capture.ended_by
    result["notes"] = notes
    result["cpu_ms"] = round(time.process_time() * 1000, 1)
    return result


def _draw(path: str, analysis: Analysis, title: str, notes: list[str]) -> bool:
    """Write the timeline; if that fails, what was heard is returned all the same, with a note."""
    from .._lacp.timeline import timeline  # noqa: PLC0415 - few captures are drawn

    try:
        with open(path, "w", encoding="utf-8", opener=_private) as file:
            file.write(timeline(analysis, title))
    except OSError as error:
        notes.append(f"timeline: {path} cannot be written: {error.strerror}")
        return False
    return True


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW, 0o600)

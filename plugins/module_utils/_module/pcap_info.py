# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""lacp_pcap_info: read a capture, analyse it, return."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from .._host.capture_file import CaptureFile, CaptureFileError
from .._lacp.analysis import Analysis, analyse
from .._lacp.pcap import Capture
from .._lacp.pcap_ends import BY_NOTHING, UNASSIGNED, Assigned
from .._lacp.pcap_stream import CaptureError
from .._lacp.pdu import mac_octets, mac_text
from .._lacp.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible.module_utils.basic import AnsibleModule

ARGUMENTS: dict[str, Any] = {
    "path": {"type": "path", "required": True},
    "macs": {"type": "list", "elements": "str", "default": []},
    "timeline": {"type": "path"},
}


def run(module: AnsibleModule) -> None:
    """Return what a capture says and leave the module."""
    path = module.params["path"]
    try:
        macs = [mac_text(mac_octets(text)) for text in module.params["macs"]]
        with CaptureFile(path, lambda packed: _unpack_zstd(module, packed)) as file:
            result, analysis = read(file, macs)
    except CaptureFileError as error:
        module.fail_json(msg=str(error))
    except CaptureError as error:
        module.fail_json(msg=f"{path} is not a capture that can be read: {error}")
    except ValueError as error:
        module.fail_json(msg=f"macs: {error}")
    except OSError as error:
        module.fail_json(msg=f"{path} cannot be read: {error.strerror}")
    if module.params["timeline"] and not module.check_mode:
        _draw(module, analysis, module.params["timeline"])
    module.exit_json(changed=False, capture=path, **result)


def read(file: CaptureFile, macs: list[str]) -> tuple[dict[str, Any], Analysis]:
    """The result of the module and the analysis behind it; CaptureError, OSError."""
    capture = Capture(file.read_into)
    assigned = Assigned(capture, macs)
    ours = tuple(sorted(assigned.ends.our_systems))
    analysis = analyse(Window(assigned.records(), our_systems=ours))
    notes = [{"offset": note.offset, "text": note.text} for note in capture.notes]
    notes.extend({"offset": None, "text": text} for text in _remarks(file, assigned, analysis))
    result = {
        "format": capture.format,
        "compression": file.compression,
        "octets": capture.octets,
        "known_by": assigned.ends.known_by,
        "our_macs": sorted(assigned.ends.our_sources),
        "our_systems": list(ours),
        "notes": notes,
        **analysis.as_result(),
    }
    return result, analysis


def _draw(module: AnsibleModule, analysis: Analysis, target: str) -> None:
    """Write the timeline, whole or not at all."""
    # Imported here, as most runs do without.
    from tempfile import mkstemp  # noqa: PLC0415

    from .._lacp.timeline import timeline  # noqa: PLC0415

    picture = timeline(analysis, os.path.basename(module.params["path"]))  # noqa: PTH119 - cheaper
    folder = os.path.dirname(target) or "."  # noqa: PTH120 - the same
    temporary = ""
    try:
        number, temporary = mkstemp(".svg", ".timeline-", folder)
        with os.fdopen(number, "w", encoding="utf-8") as file:
            file.write(picture)
        os.replace(temporary, target)  # noqa: PTH105 - the same
    except OSError as error:
        if temporary:
            module.cleanup(temporary)
        module.fail_json(msg=f"the timeline {target} cannot be written: {error.strerror}")


def _remarks(file: CaptureFile, assigned: Assigned, analysis: Analysis) -> Iterator[str]:
    """What a reader must know to judge the result."""
    if file.damage:
        yield f"{file.damage}; everything before that was read"
    if not any(lane.count for lane in analysis.lanes.values()):
        yield "there is no LACPDU in this capture"
    elif assigned.ends.known_by == BY_NOTHING:
        yield (
            "neither MAC addresses nor the file tell which end is ours: "
            "the ends are called a and b; give macs to change that"
        )
    if assigned.untimed:
        yield f"{assigned.untimed} frames carry no time (simple packet blocks) and were left out"
    if analysis.backwards:
        yield f"the time of the capture goes backwards {analysis.backwards} times"
    if any(lane.member == UNASSIGNED for lane in analysis.lanes.values()):
        yield f"frames of the member {UNASSIGNED!r} could not be matched to a port of ours"


def _unpack_zstd(module: AnsibleModule, path: str) -> tuple[str, str]:
    """With the zstd command into the module's own folder: what was whole remains if it fails."""
    from shlex import quote  # noqa: PLC0415 - needed for this alone

    command = module.get_bin_path("zstd")
    if command is None:
        raise CaptureFileError(
            f"{path} is compressed with zstd, which this Python cannot unpack: "
            "install the package zstd or python3-zstandard"
        )
    target = os.path.join(module.tmpdir, "capture")  # noqa: PTH118 - as everywhere on the host
    code, _out, reason = module.run_command(
        f"{quote(command)} -dcq -- {quote(path)} > {quote(target)}", use_unsafe_shell=True
    )
    return target, f"the compressed data are damaged: {reason.strip()}" if code else ""

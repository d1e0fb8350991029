# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The texts of the incident: printed from its figures, or the samples, where somebody has them."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.port_state import (
    STATE_BITS,
)

from . import paths
from .say import Failure

if TYPE_CHECKING:
    from pathlib import Path

FIGURES = paths.TOP / "tests" / "fixtures" / "incident" / "figures.json"
# In the order in which the operator saw them.
SAMPLES = (
    "show_interfaces__bond0_down.txt",
    "show_interfaces_bonding_slaves__bond0_link_down.txt",
    "tcpdump_v__dp0s0_broken.txt",
    "kick_dp0s2_1_remove_add.txt",
    "kick_dp0s2_2_after_add.txt",
    "kick_dp0s0_sequence.txt",
)
CAPTURE = "pcap_lacp_timeline.txt"
PROMPT = "root@router:/opt/vyatta# "
_SEEN = re.compile(
    r"^(?P<frame>\d+)\s+(?P<time>[\d:.]+)(?:\+\S+)?\s+(?P<sender>\S+)\s+(?P<rest>.*)$"
)
_KINDS = (("EXPIRED", "expired"), ("DEFAULTED", "defaulted"), ("answers", "answers"))


class Seen(NamedTuple):
    """An LACPDU in the capture: its number, the clock of the day, who sent it, what it says."""

    frame: int
    time: str
    sender: str
    kind: str


class Incident(NamedTuple):
    """outputs: texts in the order in which they were seen; figures: all that is no text."""

    source: str
    outputs: list[str]
    capture: list[Seen]
    figures: dict[str, Any]


def figures() -> dict[str, Any]:
    """The figures of the incident; Failure if the tree lacks them."""
    try:
        found: dict[str, Any] = json.loads(FIGURES.read_text(encoding="utf-8"))
    except OSError as error:
        raise Failure(f"{FIGURES}: {error.strerror}", cure="git checkout tests/fixtures") from error
    return found


def samples() -> Path | None:
    """The folder with the texts as they were published; None where nobody has it."""
    named = os.environ.get("BONDPROOF_SAMPLES")
    folder = paths.TOP / (named or "../shared/samples") / "vyatta"
    if all((folder / name).is_file() for name in (*SAMPLES, CAPTURE)):
        return folder
    if named:
        raise Failure(
            f"BONDPROOF_SAMPLES={named}: {folder} does not hold the texts of the incident",
            cure="name the folder that has them, or unset it: the figures in the tree do as well",
        )
    return None


def printed() -> Incident:
    """The incident as screens that are printed from its figures."""
    found = figures()
    outputs = [_print(found, output) for output in found["outputs"]]
    return Incident("figures", outputs, [Seen(*row) for row in found["capture"]], found)


def published(folder: Path) -> Incident:
    """The incident as the texts that were published."""
    outputs = [(folder / name).read_text(encoding="utf-8") for name in SAMPLES]
    capture = []
    for line in (folder / CAPTURE).read_text(encoding="utf-8").splitlines():
        match = _SEEN.match(line)
        if match and match["sender"].endswith(("(host)", "(sw)")):
            kind = next((kind for word, kind in _KINDS if word in match["rest"]), "healthy")
            sender = "host" if match["sender"].endswith("(host)") else "switch"
            capture.append(Seen(int(match["frame"]), match["time"], sender, kind))
    return Incident("samples", outputs, capture, figures())


def _print(found: dict[str, Any], output: dict[str, Any]) -> str:
    """A screen as the router prints it (vyatta-cfg-bonding, vyatta-interfaces, tcpdump)."""
    kind = output["screen"]
    if kind == "interfaces":
        head = f"{'Interface':<16} {'IP Address':<33} S/L  Description\n"
        body = "".join(f"{n:<16} {a:<33} {s}/{up}  \n" for n, a, s, up in output["rows"])
        return f"{PROMPT}show interfaces\n{head}{body}{PROMPT}\n"
    if kind == "bonds":
        head = "Interface    Mode                   State    Link   Slaves\n"
        body = "".join(
            f"{n:<12} {mode:<22} {s:<8} {up:<6} {count}\n"
            for n, mode, s, up, count in output["rows"]
        )
        return f"{PROMPT}show interfaces bonding slaves\n{head}{body}{PROMPT}\n"
    if kind == "kick":
        words = f"--dev={found['bond']} --{output['action']}={output['member']}"
        return f"{PROMPT}sbin/vyatta-bonding {words}\n"
    if kind == "tcpdump":
        frames = "".join(_frame(frame) for frame in output["frames"])
        return f"{PROMPT}tcpdump -n -i  {output['member']} -v\n{frames}{PROMPT}\n"
    head = "Interface        RX: bytes  packets     TX: bytes  packets    slctd LACP flags\n"
    body = "".join(_row(*row) for row in output["rows"])
    return f"{PROMPT}show interfaces bonding {found['bond']} slaves\n{head}{body}{PROMPT}\n"


def _row(
    name: str,
    rx_bytes: int,
    rx: int,
    tx_bytes: int,
    tx: int,
    selected: str | None,
    word: str | None,
) -> str:
    if selected is None:
        return f"{name:<16} {rx_bytes:<10} {rx:<10}  {tx_bytes:<10} {tx}\n"
    return f"    {name:<12} {rx_bytes:<10} {rx:<10}  {tx_bytes:<10} {tx:<10} {selected:<5} {word}\n"


def _frame(frame: dict[str, Any]) -> str:
    sides = zip(("Actor", "Partner"), (1, 2), (frame["actor"], frame["partner"]), strict=True)
    return f"{frame['stamp']} LACPv1, length 110\n" + "".join(
        f"        {side} Information TLV (0x0{kind}), length 20\n"
        f"          System {system}, System Priority {priority}, Key {key}, Port {port}, "
        f"Port Priority {port_priority}\n          State Flags [{_flags(state)}]\n"
        for side, kind, (system, priority, key, port, port_priority, state) in sides
    )


def _flags(state: int) -> str:
    names = [name.capitalize() for bit, name in STATE_BITS if state & bit]
    return ", ".join("Default" if name == "Defaulted" else name for name in names) or "none"

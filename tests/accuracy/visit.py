# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One host's scenarios: send the guest its work, bring home what it saw."""

from __future__ import annotations

import io
import json
import subprocess
import tarfile
import time
from typing import TYPE_CHECKING, Any

from lab.session import ssh_command
from lab.state import REPOSITORY

from . import berths

if TYPE_CHECKING:
    from pathlib import Path

    from lab.state import Lab
    from lab.topology import Topology

    from .berths import Ward

COLLECTION = "ansible_collections/bondproof/lacp/plugins/module_utils"
ON_HOST = "/run/accuracy"
HERE = REPOSITORY / "tests/accuracy"
# What starting, preparing (a churn takes a minute) and packing may take beside the window.
LEEWAY_S = 420


class VisitError(Exception):
    """A host did not bring anything home: the lab's fault, no verdict."""


def play(lab: Lab, ward: Ward, up: Topology, folder: Path) -> tuple[dict[str, Any], float]:
    """Play all scenarios of a host; (what it says of that, offset of its clock in seconds)."""
    script = (
        f"rm -rf {ON_HOST}; mkdir {ON_HOST}; cd {ON_HOST} && tar -x -f - && "
        "python3 guest.py >&2 && tar -c -f - --exclude=ansible_collections --exclude=lab"
        " --exclude=*.fifo ."
    )
    try:
        done = subprocess.run(
            ssh_command(lab, ward.host, [script]),
            input=_packed(berths.work(ward, up)),
            capture_output=True,
            check=False,
            timeout=ward.window_s + LEEWAY_S,
        )
    except subprocess.TimeoutExpired as error:
        raise VisitError(f"{ward.host} did not come back within {error.timeout:g} s") from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise VisitError(f"{ward.host}: {' | '.join(said[-4:]) or 'it ended without a word'}")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as tar:
        tar.extractall(folder, filter="data")
    played = json.loads((folder / "played.json").read_text(encoding="utf-8"))
    return played, _offset(lab, ward.host)


def _packed(work: dict[str, Any]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name in ("guest.py", "far_end.py"):
            tar.add(HERE / name, name)
        tar.add(
            REPOSITORY / "plugins/module_utils",
            COLLECTION,
            filter=lambda item: None if "__pycache__" in item.name else item,
        )
        tar.add(REPOSITORY / "tests/lab/guest/agent.py", "lab/guest/agent.py")
        body = json.dumps(work).encode()
        info = tarfile.TarInfo("plan.json")
        info.size = len(body)
        tar.addfile(info, io.BytesIO(body))
    return packed.getvalue()


def _offset(lab: Lab, host: str) -> float:
    """How far the host's clock is ahead of ours, to half of what asking took."""
    before = time.time()
    done = subprocess.run(
        ssh_command(lab, host, ["date +%s.%N"]), capture_output=True, text=True, check=False
    )
    after = time.time()
    if done.returncode:
        raise VisitError(f"{host}: its clock could not be asked: {done.stderr.strip()}")
    return round(float(done.stdout) - (before + after) / 2, 3)

# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Boot all hosts of a lab at once and wait, by events, until each is what it should be."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lab import network, seed, session
from lab.errors import LabError
from lab.say import say
from lab.teardown import start_time

if TYPE_CHECKING:
    from pathlib import Path

    from lab.image import Image
    from lab.state import Lab
    from lab.topology import Host, Topology

_CONSOLE_TAIL = 30
_UNSHARE = ("unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child")
# What runs in the private mount and process namespaces of a host, before its kernel:
# $1 root file system, $2 seed folder, then the kernel and its arguments.
_ENTER = """set -e
mount -t proc proc "$1/proc"
mount --rbind /dev "$1/dev"
mount -t tmpfs tmpfs "$1/tmp"
mount --bind "$2" "$1/lab"
mount -o remount,bind,ro "$1/lab"
root=$1
shift 2
exec env -i PATH=/usr/sbin:/usr/bin HOME=/tmp TMPDIR=/tmp chroot "$root" "$@"
"""


@dataclass
class Running:
    """A host that boots: its first process and the pipe that its agent reports on."""

    host: Host
    process: subprocess.Popen[bytes]
    report: int
    console: Path
    said: bytes = b""


def up(lab: Lab, topology: Topology, image: Image, kernel: str, seconds: float) -> None:
    """Boot a topology; LabError (with the console's end) when a host does not come up."""
    began = time.monotonic()
    binary = image.kernel(kernel)
    for host in topology.hosts.values():
        seed.write(host, lab.host_folder(host.name) / "seed", image.aside)
    lab.write({"topology": topology.name, "kernel": kernel, "ready": False})
    network.create(lab, topology)
    session.write_files(lab, topology, image)
    running = [_start(lab, host, image, binary) for host in topology.hosts.values()]
    with ThreadPoolExecutor(max_workers=len(running)) as pool:
        reported = _reported(running, began, seconds)
        for login in [pool.submit(_login, lab, one, began) for one in reported]:
            login.result()
    lab.write({"topology": topology.name, "kernel": kernel, "ready": True})


def _start(lab: Lab, host: Host, image: Image, binary: str) -> Running:
    """Start one host; its processes die with the first one (a process namespace of its own)."""
    folder = lab.host_folder(host.name)
    console = folder / "console.log"
    reader, writer = os.pipe()
    arguments = [
        binary,
        f"mem={host.memory_mb}M",
        f"umid={host.name}",
        "uml_dir=/tmp",
        "root=/dev/root rootfstype=hostfs rootflags=/ ro init=/lab/init",
        f"con=null con0=null,fd:1 ssl=null ssl0=null,fd:{writer}",
        f"vec0:transport=tap,ifname={network.tap(host.name)},depth=64,gro=1,mac={host.mac}",
        "quiet systemd.show_status=no systemd.unit=multi-user.target",
    ]
    words = " ".join(arguments).split()
    places = (str(image.root), str(folder / "seed"))
    with console.open("wb") as output:
        process = subprocess.Popen(
            session.inside(lab, [*_UNSHARE, "sh", "-c", _ENTER, "sh", *places, *words]),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=(writer,),
            start_new_session=True,
        )
    os.close(writer)
    record = f"{process.pid} {start_time(process.pid)}\n"
    (folder / "process").write_text(record, encoding="utf-8")
    say(f"{host.name}: boots as process {process.pid}")
    return Running(host, process, reader, console)


def _reported(running: list[Running], began: float, seconds: float) -> list[Running]:
    """Wait for the report of every host's agent; the end of a pipe is the end of a host."""
    waiting = selectors.DefaultSelector()
    for one in running:
        waiting.register(one.report, selectors.EVENT_READ, one)
    done: list[Running] = []
    while len(done) < len(running):
        events = waiting.select(max(0.0, began + seconds - time.monotonic()))
        if not events:
            late = [other for other in running if other not in done]
            raise LabError(_failure(late[0], f"nothing heard of it within {seconds:.0f} s"))
        for key, _mask in events:
            one = key.data
            data = os.read(one.report, 65536)
            one.said += data
            if not data:
                raise LabError(_failure(one, "it ended while booting"))
            if one.said.endswith(b"\n"):
                waiting.unregister(one.report)
                os.close(one.report)
                _check_report(one, began)
                done.append(one)
    return done


def _check_report(one: Running, began: float) -> None:
    report = json.loads(one.said.decode("utf-8", "replace").strip())
    if not report["ready"]:
        raise LabError(_failure(one, "; ".join(report["why"])))
    bonds = ", ".join(one.host.bonds)
    say(f"{one.host.name}: bonds as declared ({bonds}) after {time.monotonic() - began:.1f} s")


def _failure(one: Running, why: str) -> str:
    lines = one.console.read_text(encoding="utf-8", errors="replace").splitlines()
    tail = "\n".join(f"  | {line}" for line in lines[-_CONSOLE_TAIL:])
    return (
        f"host {one.host.name} did not come up: {why}\nend of its console:\n{tail}\n"
        "Cure: the line above, or LAB_DEADLINE=SECONDS for a slow machine"
    )


def _login(lab: Lab, one: Running, began: float) -> None:
    """Prove that ssh answers, with the key, as root."""
    command = session.ssh_command(lab, one.host.name, ["true"])
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=False, stdin=subprocess.DEVNULL
    )
    if done.returncode:
        raise LabError(_failure(one, f"ssh: {done.stderr.strip()}"))
    elapsed = time.monotonic() - began
    say(f"{one.host.name}: ssh answers at {one.host.address} after {elapsed:.1f} s")

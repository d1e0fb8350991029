# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lab's command line: python -m lab COMMAND (PYTHONPATH=tests)."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from lab import boot, faults, image, machine, reader, seed, session, teardown
from lab.errors import LabError
from lab.say import say
from lab.state import this_lab
from lab.topology import KERNELS

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[[argparse.Namespace], int]


def _check(_arguments: argparse.Namespace) -> int:
    found = machine.missing()
    for item in found:
        print(f"missing: {item.what}. Cure: {item.cure}")
    if image.verified() is None:
        print("not built yet: the hosts' root file system. Cure: python -m lab setup")
    if not found:
        print("this machine can run the lab")
    return 1 if found else 0


def _setup(arguments: argparse.Namespace) -> int:
    began = time.monotonic()
    machine.install_packages()
    built = image.build(arguments.kernel or "")
    say(f"ready: {built.folder} (kernels {', '.join(built.kernels)}), "
        f"{time.monotonic() - began:.1f} s")  # fmt: skip
    return 0


def _up(arguments: argparse.Namespace) -> int:
    lab = this_lab()
    topology = reader.load(arguments.topology)
    for host in topology.hosts.values():
        seed.plan(host)  # a wrong fault is said before anything is made
    kernel = arguments.kernel or os.environ.get("LAB_KERNEL") or KERNELS[0]
    seconds = float(os.environ.get("LAB_DEADLINE", "300"))
    source = Path(arguments.topology)
    if source.suffix != ".yml":
        source = reader.FOLDER / f"{arguments.topology}.yml"
    with lab.locked():
        if lab.state_file.exists():
            raise LabError(f"a lab is up already ({lab.folder}). Cure: make lab-down")
        built = image.require()
        teardown.down(lab)
        began = time.monotonic()
        say(f"{topology.name}: {topology.description}; kernel {kernel}, id {lab.ident}")
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        try:
            shutil.copy(source, lab.folder / "topology.yml")
            boot.up(lab, topology, built, kernel, seconds)
        except BaseException as error:
            say(str(error) or type(error).__name__)
            if arguments.keep:
                say("kept for a look: make lab-ssh HOST=..., then make lab-down")
                raise SystemExit(1) from error
            say("cleaning up")
            teardown.down(lab)
            raise SystemExit(1) from error
        say(f"up after {time.monotonic() - began:.1f} s; inventory {lab.inventory}")
    return 0


def _down(_arguments: argparse.Namespace) -> int:
    lab = this_lab()
    with lab.locked():
        teardown.down(lab)
    say("down, nothing left behind")
    return 0


def _run(arguments: argparse.Namespace) -> NoReturn:
    lab = this_lab()
    lab.read()
    command = [word for word in arguments.command if word != "--"] or ["bash"]
    os.execvpe("ip", session.inside(lab, command), session.environment(lab))  # noqa: S606


def _ssh(arguments: argparse.Namespace) -> NoReturn:
    lab = this_lab()
    session.topology_of(lab).host(arguments.host)
    command = session.ssh_command(lab, arguments.host, arguments.command)
    os.execvp("ip", command)  # noqa: S606


def _status(_arguments: argparse.Namespace) -> int:
    lab = this_lab()
    state = lab.read()
    recorded = teardown.recorded_processes(lab)
    print(f"{state['topology']}, kernel {state['kernel']}, namespace {lab.netns}")
    alive = [pid for pid, began in recorded.items() if teardown.start_time(pid) == began]
    for host in session.topology_of(lab).hosts.values():
        words = (lab.host_folder(host.name) / "process").read_text(encoding="utf-8").split()
        is_alive = bool(words) and int(words[0]) in alive
        print(f"{host.name} {host.address} {'runs' if is_alive else 'is dead'}")
    return 0 if len(alive) == len(recorded) else 1


def _inventory(_arguments: argparse.Namespace) -> int:
    lab = this_lab()
    lab.read()
    print(lab.inventory)
    return 0


def _fault(arguments: argparse.Namespace) -> int:
    if arguments.action == "list":
        for name, text in faults.describe().items():
            print(f"{name} {text}")
        return 0
    if not arguments.host or not arguments.name:
        raise LabError("which fault, and where? Cure: fault apply HOST FAULT [key=value ...]")
    say(
        session.fault(
            this_lab(), arguments.action, arguments.host, arguments.name, arguments.settings
        )
    )
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lab", description=__doc__)
    commands = parser.add_subparsers(dest="verb", required=True)

    def add(name: str, run: Run, text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(run=run)
        return command

    add("check", _check, "say what this machine lacks")
    add("setup", _setup, "install packages, build root and kernels once").add_argument(
        "--kernel", choices=KERNELS
    )
    up = add("up", _up, "boot a topology")
    up.add_argument("topology", nargs="?", default="fleet", help="a shipped one, or FILE.yml")
    up.add_argument("--kernel", choices=KERNELS)
    up.add_argument("--keep", action="store_true", help="keep a lab that did not come up")
    run = add("run", _run, "run a command inside the lab's network namespace")
    run.add_argument("command", nargs=argparse.REMAINDER)
    ssh = add("ssh", _ssh, "log in to a host")
    ssh.add_argument("host")
    ssh.add_argument("command", nargs=argparse.REMAINDER)
    add("status", _status, "say which hosts run")
    add("down", _down, "end the lab, leave nothing behind")
    add("inventory", _inventory, "print the inventory's path")
    fault = add("fault", _fault, "make or end a fault on a running host")
    fault.add_argument("action", choices=("apply", "clear", "list"))
    fault.add_argument("host", nargs="?")
    fault.add_argument("name", nargs="?")
    fault.add_argument("settings", nargs="*", metavar="key=value")
    return parser


def main() -> int:
    arguments = _parser().parse_args()
    try:
        return int(arguments.run(arguments))
    except LabError as error:
        print(f"lab: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())

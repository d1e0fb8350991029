# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The folder that a host sees as /lab: what makes one root file system into this very host."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from lab import faults
from lab.managers import UNITS, render
from lab.recipe import ASIDE
from lab.topology import HIDEABLE, LATE
from lab.wiring import host_commands, script

if TYPE_CHECKING:
    from lab.topology import Bond, Host

_PACKAGE = Path(__file__).resolve().parent
_VYATTA = {"vyatta-bonding": "sbin", "vyatta-op-cmd-wrapper": "bin", "vplsh": "bin"}
_CONVERGE_SECONDS = 120
_FAULT_SECONDS = 60

_NET_UNIT = """[Unit]
Description=Cables, switches and unmanaged bonds of the lab
DefaultDependencies=no
After=systemd-udevd.service systemd-sysctl.service local-fs.target dbus.socket
Before=network-pre.target systemd-networkd.service networking.service NetworkManager.service
Wants=network-pre.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/lab/net
ExecStopPost=/lab/net-failed
StandardError=journal+console
"""
_NET_FAILED = """#!/bin/sh
[ "$SERVICE_RESULT" = success ] && exit 0
echo '{"ready": false, "why": ["its cables could not be made, see the console"]}' > /dev/ttyS0
"""
_AGENT_UNIT = """[Unit]
Description=Wait for the bonds, make the faults, report
After=ssh.service lab-net.service network.target
Requires=lab-net.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/bin/python3 /lab/agent.py boot
"""


class Stage(TypedDict):
    """Commands, then the state that each member (by bond) must reach within some seconds."""

    name: str
    commands: list[str]
    wanted: dict[str, dict[str, str]]
    seconds: int


class Plan(TypedDict):
    """What the agent inside a host does at boot."""

    host: str
    stages: list[Stage]


def fault_changes(host: Host, bond: Bond) -> list[faults.Change]:
    """Return what the bond's faults do; LabError for an unknown fault or parameter."""
    site = faults.Site(host, bond)
    return [faults.change_for(use, site) for use in bond.faults]


def final_states(host: Host, bond: Bond) -> dict[str, str]:
    """Say which state each member has once the faults are made; the topology has the last word."""
    states = dict.fromkeys(bond.members, "converged")
    for change in fault_changes(host, bond):
        states.update(change.states)
    return states | dict(bond.expect)


def _first_states(bond: Bond) -> dict[str, str]:
    converged = dict.fromkeys(bond.members, "converged")
    return converged if bond.faults else converged | dict(bond.expect)


def plan(host: Host) -> Plan:
    """Return the agent's work: all bonds converge, then the faults, then what they lead to.

    A bond without faults that is expected to be in another state is so from the start.
    """
    lacp = [bond for bond in host.bonds.values() if bond.speaks_lacp]
    rest = [bond for bond in host.bonds.values() if bond.kind == "bond" and bond not in lacp]
    converged = {bond.name: _first_states(bond) for bond in lacp}
    present = {bond.name: dict.fromkeys(bond.members, "present") for bond in rest}
    commands = [
        command
        for bond in host.bonds.values()
        for change in fault_changes(host, bond)
        for command in change.apply
    ]
    final = {bond.name: final_states(host, bond) for bond in lacp}
    stages = [_stage("converge", [], converged | present, _CONVERGE_SECONDS)]
    if commands:
        stages.append(_stage("faults", commands, final | present, _FAULT_SECONDS))
    late = [LATE[name] for name in host.hide if name in LATE]
    if late:
        stages.append(_stage("hide", late, {}, _FAULT_SECONDS))
    return {"host": host.name, "stages": stages}


def _stage(
    name: str, commands: list[str], wanted: dict[str, dict[str, str]], seconds: int
) -> Stage:
    return {"name": name, "commands": commands, "wanted": wanted, "seconds": seconds}


def host_files(host: Host) -> dict[str, str]:
    """Return the files that lie over the shared root, by path below /."""
    files = {
        "etc/hostname": f"{host.name}\n",
        # Without one systemd takes this for a first boot and enables every unit again.
        "etc/machine-id": hashlib.sha256(host.name.encode()).hexdigest()[:32] + "\n",
        "etc/hosts": f"127.0.0.1 localhost\n{host.address} {host.name}\n",
        "etc/systemd/system/lab-net.service": _NET_UNIT,
        "etc/systemd/system/lab-agent.service": _AGENT_UNIT,
    }
    for bond in host.bonds.values():
        if bond.manager != "none":
            files |= render(bond.manager, bond)
    return files


def _stand_ins(files: Path) -> None:
    """Programs of a Vyatta router, where it has them."""
    for name, place in _VYATTA.items():
        target = files / "opt/vyatta" / place / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(_PACKAGE / "guest" / "vyatta" / name, target)


def write(host: Host, folder: Path, aside: Path) -> None:
    """Write a host's seed folder afresh; `aside` holds packages that are not in the root."""
    if folder.exists():
        shutil.rmtree(folder)
    files = folder / "files"
    for manager in host.managers & set(ASIDE):
        shutil.copytree(aside / manager, files, symlinks=True, dirs_exist_ok=True)
    for path, text in host_files(host).items():
        target = files / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        private = path.startswith(("etc/NetworkManager/system", "etc/netplan"))
        target.chmod(0o600 if private else 0o644)
    if host.vyatta:
        _stand_ins(files)
    wants = files / "etc/systemd/system/multi-user.target.wants"
    wants.mkdir(parents=True)
    (wants / "lab-agent.service").symlink_to("/etc/systemd/system/lab-agent.service")
    for manager in host.managers:
        for unit in UNITS[manager]:
            (wants / unit).unlink(missing_ok=True)
            (wants / unit).symlink_to(f"/usr/lib/systemd/system/{unit}")
    (folder / "net").write_text(script(host_commands(host)), encoding="utf-8")
    hidden = "".join(f"{path}\n" for name in host.hide for path in HIDEABLE[name])
    (folder / "net-failed").write_text(_NET_FAILED, encoding="utf-8")
    (folder / "hidden").write_text(hidden, encoding="utf-8")
    (folder / "plan.json").write_text(json.dumps(plan(host), indent=1), encoding="utf-8")
    shutil.copy(_PACKAGE / "guest" / "init", folder / "init")
    shutil.copy(_PACKAGE / "guest" / "agent.py", folder / "agent.py")
    shutil.copy(_PACKAGE / "guest" / "wire.py", folder / "wire.py")
    shutil.copy(_PACKAGE / "states.py", folder / "states.py")
    for name in ("net", "net-failed", "init"):
        (folder / name).chmod(0o755)

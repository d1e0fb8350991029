# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everything that talks to the hosts of a lab which is up: ssh, Ansible, faults."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import yaml

from lab import faults, reader
from lab.errors import LabError
from lab.topology import FaultUse

if TYPE_CHECKING:
    from lab.image import Image
    from lab.state import Lab
    from lab.topology import Topology


def write_files(lab: Lab, topology: Topology, image: Image) -> None:
    """Write what ssh and Ansible (as root) need to reach the hosts from anywhere here."""
    shutil.rmtree(lab.control_folder, ignore_errors=True)
    lab.control_folder.mkdir(mode=0o700)
    blocks = [
        f"Host {host.name} {host.address}\n  HostName {host.address}\n"
        for host in topology.hosts.values()
    ]
    blocks.append(
        "Host *\n  User root\n"
        f"  IdentityFile {image.key}\n  IdentitiesOnly yes\n  BatchMode yes\n"
        "  StrictHostKeyChecking no\n  UserKnownHostsFile /dev/null\n  LogLevel ERROR\n"
        "  ConnectTimeout 20\n",
    )
    lab.ssh_config.write_text("".join(blocks), encoding="utf-8")
    lab.ssh_program.write_text(
        f'#!/bin/sh\nexec ip netns exec {lab.netns} ssh -F {lab.ssh_config} "$@"\n',
        encoding="utf-8",
    )
    lab.ssh_program.chmod(0o755)
    hosts = {
        host.name: {"ansible_host": host.address, "lab_bonds": list(host.bonds)}
        for host in topology.hosts.values()
    }
    variables = {
        "ansible_ssh_executable": str(lab.ssh_program),
        "ansible_control_path_dir": str(lab.control_folder),
        # sftp and scp would look for the host outside of the lab's namespace.
        "ansible_ssh_transfer_method": "piped",
        "ansible_python_interpreter": "/usr/bin/python3",
    }
    inventory = {"all": {"children": {"lab": {"hosts": hosts, "vars": variables}}}}
    lab.inventory.write_text(yaml.safe_dump(inventory), encoding="utf-8")


def inside(lab: Lab, command: list[str]) -> list[str]:
    """Return a command that runs another one in the lab's namespace."""
    return ["ip", "netns", "exec", lab.netns, *command]


def environment(lab: Lab) -> dict[str, str]:
    """Return the environment in which Ansible finds the lab."""
    return {
        **os.environ,
        "ANSIBLE_INVENTORY": str(lab.inventory),
        "ANSIBLE_HOST_KEY_CHECKING": "false",
        "ANSIBLE_SSH_CONTROL_PATH_DIR": str(lab.control_folder),
        "LAB_INVENTORY": str(lab.inventory),
        "LAB_SSH_CONFIG": str(lab.ssh_config),
    }


def ssh_command(lab: Lab, host: str, command: list[str]) -> list[str]:
    return inside(lab, ["ssh", "-F", str(lab.ssh_config), host, *command])


def topology_of(lab: Lab) -> Topology:
    """Return the topology that is up."""
    lab.read()
    return reader.load(str(lab.folder / "topology.yml"))


def fault(lab: Lab, action: str, host_name: str, name: str, settings: list[str]) -> str:
    """Apply or clear a fault on a running host, then wait for the states that must follow."""
    host = topology_of(lab).host(host_name)
    given: dict[str, object] = {}
    for item in settings:
        key, equals, value = item.partition("=")
        if not equals:
            raise LabError(f"{item!r} is no setting. Cure: write key=value")
        given[key] = value
    bond = host.bond(str(given.pop("bond", "")))
    change = faults.change_for(FaultUse(name, given), faults.Site(host, bond))
    commands = change.apply if action == "apply" else change.clear
    if not commands:
        return f"{name}: nothing to {action}"
    states = dict(change.states)
    if action == "clear":
        states = dict.fromkeys(states, "converged")
    script = "set -e\n" + "".join(f"{command}\n" for command in commands)
    _remote(lab, host_name, "/bin/sh", script)
    if states and bond.speaks_lacp:
        wanted = json.dumps({bond.name: states})
        _remote(lab, host_name, "/usr/bin/python3 /lab/agent.py wait 40", wanted)
    return f"{host_name}: {name} {action}: {states or 'done'}"


def _remote(lab: Lab, host: str, command: str, text: str) -> None:
    done = subprocess.run(
        ssh_command(lab, host, [command]), input=text, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stdout + done.stderr).strip()
        raise LabError(f"{host}: {command}: {said}. Cure: make lab-ssh HOST={host} and look")

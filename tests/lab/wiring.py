# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Shell commands that make a host's cables, switches and unmanaged bonds."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lab.topology import Bond, Host, Port, Switch

# What a switch's LAG has unless the topology says otherwise.
_LAG_OPTIONS = {"miimon": "100", "lacp_rate": "fast"}


def words(options: dict[str, str]) -> str:
    """Give options as iproute2 wants them."""
    return " ".join(f"{name} {value}" for name, value in options.items())


def lag_key(lag: str, host: Host) -> int:
    """Number a host's LAGs by name: the same LAG on two switches of an MLAG pair has one key."""
    names = [port.lag for bond in host.bonds.values() for port in bond.members.values()]
    return sorted(set(names)).index(lag) + 1


def script(commands: list[str]) -> str:
    """Make a shell script that runs the commands, stopping at the first that fails.

    Neighbouring `ip` commands of one namespace share a process (ip -batch): starting one takes
    a User-Mode Linux longer than its work. `ip netns` is left alone, it moves its own process.
    """
    text = "#!/bin/sh -e\n"
    for program, group in groupby(commands, _program):
        lines = list(group)
        if program:
            body = "".join(line.removeprefix(program).lstrip() + "\n" for line in lines)
            text += f"{program} -batch - <<'END'\n{body}END\n"
        else:
            text += "".join(f"{line}\n" for line in lines)
    return text


def _program(command: str) -> str:
    """Return `ip` or `ip -n NAMESPACE` when the command can be part of a batch, else nothing."""
    first = command.split()
    if first[0] != "ip" or first[1] == "netns":
        return ""
    return " ".join(first[:3]) if first[1] == "-n" else "ip"


def host_commands(host: Host) -> list[str]:
    """Everything that must exist before a network manager starts."""
    commands = ["ip link set lo up", "modprobe bonding max_bonds=0"]
    commands += [f"ip netns add {name}" for name in host.switches]
    commands += [f"ip -n {name} link set lo up" for name in host.switches]
    member_number = 0
    for bond in host.bonds.values():
        for member, port in bond.members.items():
            member_number += 1
            mac = f"02:e0:00:{host.index:02x}:00:{member_number:02x}"
            commands += _cable(member, mac, port, cards=bond.cards)
        commands += switch_commands(bond, host)
        commands += bond_commands(bond)
    return commands + management_commands(host)


def _cable(member: str, mac: str, port: Port, *, cards: bool) -> list[str]:
    """Connect a member to its switch port: a veth pair, or a tap that has a speed and a duplex."""
    far = f"type veth peer name {port.name} netns {port.switch.name}"
    if not cards:
        return [f"ip link add name {member} address {mac} {far}"]
    wire = f"wire-{port.name}"
    return [
        f"ip link add name {wire} {far}",
        f"ip link set dev {wire} promisc on up",
        f"ip tuntap add dev {member} mode tap",
        f"ip link set dev {member} address {mac}",
        f"ethtool -s {member} speed 10000 duplex full",
        f"systemd-run --quiet --unit=lab-{wire} /usr/bin/python3 /lab/wire.py {member} {wire}",
    ]


def management_commands(host: Host) -> list[str]:
    """Give the host its address: on its own card, or on a bond that the switch bridges to it."""
    if not host.management:
        return [f"ip address add {host.address}/24 dev vec0", "ip link set vec0 up"]
    switch, lag = next(iter(host.bonds[host.management].lags))
    at = f"ip -n {switch} link"
    return [
        f"ip link set vec0 netns {switch}",
        f"{at} add name uplink type bridge",
        f"{at} set dev {lag} master uplink",
        f"{at} set dev vec0 master uplink",
        f"{at} set dev vec0 up",
        f"{at} set dev uplink up",
    ]


def switch_commands(bond: Bond, host: Host) -> list[str]:
    """The far ends: one bond in the switch's namespace for each LAG."""
    commands = []
    for (switch_name, lag), ports in bond.lags.items():
        switch = host.switches[switch_name]
        if bond.mode != "802.3ad":
            commands += [f"ip -n {switch_name} link set dev {port} up" for port in ports]
            continue
        options = {**_LAG_OPTIONS, "ad_user_port_key": str(lag_key(lag, host)), **bond.lag_options}
        commands += lag_commands(switch, lag, options)
        commands += _numbered(switch, lag, ports)
        commands.append(f"ip -n {switch_name} link set dev {lag} mtu {bond.mtu} up")
    return commands


def lag_commands(switch: Switch, lag: str, options: dict[str, str]) -> list[str]:
    """Make one empty LAG."""
    options = {"ad_actor_system": switch.system} | options
    return [f"ip -n {switch.name} link add name {lag} type bond mode 802.3ad {words(options)}"]


def _numbered(switch: Switch, lag: str, ports: list[str]) -> list[str]:
    """Enslave ports so that the first gets number `first_port`.

    Bonding numbers a port one above the last one (bond_3ad.c, bond_3ad_bind_slave), so stand-ins
    count up to where this switch begins: the legs of an MLAG pair must not claim the same port.
    """
    at = f"ip -n {switch.name} link"
    commands = []
    previous = ""
    for number in range(1, switch.first_port):
        stand_in = f"standin{number % 2}"
        commands += [
            f"{at} add name {stand_in} type dummy",
            f"{at} set dev {stand_in} master {lag}",
        ]
        commands += [f"{at} delete dev {previous}"] if previous else []
        previous = stand_in
    commands += [f"{at} set dev {ports[0]} master {lag}"]
    commands += [f"{at} delete dev {previous}"] if previous else []
    return commands + [f"{at} set dev {port} master {lag}" for port in ports[1:]]


def plug(port: Port, lag: str) -> list[str]:
    """Move a switch port into a LAG; a member must be down to be enslaved."""
    at = f"ip -n {port.switch.name} link set dev {port.name}"
    return [f"{at} nomaster", f"{at} down", f"{at} master {lag}", f"{at} up"]


def bond_commands(bond: Bond) -> list[str]:
    """The host's side, for a bond that no manager sets up."""
    if bond.manager != "none":
        return []
    if bond.kind == "team":
        return _team_commands(bond)
    if bond.kind == "ovs":
        return _ovs_commands(bond)
    options = {"miimon": "100"} | dict(bond.options)
    commands = [f"ip link add name {bond.name} type bond mode {bond.mode} {words(options)}"]
    commands += [f"ip link set dev {member} master {bond.name}" for member in bond.members]
    commands.append(f"ip link set dev {bond.name} mtu {bond.mtu} up")
    top = bond.name
    if bond.bridge:
        top = bond.bridge
        commands += [
            f"ip link add name {top} type bridge",
            f"ip link set dev {bond.name} master {top}",
            f"ip link set dev {top} up",
        ]
    if bond.address:
        commands.append(f"ip address add {bond.address} dev {top}")
    for vlan, keys in bond.vlans.items():
        name = f"{bond.name}.{vlan}"
        commands.append(f"ip link add link {bond.name} name {name} type vlan id {vlan}")
        commands.append(f"ip link set dev {name} mtu {keys.get('mtu', bond.mtu)} up")
        if "address" in keys:
            commands.append(f"ip address add {keys['address']} dev {name}")
    return commands


def _team_commands(bond: Bond) -> list[str]:
    ports = ", ".join(f'"{member}": {{}}' for member in bond.members)
    rate = "false" if bond.options.get("lacp_rate") == "slow" else "true"
    config = (
        f'{{"device": "{bond.name}", "runner": {{"name": "lacp", "active": true, '
        f'"fast_rate": {rate}}}, "link_watch": {{"name": "ethtool"}}, "ports": {{{ports}}}}}'
    )
    return [f"teamd --daemonize --take-over --config '{config}'", f"ip link set dev {bond.name} up"]


def _ovs_commands(bond: Bond) -> list[str]:
    bridge = f"br-{bond.name}"[:15]
    options = "lacp=active bond_mode=balance-tcp other_config:lacp-time=fast"
    return [
        "modprobe openvswitch",
        "/usr/share/openvswitch/scripts/ovs-ctl --system-id=random --no-monitor start",
        f"ovs-vsctl add-br {bridge}",
        f"ovs-vsctl add-bond {bridge} {bond.name} {' '.join(bond.members)} {options}",
        *[f"ip link set dev {member} up" for member in bond.members],
    ]

# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a network manager's own configuration files say for a bond."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from lab.errors import LabError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lab.topology import Bond

    Render = Callable[[Bond], dict[str, str]]

UNITS: Mapping[str, tuple[str, ...]] = {
    "networkd": ("systemd-networkd.service",),
    "netplan": ("systemd-networkd.service",),
    "ifupdown": ("networking.service",),
    "ifupdown2": ("networking.service",),
    "networkmanager": ("NetworkManager.service",),
}
_NETWORKD = {
    "ad_actor_sys_prio": "AdActorSystemPriority",
    "ad_actor_system": "AdActorSystem",
    "ad_select": "AdSelect",
    "ad_user_port_key": "AdUserPortKey",
    "all_slaves_active": "AllSlavesActive",
    "downdelay": "DownDelaySec",
    "lacp_rate": "LACPTransmitRate",
    "miimon": "MIIMonitorSec",
    "min_links": "MinLinks",
    "updelay": "UpDelaySec",
    "xmit_hash_policy": "TransmitHashPolicy",
}
_NETPLAN = {
    "ad_select": "ad-select",
    "downdelay": "down-delay",
    "lacp_rate": "lacp-rate",
    "miimon": "mii-monitor-interval",
    "min_links": "min-links",
    "updelay": "up-delay",
    "xmit_hash_policy": "transmit-hash-policy",
}
# What Debian's ifenslave writes (/etc/network/if-pre-up.d/ifenslave); it passes over any other
# bond-* line without a word, bond-min-links too.
_IFENSLAVE = {
    name: name.replace("_", "-")
    for name in (
        "ad_select", "arp_interval", "arp_ip_target", "downdelay", "lacp_rate", "miimon",
        "primary", "updelay", "use_carrier", "xmit_hash_policy",
    )
}  # fmt: skip
_MILLISECONDS = ("miimon", "updelay", "downdelay")


def render(manager: str, bond: Bond) -> dict[str, str]:
    """Return the files (path below / -> text) that make `manager` set up the bond.

    LabError for an option that the manager would not set.
    """
    if bond.bridge and manager != "networkd":
        raise LabError(
            f"bond {bond.name}: a bridge above it under {manager} is not written yet. "
            "Cure: manager: networkd or none",
        )
    if manager == "ifupdown":
        _known(bond, _IFENSLAVE, manager)
    return _RENDERERS[manager](bond)


def render_ignored(bond: Bond) -> dict[str, str]:
    """Return ifupdown files with whatever option: ifenslave does not mind what it ignores."""
    return _ifupdown(bond)


def _known(bond: Bond, table: Mapping[str, str], manager: str) -> dict[str, str]:
    for option in bond.options:
        if option not in table:
            raise LabError(
                f"bond {bond.name}: {manager} cannot set {option}. Cure: another manager, "
                f"or leave it out (it knows {', '.join(table)})",
            )
    return {table[option]: value for option, value in bond.options.items()}


def _vlan_mtu(bond: Bond, vlan: int) -> int:
    return int(str(bond.vlans[vlan].get("mtu", bond.mtu)))


def _networkd(bond: Bond) -> dict[str, str]:
    options = {
        _NETWORKD[name]: value + ("ms" if name in _MILLISECONDS else "")
        for name, value in bond.options.items()
        if _known(bond, _NETWORKD, "networkd")
    }
    lines = "".join(f"{key}={value}\n" for key, value in options.items())
    folder = "etc/systemd/network/"
    files = {
        f"{folder}10-{bond.name}.netdev": (
            f"[NetDev]\nName={bond.name}\nKind=bond\nMTUBytes={bond.mtu}\n\n"
            f"[Bond]\nMode={bond.mode}\n{lines}"
        ),
        f"{folder}20-{bond.name}-members.network": (
            f"[Match]\nName={' '.join(bond.members)}\n\n[Link]\nMTUBytes={bond.mtu}\n\n"
            f"[Network]\nBond={bond.name}\n"
        ),
    }
    vlans = "".join(f"VLAN={bond.name}.{vlan}\n" for vlan in bond.vlans)
    top = f"Address={bond.address}\n" if bond.address and not bond.bridge else ""
    top += f"Bridge={bond.bridge}\n" if bond.bridge else ""
    files[f"{folder}30-{bond.name}.network"] = (
        f"[Match]\nName={bond.name}\n\n[Link]\nMTUBytes={bond.mtu}\n\n"
        f"[Network]\nLinkLocalAddressing=no\n{top}{vlans}"
    )
    return {**files, **_networkd_upper(bond, folder)}


def _networkd_upper(bond: Bond, folder: str) -> dict[str, str]:
    """Return the files of what lies on the bond: its bridge, its VLANs."""
    files = {}
    if bond.bridge:
        files[f"{folder}10-{bond.bridge}.netdev"] = f"[NetDev]\nName={bond.bridge}\nKind=bridge\n"
        files[f"{folder}30-{bond.bridge}.network"] = (
            f"[Match]\nName={bond.bridge}\n\n[Network]\n"
            + (f"Address={bond.address}\n" if bond.address else "LinkLocalAddressing=no\n")
        )
    for vlan, keys in bond.vlans.items():
        name = f"{bond.name}.{vlan}"
        files[f"{folder}10-{name}.netdev"] = (
            f"[NetDev]\nName={name}\nKind=vlan\nMTUBytes={_vlan_mtu(bond, vlan)}\n\n"
            f"[VLAN]\nId={vlan}\n"
        )
        address = f"Address={keys['address']}\n" if "address" in keys else ""
        files[f"{folder}30-{name}.network"] = (
            f"[Match]\nName={name}\n\n[Network]\nLinkLocalAddressing=no\n{address}"
        )
    return files


def _ifupdown(bond: Bond) -> dict[str, str]:
    lines = [f"auto {bond.name}"]
    if bond.address and not bond.bridge:
        lines += [f"iface {bond.name} inet static", f"    address {bond.address}"]
    else:
        lines += [f"iface {bond.name} inet manual"]
    lines += [f"    bond-slaves {' '.join(bond.members)}", f"    bond-mode {bond.mode}"]
    lines += [f"    bond-{key.replace('_', '-')} {value}" for key, value in bond.options.items()]
    lines += [f"    mtu {bond.mtu}"] if bond.mtu != 1500 else []
    for vlan, keys in bond.vlans.items():
        method = "static" if "address" in keys else "manual"
        lines += ["", f"auto {bond.name}.{vlan}", f"iface {bond.name}.{vlan} inet {method}"]
        lines += [f"    address {keys['address']}"] if "address" in keys else []
        lines += [f"    vlan-raw-device {bond.name}"]
        lines += [f"    mtu {keys['mtu']}"] if "mtu" in keys else []
    return {f"etc/network/interfaces.d/{bond.name}": "\n".join(lines) + "\n"}


def _networkmanager(bond: Bond) -> dict[str, str]:
    folder = "etc/NetworkManager/system-connections/"
    options = "".join(f"{key}={value}\n" for key, value in bond.options.items())
    members = ",".join(f"interface-name:{member}" for member in bond.members)
    ipv4 = f"method=manual\naddress1={bond.address}\n" if bond.address else "method=disabled\n"
    files = {
        f"{folder}{bond.name}.nmconnection": (
            f"[connection]\nid={bond.name}\ntype=bond\ninterface-name={bond.name}\n"
            f"autoconnect-slaves=1\n\n[ethernet]\nmtu={bond.mtu}\n\n"
            f"[bond]\nmode={bond.mode}\n{options}\n[ipv4]\n{ipv4}\n[ipv6]\nmethod=disabled\n"
        ),
        f"etc/NetworkManager/conf.d/{bond.name}.conf": (
            # udev rules of Debian keep NetworkManager off every veth: say otherwise.
            f"[main]\nno-auto-default=*\n\n[device-{bond.name}]\nmatch-device={members}\nmanaged=1\n\n"
            "[keyfile]\nunmanaged-devices=interface-name:vec0\n"
        ),
    }
    for vlan, keys in bond.vlans.items():
        name = f"{bond.name}.{vlan}"
        inner = f"method=manual\naddress1={keys['address']}\n" if "address" in keys else ""
        files[f"{folder}{name}.nmconnection"] = (
            f"[connection]\nid={name}\ntype=vlan\ninterface-name={name}\n\n"
            f"[vlan]\nid={vlan}\nparent={bond.name}\n\n[ethernet]\nmtu={_vlan_mtu(bond, vlan)}\n\n"
            f"[ipv4]\n{inner or 'method=disabled'}\n[ipv6]\nmethod=disabled\n"
        )
    for member in bond.members:
        files[f"{folder}{member}.nmconnection"] = (
            f"[connection]\nid={member}\ntype=ethernet\ninterface-name={member}\n"
            f"master={bond.name}\nslave-type=bond\n\n[ethernet]\nmtu={bond.mtu}\n"
        )
    return files


def _netplan(bond: Bond) -> dict[str, str]:
    parameters: dict[str, object] = {"mode": bond.mode}
    for key, value in _known(bond, _NETPLAN, "netplan").items():
        parameters[key] = int(value) if value.isdigit() else value
    body: dict[str, object] = {
        "interfaces": list(bond.members),
        "parameters": parameters,
        "mtu": bond.mtu,
        "link-local": [],
    }
    if bond.address:
        body["addresses"] = [bond.address]
    network: dict[str, object] = {
        "version": 2,
        "renderer": "networkd",
        "ethernets": {member: {"link-local": []} for member in bond.members},
        "bonds": {bond.name: body},
    }
    if bond.vlans:
        network["vlans"] = {
            f"{bond.name}.{vlan}": {
                "id": vlan,
                "link": bond.name,
                "mtu": _vlan_mtu(bond, vlan),
                "addresses": [keys["address"]] if "address" in keys else [],
            }
            for vlan, keys in bond.vlans.items()
        }
    return {f"etc/netplan/50-{bond.name}.yaml": yaml.safe_dump({"network": network})}


_RENDERERS: Mapping[str, Render] = {
    "networkd": _networkd,
    "ifupdown": _ifupdown,
    "ifupdown2": _ifupdown,
    "networkmanager": _networkmanager,
    "netplan": _netplan,
}

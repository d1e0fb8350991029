# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults of the host's own members."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from lab.errors import LabError
from lab.faults.registry import Change, choose, fault

if TYPE_CHECKING:
    from lab.faults.registry import Site


@fault
def member_admin_down(site: Site, *, member: str) -> Change:
    """Somebody set the member down on the host."""
    site.port(member)
    return Change(
        [f"ip link set dev {member} down"], [f"ip link set dev {member} up"], {member: "down"}
    )


@fault
def deaf_host(site: Site, *, member: str) -> Change:
    """The host drops LACPDUs that reach it: seen in a capture, never seen by bonding."""
    site.port(member)
    apply = [
        f"tc qdisc add dev {member} clsact",
        f"tc filter add dev {member} ingress protocol 0x8809 matchall action drop",
    ]
    return Change(apply, [f"tc qdisc delete dev {member} clsact"], {member: "silent"})


@fault
def mute_host(site: Site, *, member: str) -> Change:
    """The host drops the LACPDUs that it should send (tc at egress, ahead of a packet tap)."""
    site.port(member)
    apply = [
        f"tc qdisc add dev {member} clsact",
        f"tc filter add dev {member} egress protocol 0x8809 matchall action drop",
    ]
    return Change(apply, [f"tc qdisc delete dev {member} clsact"], {member: "unheard"})


@fault
def stuck_transmit(_site: Site, *, member: str) -> Change:
    """Nothing leaves the member until it is taken out of the bond: a wedged driver, as it were.

    Receiving works, so we hear the partner and it does not hear us. Taking the member out of the
    bond (not merely down) cures it, for good.
    """
    unit = f"lab-stuck-{member}"
    # The monitor ends with who reads it, or the member could not get stuck again.
    start = "systemd-run --quiet --collect --property=IgnoreSIGPIPE=no"
    cure = f"tc qdisc delete dev {member} clsact"
    watch = (
        # By the event, and not by a look at sysfs: it may be back in the bond before we look.
        f"ip -o monitor link dev {member} | while read -r line; do"
        f' case $line in *" master "*) ;; *) {cure}; break ;; esac; done'
    )
    apply = [
        f"tc qdisc add dev {member} clsact",
        f"tc filter add dev {member} egress matchall action drop",
        f"{start} --unit={unit} /bin/sh -c {shlex.quote(watch)}",
    ]
    clear = [f"systemctl stop {unit} || true", f"{cure} || true"]
    return Change(apply, clear, {member: "unheard"})


@fault
def mtu_mismatch(site: Site, *, member: str, mtu: int = 1400, where: str = "member") -> Change:
    """A member, or the bond's first VLAN (where: vlan), has another MTU than the bond."""
    choose("mtu_mismatch", "where", where, ("member", "vlan"))
    device, usual = member, str(site.bond.mtu)
    if where == "vlan":
        if not site.bond.vlans:
            raise LabError(f"bond {site.bond.name} has no VLAN. Cure: vlans: {{100: {{}}}}")
        vlan, keys = next(iter(site.bond.vlans.items()))
        device, usual = f"{site.bond.name}.{vlan}", str(keys.get("mtu", site.bond.mtu))
    return Change(
        [f"ip link set dev {device} mtu {mtu}"], [f"ip link set dev {device} mtu {usual}"]
    )


@fault
def slow_card(site: Site, *, member: str, speed: int = 1000, duplex: str = "full") -> Change:
    """A member's link has come up at another speed or at half duplex (bonds with `cards` only)."""
    choose("slow_card", "duplex", duplex, ("full", "half"))
    if not site.bond.cards:
        raise LabError(f"bond {site.bond.name}: veth has no speed to set. Cure: cards: true")
    down, up = f"ip link set dev {member} down", f"ip link set dev {member} up"
    at = f"ethtool -s {member}"
    apply = [down, f"{at} speed {speed} duplex {duplex}", up]
    return Change(apply, [down, f"{at} speed 10000 duplex full", up], {member: "separate"})


@fault
def offload_drift(_site: Site, *, member: str, feature: str = "tso", value: str = "off") -> Change:
    """One member has another offload setting than the others (ethtool -K)."""
    choose("offload_drift", "value", value, ("on", "off"))
    back = "on" if value == "off" else "off"
    at = f"ethtool -K {member} {shlex.quote(feature)}"
    return Change([f"{at} {value}"], [f"{at} {back}"])


@fault
def vlan_on_member(_site: Site, *, member: str, vlan: int = 77) -> Change:
    """A VLAN sits on a member instead of the bond."""
    name = f"{member}.{vlan}"
    apply = [
        f"ip link add link {member} name {name} type vlan id {vlan}",
        f"ip link set dev {name} up",
    ]
    return Change(apply, [f"ip link delete dev {name}"])


@fault
def address_on_member(_site: Site, *, member: str, address: str = "192.0.2.7/24") -> Change:
    """An address sits on a member instead of the bond."""
    at = f"{shlex.quote(address)} dev {member}"
    return Change([f"ip address add {at}"], [f"ip address delete {at}"])


@fault
def qdisc_drift(_site: Site, *, member: str, kind: str = "pfifo") -> Change:
    """One member has another queue discipline than the others."""
    apply = [f"tc qdisc replace dev {member} root {shlex.quote(kind)}"]
    return Change(apply, [f"tc qdisc delete dev {member} root"])


@fault
def txqueuelen_drift(_site: Site, *, member: str, length: int = 500) -> Change:
    """One member has another transmit queue length than the others."""
    return Change(
        [f"ip link set dev {member} txqueuelen {length}"],
        [f"ip link set dev {member} txqueuelen 1000"],
    )


@fault
def kernel_log(_site: Site, *, member: str, text: str = "{member}: NIC Link is Down") -> Change:
    """A line in the kernel log, by the way that a driver's line takes; {member} is replaced."""
    line = shlex.quote(text.replace("{member}", member))
    return Change([f"echo {line} > /dev/kmsg"], [])

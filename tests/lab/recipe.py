# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the hosts' root file system is made of: data, and the stamp that names it."""

from __future__ import annotations

import hashlib
import json

SUITE = "trixie"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
# Kernel version asked for -> the suite whose user-mode-linux package has it.
KERNEL_SUITES = {"6.12": SUITE, "6.1": "bookworm"}
PACKAGES = (
    "dbus", "ethtool", "ifenslave", "ifupdown", "iproute2", "iputils-ping", "kmod",
    "libteam-utils", "netplan.io", "network-manager", "openssh-server", "openvswitch-switch",
    "procps", "python3", "python3-pyroute2", "systemd-sysv", "tcpdump", "udev",
    "user-mode-linux", "vlan",
)  # fmt: skip
# Unpacked beside the root, laid over it for a host that wants it: conflicts with ifupdown.
ASIDE = ("ifupdown2",)
# What a package's own postinst would do: it does not run for a package that lies aside.
MADE_EXECUTABLE = {"ifupdown2": "usr/share/ifupdown2/__main__.py"}
# Network managers run only where a bond asks for one; the rest only costs boot time.
DISABLED = (
    "NetworkManager-dispatcher.service", "NetworkManager-wait-online.service",
    "NetworkManager.service", "apt-daily-upgrade.timer", "apt-daily.timer",
    "dpkg-db-backup.timer", "fstrim.timer", "getty@tty1.service", "networking.service",
    "openvswitch-switch.service", "remote-fs.target", "sshd-keygen.service",
    "systemd-pstore.service", "uuidd.socket",
)  # fmt: skip
MASKED = (
    "ldconfig.service", "modprobe@configfs.service", "modprobe@drm.service",
    "modprobe@efi_pstore.service", "modprobe@fuse.service", "netplan-ovs-cleanup.service",
    "ovs-record-hostname.service", "serial-getty@ttyS0.service", "systemd-binfmt.service",
    "systemd-firstboot.service", "systemd-hwdb-update.service",
    "systemd-journal-catalog-update.service", "systemd-networkd-wait-online.service",
    "systemd-update-done.service", "wpa_supplicant.service",
)  # fmt: skip
NOT_UNPACKED = ("/usr/share/doc/*", "/usr/share/locale/*", "/usr/share/man/*")
# A UML has one network card and no disks: plugging all else in costs five seconds a boot.
FILES = {
    "etc/systemd/system/systemd-udev-trigger.service.d/lab.conf": (
        "[Service]\nExecStart=\nExecStart=-udevadm trigger --type=all --action=add"
        " --subsystem-match=net\n"
    ),
    "etc/ssh/sshd_config.d/lab.conf": "UseDNS no\nPermitRootLogin prohibit-password\n",
    "etc/default/locale": "LANG=C.UTF-8\n",
    "etc/fstab": "",
    "etc/resolv.conf": "",
    # ifupdown2 keeps its lock there and says 'another instance is running' without it.
    "etc/tmpfiles.d/lab.conf": "d /run/network 0755 root root -\n",
    "etc/network/interfaces": (
        "auto lo\niface lo inet loopback\nsource /etc/network/interfaces.d/*\n"
    ),
}
# A UML has no vsock, its generator only complains.
LINKS = {"etc/systemd/system-generators/systemd-ssh-generator": "/dev/null"}
USER = "auditor"


def stamp() -> str:
    """Name the recipe: another recipe gives another stamp, and so another root."""
    everything = [
        SUITE, KERNEL_SUITES, PACKAGES, ASIDE, MADE_EXECUTABLE, DISABLED, MASKED, NOT_UNPACKED,
        FILES, LINKS, USER,
    ]  # fmt: skip
    text = json.dumps(everything, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]

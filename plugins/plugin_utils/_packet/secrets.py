# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What nobody may carry out of a host: secrets of its configuration, and traces of user traffic."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ...module_utils._lacp.snapshot import ReadFailure

if TYPE_CHECKING:
    from ...module_utils._lacp.snapshot import Reading, Snapshot

LEFT_OUT = "LEFT-OUT-A-SECRET"
FIREWALL = "(a line of the firewall about somebody's traffic was left out)"

# Of networkd, NetworkManager's keyfiles, netplan and ifupdown: what holds a secret by its name.
# Hyphens and underscores are the same here, and case does not matter.
_WORDS = (
    "psk password passwd passphrase secret private~key private~key~data preshared~key shared~key "
    "wep~key wep~key0 wep~key1 wep~key2 wep~key3 wireless~key mka~cak ~cak ~pin token credential"
)
_ENDINGS = "|".join(_WORDS.replace("~", "[-_]?").split())
_SECRET = rf"(?:[\w.-]*(?:{_ENDINGS})s?|key|cak|pin|private|community)".encode()
_LINE = re.compile(
    rb"(?im)^([ \t]*(?:-[ \t]+)?[\"']?" + _SECRET + rb"[\"']?(?:[ \t]*[:=][ \t]*|[ \t]+))\S.*$"
)
# The same within a line, as flow style and options of commands have it.
_WITHIN = re.compile(
    rb"(?i)([\s{,\"'](?:[\w-]*(?:psk|password|passwd|secret|private[-_]?key))"
    rb"[\"']?[ \t]*[:=][ \t]*)"
    rb"(\"[^\"]*\"|'[^']*'|[^\s,}]+)"
)
_PEM = re.compile(rb"-----BEGIN [^-]*PRIVATE KEY-----.*?(?:-----END [^-]*-----|\Z)", re.DOTALL)
_MARK = rb"\1" + LEFT_OUT.encode()
# Only what managers are configured with can hold secrets; the kernel's own files do not.
_KERNELS = ("/proc/", "/sys/")
# netfilter's LOG target and ufw write addresses and ports of packets like this.
_TRAFFIC = re.compile(r"\bSRC=\S+.*\bDST=\S+")


def without_secrets(snapshot: Snapshot) -> Snapshot:
    """The snapshot with every secret in the managers' files replaced."""
    files = {
        path: reading if path.startswith(_KERNELS) else _scrubbed(reading)
        for path, reading in snapshot.files.items()
    }
    return snapshot._replace(files=files)


def _scrubbed(reading: Reading) -> Reading:
    if isinstance(reading, ReadFailure):
        return reading
    return _WITHIN.sub(_MARK, _LINE.sub(_MARK, _PEM.sub(LEFT_OUT.encode(), reading)))


def without_traffic(line: str) -> str:
    """A line of a log, unless it tells of somebody's packets."""
    return FIREWALL if _TRAFFIC.search(line) else line

# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is known of the host as a whole; never raises, keeps what it does not understand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import host_fields as fields, managers
from .snapshot import ReadFailure

if TYPE_CHECKING:
    from collections.abc import Callable

    from .fact import Field
    from .record import RecordBuilder
    from .snapshot import Snapshot

_AGGREGATION = ("bonding", "team", "team_mode_loadbalance", "openvswitch", "8021q", "bridge")
_DIGITS = 20  # more than any counter has
_CAPABILITIES = {12: "net_admin", 13: "net_raw"}  # include/uapi/linux/capability.h


def host(snapshot: Snapshot, into: RecordBuilder) -> None:
    """Add the host's facts."""
    _kernel(snapshot, into)
    for path, targets, parse in _FILES:
        text = snapshot.text(path)
        if isinstance(text, ReadFailure):
            for target in targets:
                into.unknown(target, f"{path}: {text.text} ({text.errno})")
            continue
        values = parse(text)
        if values is None:
            into.unrecognised(path, text[:200])
        for target, value in zip(targets, values or [None] * len(targets)):
            if value is None:
                into.unknown(target, f"{path} does not say")
            else:
                into.known(target, value, path)
    _modules(snapshot, into)
    _time(snapshot, into)
    managers.host(snapshot, into)


def _kernel(snapshot: Snapshot, into: RecordBuilder) -> None:
    values = snapshot.facts
    for target, key in (
        (fields.HOSTNAME, "uname_nodename"),
        (fields.KERNEL_RELEASE, "uname_release"),
        (fields.KERNEL_VERSION, "uname_version"),
        (fields.EUID, "euid"),
    ):
        _plain(values.get(key), target, "uname" if key != "euid" else "geteuid", into)
    if "uname_release" in values:
        release, version = str(values["uname_release"]), str(values.get("uname_version", ""))
        upstream = upstream_version(release, version)
        if upstream:
            into.known(fields.KERNEL_UPSTREAM, upstream, "uname")
        else:
            into.unknown(
                fields.KERNEL_UPSTREAM,
                f"what {release} has from later kernels cannot be told from its name",
            )


def upstream_version(release: str, version: str) -> str:
    """The upstream version that a kernel's fixes can be compared with; '' if there is none.

    Debian names it in uname -v ('Debian 6.12.101-1') and takes no fixes from elsewhere that would
    make the comparison wrong; a release of digits alone is a kernel as upstream released it. Other
    distributions (and other people's 'Debian 1:6.6.51-1+rpt3') backport at will.
    """
    _before, found, after = version.partition(" Debian ")
    candidate = after.split(" ", 1)[0].partition("-")[0].replace("~", "-") if found else release
    base, _mark, candidate_of = candidate.partition("-rc")
    numbers = base.split(".")
    if candidate_of and not candidate_of.isdigit():
        return ""
    if 2 <= len(numbers) <= 3 and all(part.isascii() and part.isdigit() for part in numbers):
        return candidate
    return ""


def _plain(value: Any, target: Field[Any], source: str, into: RecordBuilder) -> None:  # noqa: ANN401 - of the field's own type
    if value is None:
        into.unknown(target, f"{source} was not read")
    else:
        into.known(target, value, source)


def _modules(snapshot: Snapshot, into: RecordBuilder) -> None:
    """Which of bonding's relatives and of the members' drivers are modules, with their versions."""
    loaded = snapshot.folders.get("/sys/module")
    if loaded is None:
        into.unknown(fields.MODULES, "/sys/module could not be listed")
        return
    versions = {name: f"/sys/module/{name}/version" for name in _AGGREGATION}
    for path, target in snapshot.symlinks.items():
        if path.endswith("/device/driver/module"):
            versions[target.rpartition("/")[2]] = f"{path}/version"
    for (_name, command), reply in snapshot.ethtool.items():
        if command == "GDRVINFO" and isinstance(reply, bytes):
            versions.setdefault(reply[4:36].partition(b"\0")[0].decode("ascii", "replace"), "")
    modules = {}
    for name in sorted(set(loaded).intersection(versions)):
        text = snapshot.text(versions[name])
        modules[name] = "" if isinstance(text, ReadFailure) else text.strip()
    into.known(fields.MODULES, modules, "sysfs")


def _time(snapshot: Snapshot, into: RecordBuilder) -> None:
    values = snapshot.facts
    _plain(values.get("utc"), fields.UTC, "clock", into)
    _plain(values.get("monotonic_ns"), fields.MONOTONIC, "clock", into)
    _plain(values.get("read_seconds"), fields.READ_SECONDS, "clock", into)
    synchronised, error_us = values.get("clock_synchronised"), values.get("clock_max_error_us")
    if not isinstance(synchronised, bool) or not isinstance(error_us, int):
        reason = str(values.get("clock_failure", "adjtimex was not called"))
        into.unknown(fields.CLOCK_SYNCHRONISED, reason)
        into.unknown(fields.CLOCK_ERROR, reason)
        return
    into.known(fields.CLOCK_SYNCHRONISED, synchronised, "adjtimex")
    into.known(fields.CLOCK_ERROR, error_us / 1000, "adjtimex")


def _os_release(text: str) -> list[Any] | None:
    """os-release(5): KEY=value, the value in quotes if it needs them."""
    found = {}
    for line in text.splitlines():
        key, equals, value = line.strip().partition("=")
        if equals:
            found[key] = value.strip("\"'")
    return [found.get("ID"), found.get("VERSION_ID")] if found else None


def _status(text: str) -> list[Any] | None:
    """CapEff of proc_pid_status(5), in hexadecimal."""
    for line in text.splitlines():
        if line.startswith("CapEff:"):
            held = _base16(line[7:].strip())
            if held is None:
                return None
            return [[name for bit, name in _CAPABILITIES.items() if held >> bit & 1]]
    return None


def _softnet(text: str) -> list[Any] | None:
    """One line a CPU, hexadecimal: processed, dropped, time_squeeze (net/core/net-procfs.c)."""
    rows = [[_base16(word) for word in line.split()[1:3]] for line in text.splitlines()]
    totals = [0, 0]
    for row in rows:
        if len(row) != 2 or row[0] is None or row[1] is None:
            return None
        totals = [totals[0] + row[0], totals[1] + row[1]]
    return totals if rows else None


def _snmp(text: str) -> list[Any] | None:
    """/proc/net/snmp: for each protocol a line of names, then a line of numbers."""
    lines = [line.split() for line in text.splitlines() if line.startswith("Tcp:")]
    if len(lines) != 2 or len(lines[0]) != len(lines[1]):
        return None
    found = dict(zip(*lines))
    return [_decimal(found.get(key, "")) for key in ("RetransSegs", "OutSegs")]


def _pressure(text: str) -> list[Any] | None:
    """Pressure stall information: 'some avg10=0.00 avg60=0.00 avg300=0.00 total=0'."""
    for line in text.splitlines():
        if line.startswith("some "):
            found = dict(word.partition("=")[::2] for word in line.split()[1:])
            value = _real(found.get("avg60", ""))
            return None if value is None else [value]
    return None


def _uptime(text: str) -> list[Any] | None:
    words = text.split()
    value = _real(words[0]) if words else None
    return None if value is None else [value]


def _boot_id(text: str) -> list[Any] | None:
    return [text.strip()] if text.strip() else None


def _cpus(text: str) -> list[Any] | None:
    """A list of ranges: '0-3,8'."""
    count = 0
    for part in text.strip().split(","):
        first, dash, last = part.partition("-")
        low, high = _decimal(first), _decimal(last if dash else first)
        if low is None or high is None:
            return None
        count += high - low + 1
    return [count]


def _decimal(text: str) -> int | None:
    return int(text) if len(text) < _DIGITS and text.isascii() and text.isdigit() else None


def _base16(text: str) -> int | None:
    return int(text, 16) if text and all(c in "0123456789abcdefABCDEF" for c in text) else None


def _real(text: str) -> float | None:
    digits = text.replace(".", "", 1)
    return float(text) if len(text) < _DIGITS and digits.isascii() and digits.isdigit() else None


_FILES: tuple[tuple[str, tuple[Field[Any], ...], Callable[[str], list[Any] | None]], ...] = (
    ("/etc/os-release", (fields.OS_ID, fields.OS_VERSION), _os_release),
    ("/proc/self/status", (fields.CAPABILITIES,), _status),
    ("/proc/net/softnet_stat", (fields.SOFTNET_DROPPED, fields.SOFTNET_SQUEEZED), _softnet),
    ("/proc/net/snmp", (fields.TCP_RETRANSMITTED, fields.TCP_SENT), _snmp),
    ("/proc/pressure/cpu", (fields.CPU_PRESSURE,), _pressure),
    ("/proc/uptime", (fields.UPTIME,), _uptime),
    ("/proc/sys/kernel/random/boot_id", (fields.BOOT_ID,), _boot_id),
    ("/sys/devices/system/cpu/online", (fields.CPUS,), _cpus),
)

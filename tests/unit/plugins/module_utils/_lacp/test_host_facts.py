# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Facts of a host, from the text of its files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, strategies as st

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import (
    host_facts,
    host_fields as fields,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.fact import (
    Fact,
    Field,
    Known,
    Unknown,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.record import (
    Record,
    RecordBuilder,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.snapshot import (
    ReadFailure,
    Snapshot,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

SNMP = (
    "Ip: Forwarding DefaultTTL\nIp: 1 64\n"
    "Tcp: RtoAlgorithm MaxConn InSegs OutSegs RetransSegs\nTcp: 1 -1 24946 12558 42\n"
)
# 6.x prints 15 columns: processed, dropped, time_squeezed, ..., cpu, two lengths
SOFTNET = (
    "000000a6 00000001 0000000a 00000000 00000000 00000000 00000000 00000000 00000000 00000000\n"
    "000062c0 00000002 000000ff 00000000 00000000 00000000 00000000 00000000 00000000 00000000\n"
)


def record_of(
    files: Mapping[str, bytes | ReadFailure] | None = None,
    *,
    facts: Mapping[str, Any] | None = None,
    **parts: Any,
) -> Record:
    into = RecordBuilder()
    host_facts.host(Snapshot(files=files or {}, facts=facts or {}, **parts), into)
    return into.build()


FILES: dict[str, tuple[str, str, Field[Any], Any]] = {
    "debian": ("/etc/os-release", 'ID=debian\nVERSION_ID="13"\n', fields.OS_VERSION, "13"),
    "quoted id": ("/etc/os-release", "ID='rhel'\n# c\n\nVERSION_ID=9.4", fields.OS_ID, "rhel"),
    "root": (
        "/proc/self/status",
        "Name:\tx\nCapEff:\t000001ffffffffff\n",
        fields.CAPABILITIES,
        ["net_admin", "net_raw"],
    ),
    "user": ("/proc/self/status", "CapEff:\t0000000000000000\n", fields.CAPABILITIES, []),
    "raw only": (
        "/proc/self/status",
        "CapEff:\t0000000000002000\n",
        fields.CAPABILITIES,
        ["net_raw"],
    ),
    "softnet drops": ("/proc/net/softnet_stat", SOFTNET, fields.SOFTNET_DROPPED, 3),
    "softnet squeezed": ("/proc/net/softnet_stat", SOFTNET, fields.SOFTNET_SQUEEZED, 265),
    "retransmissions": ("/proc/net/snmp", SNMP, fields.TCP_RETRANSMITTED, 42),
    "segments": ("/proc/net/snmp", SNMP, fields.TCP_SENT, 12558),
    "pressure": (
        "/proc/pressure/cpu",
        "some avg10=0.77 avg60=1.86 avg300=2.15 total=14852752\nfull avg10=0.00 avg60=0.00\n",
        fields.CPU_PRESSURE,
        1.86,
    ),
    "uptime": ("/proc/uptime", "1214.98 2288.01\n", fields.UPTIME, 1214.98),
    "boot": ("/proc/sys/kernel/random/boot_id", "6e13480e\n", fields.BOOT_ID, "6e13480e"),
    "processors": ("/sys/devices/system/cpu/online", "0-3,8,10-11\n", fields.CPUS, 7),
    "one processor": ("/sys/devices/system/cpu/online", "0\n", fields.CPUS, 1),
}


@pytest.mark.parametrize("case", FILES)
def test_a_file_gives_its_facts(case: str) -> None:
    path, text, target, expected = FILES[case]
    record = record_of({path: text.encode()})
    assert record.fact(target) == Known(expected, path)
    assert record.unrecognised == ()


BROKEN: dict[str, tuple[str, str, Field[Any]]] = {
    "softnet short": ("/proc/net/softnet_stat", "000000a6\n", fields.SOFTNET_DROPPED),
    "softnet not hexadecimal": ("/proc/net/softnet_stat", "a -1 c\n", fields.SOFTNET_DROPPED),
    "snmp half written": ("/proc/net/snmp", "Tcp: OutSegs RetransSegs\n", fields.TCP_SENT),
    "pressure without average": ("/proc/pressure/cpu", "some total=1\n", fields.CPU_PRESSURE),
    "no capabilities": ("/proc/self/status", "Name:\tx\n", fields.CAPABILITIES),
    "uptime empty": ("/proc/uptime", "", fields.UPTIME),
    "processors": ("/sys/devices/system/cpu/online", "0-\n", fields.CPUS),
    "binary": ("/etc/os-release", "\x00\x01", fields.OS_ID),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_not_understood_is_kept_and_unknown(case: str) -> None:
    path, text, target = BROKEN[case]
    record = record_of({path: text.encode()})
    assert record.fact(target) == Unknown(f"{path} does not say")
    assert record.unrecognised == ((path, text),)


def test_an_unreadable_file_is_unknown_with_its_reason() -> None:
    path = "/proc/pressure/cpu"
    record = record_of({path: ReadFailure("EOPNOTSUPP", "Operation not supported")})
    reason = f"{path}: Operation not supported (EOPNOTSUPP)"
    assert record.fact(fields.CPU_PRESSURE) == Unknown(reason)


UPSTREAM = {
    "trixie": ("6.12.48+deb13-amd64", "#1 SMP PREEMPT_DYNAMIC Debian 6.12.48-1 (2025)", "6.12.48"),
    "bookworm": ("6.1.0-40-amd64", "#1 SMP PREEMPT_DYNAMIC Debian 6.1.153-1 (2025)", "6.1.153"),
    "backport": ("6.12.9+bpo-amd64", "#1 SMP Debian 6.12.9-1~bpo12+1 (2025)", "6.12.9"),
    "candidate": ("7.3-rc7-amd64", "#1 SMP Debian 7.3~rc7-1~exp1 (2026)", "7.3-rc7"),
    "upstream's own": ("6.12.101", "#1 Fri Oct 30 2026", "6.12.101"),
    "raspberry": ("6.6.51+rpt-rpi-v8", "#1 SMP PREEMPT Debian 1:6.6.51-1+rpt3 (2024)", ""),
    "ubuntu": ("6.8.0-31-generic", "#31-Ubuntu SMP PREEMPT_DYNAMIC Sat Apr 20", ""),
    "proxmox": ("6.8.12-4-pve", "#1 SMP PREEMPT_DYNAMIC PMX 6.8.12-4 (2024)", ""),
    "rhel": ("5.14.0-427.13.1.el9_4.x86_64", "#1 SMP PREEMPT_DYNAMIC Wed Apr 10", ""),
    "patched": ("6.12.101+", "#2 SMP", ""),
    "empty": ("", "", ""),
}


@pytest.mark.parametrize("case", UPSTREAM)
def test_upstream_version(case: str) -> None:
    release, version, expected = UPSTREAM[case]
    assert host_facts.upstream_version(release, version) == expected


def test_an_underivable_upstream_version_is_unknown() -> None:
    fact = record_of(facts={"uname_release": "6.8.0-31-generic"}).fact(fields.KERNEL_UPSTREAM)
    reason = "what 6.8.0-31-generic has from later kernels cannot be told from its name"
    assert fact == Unknown(reason)


CLOCKS: dict[str, tuple[dict[str, Any], Fact, Fact]] = {
    "disciplined": (
        {"clock_synchronised": True, "clock_max_error_us": 1500},
        Known(True, "adjtimex"),
        Known(1.5, "adjtimex"),
    ),
    "free running": (
        {"clock_synchronised": False, "clock_max_error_us": 16000000},
        Known(False, "adjtimex"),
        Known(16000.0, "adjtimex"),
    ),
    "no ctypes": (
        {"clock_failure": "Python cannot call adjtimex: No module named '_ctypes'"},
        Unknown("Python cannot call adjtimex: No module named '_ctypes'"),
        Unknown("Python cannot call adjtimex: No module named '_ctypes'"),
    ),
    "never asked": ({}, Unknown("adjtimex was not called"), Unknown("adjtimex was not called")),
}


@pytest.mark.parametrize("case", CLOCKS)
def test_clock(case: str) -> None:
    values, synchronised, error = CLOCKS[case]
    record = record_of(facts=values)
    assert record.fact(fields.CLOCK_SYNCHRONISED) == synchronised
    assert record.fact(fields.CLOCK_ERROR) == error


def test_modules_are_those_of_aggregation_and_of_the_members() -> None:
    link = "/sys/class/net/eno1/device/driver/module"
    record = record_of(
        {"/sys/module/bonding/version": b"3.7.1\n", f"{link}/version": b"1.14.13_el9\n"},
        folders={"/sys/module": ("8021q", "bonding", "ext4", "ice", "veth")},
        symlinks={link: "../../../module/ice"},
        ethtool={("eno2", "GDRVINFO"): b"\x03\0\0\0veth".ljust(196, b"\0")},
    )
    expected = {"8021q": "", "bonding": "3.7.1", "ice": "1.14.13_el9", "veth": ""}
    assert record.value(fields.MODULES) == expected


def test_values_that_nobody_read_are_unknown() -> None:
    record = record_of()
    assert all(isinstance(record.fact(listed), Unknown) for listed in fields.ALL)


@given(
    st.sampled_from([path for path, *_rest in FILES.values()]),
    st.one_of(
        st.binary(max_size=300), st.text(max_size=200).map(lambda t: t.encode("utf-8", "replace"))
    ),
)
def test_garbage_never_raises(path: str, garbage: bytes) -> None:
    record_of({path: garbage})


@pytest.mark.parametrize("case", FILES)
def test_truncation_at_every_byte_never_raises(case: str) -> None:
    path, text, target, _expected = FILES[case]
    for length in range(len(text)):
        record = record_of({path: text[:length].encode()})
        assert isinstance(record.fact(target), (Known, Unknown))

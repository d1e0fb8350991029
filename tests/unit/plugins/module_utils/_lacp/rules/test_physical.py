# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from unit.factory import (
    STATISTICS,
    absent,
    healthy_host,
    known,
    unknown,
)
from unit.rule_case import Case, blind, fires, hour_before, prove, silent

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import (
    host_fields as hf,
    member_fields as mf,
)

if TYPE_CHECKING:
    from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.fact import Field

HEALTHY = healthy_host()
ENO1 = "bond0/eno1"
EARLIER = hour_before(HEALTHY)
OTHER_BOOT = hour_before(known(HEALTHY, "", hf.BOOT_ID, "another"))
NO_ERRORS = {"crc": 0, "discard": 0, "fec_uncorrected": 0, "timeout": 0}
NO_AER = {"correctable": 0, "nonfatal": 0, "fatal": 0}


def errors(**counted: int) -> Any:
    return known(HEALTHY, ENO1, mf.ERRORS, {**NO_ERRORS, **counted})


def aer(**counted: int) -> Any:
    return known(HEALTHY, ENO1, mf.AER, {**NO_AER, **counted})


def traffic(facts: Any, packets: int) -> Any:
    return known(facts, ENO1, mf.STATISTICS, {**STATISTICS, "rx_packets": 1000 + packets})


def counted(field: Field[int], value: int) -> Any:
    return known(HEALTHY, ENO1, field, value)


def tcp(again: int, sent: int) -> Any:
    return known(known(HEALTHY, "", hf.TCP_RETRANSMITTED, again), "", hf.TCP_SENT, 100000 + sent)


CASES = [
    fires(
        "link-errors-rising",
        "two kinds",
        errors(crc=12, fec_uncorrected=1),
        "bond0/eno1 errors.crc: 12 more in 3600 s",
        "bond0/eno1 errors.fec_uncorrected: 1 more in 3600 s",
        earlier=EARLIER,
    ),
    silent("link-errors-rising", "none", HEALTHY, earlier=EARLIER),
    silent(
        "link-errors-rising",
        "what the standard allows a busy link",
        traffic(errors(crc=1), 10**9),
        earlier=EARLIER,
    ),
    fires(
        "link-errors-rising",
        "without a count of packets any growth is told",
        unknown(errors(symbol=1), ENO1, mf.STATISTICS),
        "bond0/eno1 errors.symbol: 1 more in 3600 s",
        earlier=hour_before(errors(symbol=0)),
    ),
    silent(
        "link-errors-rising",
        "old ones that do not grow",
        errors(crc=12),
        earlier=hour_before(errors(crc=12)),
    ),
    silent("link-errors-rising", "drops are not the wire's", errors(discard=9), earlier=EARLIER),
    blind("link-errors-rising", "one reading", errors(crc=12), "no earlier reading"),
    blind("link-errors-rising", "rebooted", errors(crc=12), "rebooted", earlier=OTHER_BOOT),
    fires(
        "receive-drops-rising",
        "many of the packets",
        traffic(errors(discard=200), 1_000_000),
        "bond0/eno1 errors.discard: 200 more in 3600 s, 1000000 packets received",
        earlier=EARLIER,
    ),
    silent(
        "receive-drops-rising",
        "a drop now and then on a busy NIC",
        traffic(errors(discard=9), 1_000_000),
        earlier=EARLIER,
    ),
    silent("receive-drops-rising", "none", HEALTHY, earlier=EARLIER),
    blind("receive-drops-rising", "one reading", errors(discard=200), "no earlier reading"),
    fires(
        "transmit-timeouts-rising",
        "one",
        errors(timeout=1),
        "bond0/eno1 errors.timeout: 1 more in 3600 s",
        earlier=EARLIER,
    ),
    silent("transmit-timeouts-rising", "none", HEALTHY, earlier=EARLIER),
    silent(
        "transmit-timeouts-rising",
        "a driver that does not count them",
        known(known(HEALTHY, ENO1, mf.ERRORS, {"crc": 0}), "bond0/eno2", mf.ERRORS, {"crc": 0}),
        earlier=EARLIER,
    ),
    blind("transmit-timeouts-rising", "one reading", HEALTHY, "no earlier reading"),
    fires("errors-counted", "crc", errors(crc=3), "bond0/eno1 errors.crc: 3"),
    fires(
        "errors-counted",
        "rebooted since",
        errors(crc=3),
        "bond0/eno1 errors.crc: 3",
        earlier=OTHER_BOOT,
    ),
    silent("errors-counted", "none", HEALTHY),
    silent("errors-counted", "known to rise or not", errors(crc=3), earlier=EARLIER),
    silent("errors-counted", "no counters", absent(HEALTHY, ENO1, mf.ERRORS)),
    silent("errors-counted", "corrected ones", errors(fec_corrected=99999, pause=7)),
    blind("errors-counted", "unknown", unknown(HEALTHY, ENO1, mf.ERRORS), "errors"),
    fires(
        "carrier-lost-since",
        "twice",
        counted(mf.CARRIER_DOWN_COUNT, 2),
        "bond0/eno1 carrier_down_count: 2 more in 3600 s",
        earlier=EARLIER,
    ),
    fires(
        "carrier-lost-since",
        "a kernel that counts changes only",
        unknown(counted(mf.CARRIER_CHANGES, 5), ENO1, mf.CARRIER_DOWN_COUNT),
        "bond0/eno1 carrier_down_count: 2 more in 3600 s",
        earlier=EARLIER,
    ),
    silent("carrier-lost-since", "steady", HEALTHY, earlier=EARLIER),
    blind("carrier-lost-since", "one reading", HEALTHY, "no earlier reading"),
    fires(
        "link-failures-rising",
        "with carrier",
        counted(mf.LINK_FAILURE_COUNT, 1),
        "bond0/eno1 link_failure_count: 1 more in 3600 s",
        earlier=EARLIER,
    ),
    silent("link-failures-rising", "steady", HEALTHY, earlier=EARLIER),
    silent(
        "link-failures-rising",
        "carrier went: that is carrier-lost-since",
        known(counted(mf.LINK_FAILURE_COUNT, 1), ENO1, mf.CARRIER_DOWN_COUNT, 1),
        earlier=EARLIER,
    ),
    blind("link-failures-rising", "one reading", HEALTHY, "no earlier reading"),
    fires(
        "carrier-unsteady",
        "eleven losses",
        counted(mf.CARRIER_DOWN_COUNT, 11),
        "bond0/eno1 carrier_down_count: 11",
    ),
    silent("carrier-unsteady", "ten losses", counted(mf.CARRIER_DOWN_COUNT, 10)),
    silent(
        "carrier-unsteady",
        "known to be new or not",
        counted(mf.CARRIER_DOWN_COUNT, 11),
        earlier=EARLIER,
    ),
    blind("carrier-unsteady", "unknown", unknown(HEALTHY, ENO1, mf.CARRIER_DOWN_COUNT), "carrier"),
    fires(
        "link-failures-counted",
        "one",
        counted(mf.LINK_FAILURE_COUNT, 1),
        "bond0/eno1 link_failure_count: 1",
    ),
    silent("link-failures-counted", "none", HEALTHY),
    blind(
        "link-failures-counted", "unknown", unknown(HEALTHY, ENO1, mf.LINK_FAILURE_COUNT), "link_f"
    ),
    fires(
        "pcie-errors-rising",
        "nonfatal",
        aer(nonfatal=2),
        "bond0/eno1 aer.nonfatal: 2 more in 3600 s",
        earlier=EARLIER,
    ),
    fires(
        "pcie-errors-rising",
        "fatal",
        aer(fatal=1),
        "bond0/eno1 aer.fatal: 1 more in 3600 s",
        earlier=EARLIER,
    ),
    fires("pcie-errors-rising", "fatal, one reading", aer(fatal=1), "bond0/eno1 aer.fatal: 1"),
    silent("pcie-errors-rising", "none", HEALTHY, earlier=EARLIER),
    silent("pcie-errors-rising", "corrected", aer(correctable=5), earlier=EARLIER),
    silent(
        "pcie-errors-rising",
        "no AER",
        absent(absent(HEALTHY, ENO1, mf.AER), "bond0/eno2", mf.AER),
    ),
    blind("pcie-errors-rising", "one reading", aer(nonfatal=2), "no earlier reading"),
    fires("pcie-errors-counted", "at boot", aer(nonfatal=2), "bond0/eno1 aer.nonfatal: 2"),
    fires(
        "pcie-errors-counted",
        "corrected ones that grow",
        aer(correctable=5),
        "bond0/eno1 aer.correctable: 5 more in 3600 s",
        earlier=EARLIER,
    ),
    silent("pcie-errors-counted", "none", HEALTHY),
    silent(
        "pcie-errors-counted",
        "nonfatal that grow: pcie-errors-rising",
        aer(nonfatal=2),
        earlier=EARLIER,
    ),
    blind("pcie-errors-counted", "unknown", unknown(HEALTHY, ENO1, mf.AER), "aer"),
    fires(
        "softnet-drops-rising",
        "two a second",
        known(HEALTHY, "", hf.SOFTNET_DROPPED, 7200),
        "softnet.dropped: 7200 more in 3600 s",
        earlier=EARLIER,
    ),
    silent(
        "softnet-drops-rising",
        "one a second",
        known(HEALTHY, "", hf.SOFTNET_DROPPED, 3600),
        earlier=EARLIER,
    ),
    blind("softnet-drops-rising", "one reading", HEALTHY, "no earlier reading"),
    blind(
        "softnet-drops-rising",
        "the counter went back",
        HEALTHY,
        "reset",
        earlier=hour_before(known(HEALTHY, "", hf.SOFTNET_DROPPED, 5)),
    ),
    fires(
        "softnet-drops-counted",
        "some",
        known(HEALTHY, "", hf.SOFTNET_DROPPED, 7),
        "softnet.dropped: 7",
    ),
    silent("softnet-drops-counted", "none", HEALTHY),
    blind("softnet-drops-counted", "unknown", unknown(HEALTHY, "", hf.SOFTNET_DROPPED), "softnet"),
    fires(
        "tcp-retransmissions-high",
        "two in a hundred",
        tcp(200, 10000),
        "tcp.retransmitted_segments: 2.0 % (200 of 10000 in 3600 s)",
        earlier=EARLIER,
    ),
    silent("tcp-retransmissions-high", "one in a hundred", tcp(100, 10000), earlier=EARLIER),
    silent("tcp-retransmissions-high", "too few to tell", tcp(200, 999), earlier=EARLIER),
    blind("tcp-retransmissions-high", "one reading", HEALTHY, "no earlier reading"),
    fires(
        "cpu-pressure-high",
        "high",
        known(HEALTHY, "", hf.CPU_PRESSURE, 71.23),
        "cpu.pressure_avg60: 71.2 %",
    ),
    silent("cpu-pressure-high", "busy", known(HEALTHY, "", hf.CPU_PRESSURE, 60.0)),
    blind("cpu-pressure-high", "no PSI", unknown(HEALTHY, "", hf.CPU_PRESSURE), "cpu.pressure"),
    fires(
        "clock-not-synchronised",
        "free running",
        known(HEALTHY, "", hf.CLOCK_SYNCHRONISED, value=False),
        "clock.synchronised: no",
    ),
    silent("clock-not-synchronised", "disciplined", HEALTHY),
    blind(
        "clock-not-synchronised", "unknown", unknown(HEALTHY, "", hf.CLOCK_SYNCHRONISED), "clock"
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_physical(case: Case) -> None:
    prove(case)

# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the counters of `ethtool -S` mean, driver by driver: a table of names, and its use.

crc             frames received with a bad checksum
symbol          symbols (or bytes) received that the line code does not allow
fec_corrected   received blocks (bits, where the driver counts those) that FEC repaired: normal
fec_uncorrected received blocks that FEC could not repair: lost frames
discard         good frames received that the port dropped for want of room inside the NIC
discard_tx      frames that the port dropped instead of sending
missed          good frames received that found no buffer of the host
pause           PAUSE frames received: the partner asks this host to wait
pause_tx        PAUSE frames sent: this host asks the partner to wait
timeout         transmit queues that hung until the driver reset them

Names are compared whole: a suffix would take a counter of one queue, or of the software, for one of
the port. Queues are counted only where a driver has no total.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

# Alternatives from left to right: the first that the driver has is taken; a+b are added up.
_COMMON = {
    "crc": "rx_crc_errors_phy rx_crc_errors.nic port.rx_crc_errors rx_fcs_err_frames rx_fcs_errors "
    "rx_crc_errors",
    "symbol": "rx_symbol_err_phy illegal_bytes.nic port.illegal_bytes rx_pcs_symbol_err",
    "fec_corrected": "rx_fec_corrected_blocks rx_corrected_bits_phy rx_corrected_bits",
    "fec_uncorrected": "rx_fec_uncorrectable_blocks",
    "discard": "rx_discards_phy rx_dropped.nic port.rx_discards rx_stat_discard brb_discards",
    "discard_tx": "tx_discards_phy tx_dropped_link_down.nic port.tx_dropped_link_down "
    "tx_stat_discard",
    "missed": "rx_out_of_buffer rx_missed_errors+rx_no_dma_resources rx_missed "
    "rx_total_oom_discards no_buff_discards",
    "pause": "rx_pause_ctrl_phy link_xoff_rx.nic port.link_xoff_rx rx_flow_control_xoff "
    "rx_xoff_pause_rcvd rx_pause_frames",
    "pause_tx": "tx_pause_ctrl_phy link_xoff_tx.nic port.link_xoff_tx tx_flow_control_xoff "
    "tx_xoff_sent tx_pause_frames",
    "timeout": "tx_timeout.nic port.tx_timeout tx_timeout_count",
}
# Where a driver gives a common name another meaning, or names of its own.
_DRIVERS = {
    "bnx2x": {"discard": "rx_brb_discard+rx_brb_truncate", "missed": "rx_discards"},
    "tg3": {"discard": "rx_discards"},
}
# Counters of the physical layer that are worth reading beside those, but have no common meaning.
_TELLING = frozenset(
    "align_errors illegal_bytes.nic link_change_count link_down_events link_down_events_phy "
    "mac_local_faults.nic mac_remote_faults.nic mbuf_lwm_thresh_hit module_bad_shorted "
    "module_bus_stuck module_high_temp module_unplug port.arq_overflows port.mac_local_faults "
    "port.mac_remote_faults port.rx_fragments port.rx_jabber port.rx_length_errors port.tx_errors "
    "rx_align_err_frames rx_align_errors rx_carrier_errors rx_constant_pause_events "
    "rx_err_lane_0_phy rx_err_lane_1_phy rx_err_lane_2_phy rx_err_lane_3_phy rx_fragments.nic "
    "rx_in_range_len_errors_phy rx_jabber.nic rx_length_errors rx_no_buffer_count rx_oversize.nic "
    "rx_oversize_pkts_buffer rx_pcs_symbol_err_phy rx_runt_frames rx_stat_err "
    "rx_steer_missed_packets rx_total_resets rx_total_ring_discards rx_undersize.nic "
    "rx_unknown_protocol rx_unsupported_op_phy tx_aborted tx_carrier_errors tx_errors.nic "
    "tx_carrier_sense_errors tx_fifo_underruns tx_pause_storm_error_events "
    "tx_pause_storm_warning_events tx_underrun continuous_pause_events "
    "uncorr_ecc_errors".split()
)
_QUEUE_TIMEOUT = "_tx_timeouts"  # virtio: tx0_tx_timeouts, tx1_tx_timeouts, ...


class Plan(NamedTuple):
    """Where to find the counters of one list of names.

    sums: (normalised key, indices to add up); raw: (driver's name, index).
    """

    sums: tuple[tuple[str, tuple[int, ...]], ...]
    raw: tuple[tuple[str, int], ...]


@lru_cache(maxsize=16)  # the members of a bond mostly have the same driver and so the same names
def plan(driver: str, names: tuple[str, ...]) -> Plan:
    """Find out how to normalise the counters of a driver; a key without a counter is left out."""
    place = {name: index for index, name in enumerate(names) if name}
    own = _DRIVERS.get(driver, {})
    sums = []
    for key, common in _COMMON.items():
        found = _first(own.get(key, common), place)
        if key == "timeout" and found is None:
            found = _queue_timeouts(place)
        if found:
            sums.append((key, found))
    wanted = {index for _key, indices in sums for index in indices}
    wanted.update(place[name] for name in _TELLING.intersection(place))
    return Plan(tuple(sums), tuple((names[index], index) for index in sorted(wanted)))


def _first(alternatives: str, place: dict[str, int]) -> tuple[int, ...] | None:
    for alternative in alternatives.split():
        found = tuple(place[name] for name in alternative.split("+") if name in place)
        if found:
            return found
    return None


def _queue_timeouts(place: dict[str, int]) -> tuple[int, ...]:
    return tuple(
        index
        for name, index in place.items()
        if name.endswith(_QUEUE_TIMEOUT) and name[2 : -len(_QUEUE_TIMEOUT)].isdigit()
    )

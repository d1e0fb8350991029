# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Normalised counters: for each driver the names that it has, and which of them make each key.

The lists are the error and flow-control part of `ethtool -S` of each driver, with counters of
queues, of priorities and of the software beside them as decoys.
"""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.counters import plan

CASES = {
    "ice": (
        (
            "rx_dropped rx_unknown_protocol tx_errors tx_queue_0_packets rx_queue_0_packets "
            "rx_crc_errors.nic illegal_bytes.nic mac_local_faults.nic rx_dropped.nic tx_errors.nic "
            "tx_timeout.nic tx_dropped_link_down.nic link_xon_rx.nic link_xoff_rx.nic "
            "link_xon_tx.nic link_xoff_tx.nic tx_priority_0_xoff.nic rx_jabber.nic"
        ),
        {
            "crc": ["rx_crc_errors.nic"],
            "symbol": ["illegal_bytes.nic"],
            "discard": ["rx_dropped.nic"],
            "discard_tx": ["tx_dropped_link_down.nic"],
            "pause": ["link_xoff_rx.nic"],
            "pause_tx": ["link_xoff_tx.nic"],
            "timeout": ["tx_timeout.nic"],
        },
    ),
    "i40e": (
        (
            "rx_dropped rx_errors rx-0.packets veb.rx_discards port.rx_dropped port.rx_crc_errors "
            "port.illegal_bytes port.mac_local_faults port.rx_discards port.tx_timeout "
            "port.tx_dropped_link_down port.link_xon_rx port.link_xoff_rx port.link_xoff_tx "
            "port.rx_priority_0_xoff port.arq_overflows"
        ),
        {
            "crc": ["port.rx_crc_errors"],
            "symbol": ["port.illegal_bytes"],
            "discard": ["port.rx_discards"],
            "discard_tx": ["port.tx_dropped_link_down"],
            "pause": ["port.link_xoff_rx"],
            "pause_tx": ["port.link_xoff_tx"],
            "timeout": ["port.tx_timeout"],
        },
    ),
    "ixgbe": (
        (
            "rx_errors rx_crc_errors rx_missed_errors rx_no_buffer_count rx_no_dma_resources "
            "rx_flow_control_xon rx_flow_control_xoff tx_flow_control_xon tx_flow_control_xoff "
            "tx_timeout_count rx_length_errors fdir_miss rx_pb_0_pxoff tx_queue_0_packets"
        ),
        {
            "crc": ["rx_crc_errors"],
            "missed": ["rx_missed_errors", "rx_no_dma_resources"],
            "pause": ["rx_flow_control_xoff"],
            "pause_tx": ["tx_flow_control_xoff"],
            "timeout": ["tx_timeout_count"],
        },
    ),
    "e1000e": (
        (
            "rx_errors rx_crc_errors rx_align_errors rx_missed_errors rx_no_buffer_count "
            "tx_timeout_count rx_flow_control_xoff tx_flow_control_xoff uncorr_ecc_errors"
        ),
        {
            "crc": ["rx_crc_errors"],
            "missed": ["rx_missed_errors"],
            "pause": ["rx_flow_control_xoff"],
            "pause_tx": ["tx_flow_control_xoff"],
            "timeout": ["tx_timeout_count"],
        },
    ),
    "mlx5_core": (
        (
            "rx_out_of_buffer rx_crc_errors_phy rx_symbol_err_phy rx_pcs_symbol_err_phy "
            "rx_corrected_bits_phy rx_err_lane_0_phy rx_discards_phy tx_discards_phy "
            "rx_pause_ctrl_phy tx_pause_ctrl_phy rx_prio0_discards rx_prio0_pause rx0_cache_full "
            "link_down_events_phy rx_buff_alloc_err tx0_recover module_unplug"
        ),
        {
            "crc": ["rx_crc_errors_phy"],
            "symbol": ["rx_symbol_err_phy"],
            "fec_corrected": ["rx_corrected_bits_phy"],
            "discard": ["rx_discards_phy"],
            "discard_tx": ["tx_discards_phy"],
            "missed": ["rx_out_of_buffer"],
            "pause": ["rx_pause_ctrl_phy"],
            "pause_tx": ["tx_pause_ctrl_phy"],
        },
    ),
    "bnxt_en": (
        (
            "[0]: rx_discards [0]: rx_errors rx_total_oom_discards rx_total_ring_discards "
            "rx_fcs_err_frames rx_align_err_frames rx_pause_frames tx_pause_frames rx_pfc_frames "
            "rx_stat_discard tx_stat_discard rx_stat_err rx_corrected_bits rx_pcs_symbol_err "
            "rx_fec_corrected_blocks rx_fec_uncorrectable_blocks link_down_events"
        ),
        {
            "crc": ["rx_fcs_err_frames"],
            "symbol": ["rx_pcs_symbol_err"],
            "fec_corrected": ["rx_fec_corrected_blocks"],
            "fec_uncorrected": ["rx_fec_uncorrectable_blocks"],
            "discard": ["rx_stat_discard"],
            "discard_tx": ["tx_stat_discard"],
            "missed": ["rx_total_oom_discards"],
            "pause": ["rx_pause_frames"],
            "pause_tx": ["tx_pause_frames"],
        },
    ),
    "bnx2x": (
        (
            "rx_crc_errors rx_align_errors rx_discards rx_brb_discard rx_brb_truncate "
            "rx_pause_frames rx_constant_pause_events tx_pause_frames pfc_frames_received "
            "[0]: rx_discards"
        ),
        {
            "crc": ["rx_crc_errors"],
            "discard": ["rx_brb_discard", "rx_brb_truncate"],
            "missed": ["rx_discards"],
            "pause": ["rx_pause_frames"],
            "pause_tx": ["tx_pause_frames"],
        },
    ),
    "tg3": (
        (
            "rx_fcs_errors rx_align_errors rx_xon_pause_rcvd rx_xoff_pause_rcvd rx_discards "
            "tx_xon_sent tx_xoff_sent tx_carrier_sense_errors mbuf_lwm_thresh_hit"
        ),
        {
            "crc": ["rx_fcs_errors"],
            "discard": ["rx_discards"],
            "pause": ["rx_xoff_pause_rcvd"],
            "pause_tx": ["tx_xoff_sent"],
        },
    ),
    "qede": (
        (
            "0: rx_hw_errors rx_crc_errors rx_align_errors rx_carrier_errors brb_discards "
            "no_buff_discards rx_pause_frames tx_pause_frames link_change_count"
        ),
        {
            "crc": ["rx_crc_errors"],
            "discard": ["brb_discards"],
            "missed": ["no_buff_discards"],
            "pause": ["rx_pause_frames"],
            "pause_tx": ["tx_pause_frames"],
        },
    ),
    "r8169": ("rx_errors rx_missed align_errors tx_aborted tx_underrun", {"missed": ["rx_missed"]}),
    "virtio_net": (
        "rx_drops tx_timeouts rx0_packets rx0_drops tx0_tx_timeouts tx1_tx_timeouts",
        {"timeout": ["tx0_tx_timeouts", "tx1_tx_timeouts"]},
    ),
    "veth": ("peer_ifindex rx_queue_0_drops rx_queue_0_xdp_drops", {}),
}


def names_of(listed: str) -> tuple[str, ...]:
    """Split, keeping names with a space ('[0]: rx_discards') together."""
    words = listed.replace(": ", ":\0").split()
    return tuple(word.replace("\0", " ") for word in words)


@pytest.mark.parametrize("driver", CASES)
def test_each_key_is_made_of_the_counters_of_the_port(driver: str) -> None:
    listed, expected = CASES[driver]
    names = names_of(listed)
    found = {key: [names[at] for at in places] for key, places in plan(driver, names).sums}
    assert found == expected


@pytest.mark.parametrize("driver", CASES)
def test_what_is_summed_is_among_the_raw_counters(driver: str) -> None:
    names = names_of(CASES[driver][0])
    found = plan(driver, names)
    raw = {index for _name, index in found.raw}
    assert raw.issuperset(at for _key, places in found.sums for at in places)
    assert all(names[index] == name for name, index in found.raw)


def test_telling_counters_without_a_common_meaning_are_raw_only() -> None:
    found = plan("mlx5_core", ("rx_err_lane_0_phy", "link_down_events_phy", "rx_packets"))
    assert found.sums == ()
    assert [name for name, _index in found.raw] == ["rx_err_lane_0_phy", "link_down_events_phy"]


def test_a_driver_without_counters_has_no_key() -> None:
    assert plan("dummy", ()) == ((), ())


@given(st.text(), st.lists(st.text(max_size=32), max_size=20))
def test_any_names_are_accepted(driver: str, names: list[str]) -> None:
    found = plan(driver, tuple(names))
    assert all(0 <= at < len(names) for _key, places in found.sums for at in places)

# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/incident.md: the incident told with the figures of its replay."""

from __future__ import annotations

from typing import Any

HEAD = """# An incident, replayed

Generated from the replay by `make incident`; do not edit. The figures are those of a public account
of 2017; `tests/fixtures/incident` holds them, and the screens below are read by the same filters
that read a router's.
"""


def page(found: dict[str, Any]) -> str:
    """The page from what build/incident.json holds."""
    sums = found["arithmetic"]
    parts = [
        HEAD,
        _picture(found),
        _capture(found),
        _counters(found, sums["transmit"]),
        _clock(sums["receive_machine"]),
        _verdict(found),
    ]
    return "\n".join(parts)


def _picture(found: dict[str, Any]) -> str:
    packet = found["packet"]
    bond = packet["after"]["bonds"][packet["bond"]]
    member = bond["members"][found["member"]]
    carrier = {True: "up", False: "down"}
    return f"""## The picture

A router of the Vyatta 5600 family, bond `{packet["bond"]}`, two members. The bond has no carrier
(`{"u" if bond["admin_up"] else "A"}/{"u" if bond["carrier"] else "D"}`) although its members do:
`{found["member"]}` is administratively {carrier[member["admin_up"]]}, its carrier is
{carrier[member["carrier"]]}. Nothing in `show interfaces` says why.

`show interfaces bonding {packet["bond"]} slaves` says `yes` and `SYNCHRONIZAT`. That is the highest
bit of the router's own state, cut to twelve characters: ready, and no partner in sync. It says
nothing of the partner, and `yes` says only that the port may join an aggregator.
"""


def _capture(found: dict[str, Any]) -> str:
    packet = found["packet"]
    member = packet["after"]["bonds"][packet["bond"]]["members"][found["member"]]
    ours, theirs = member["actor"]["port_state"], member["partner"]["port_state"]
    return f"""## LACPDUs go both ways, it seems

`tcpdump` on `{found["member"]}` shows both ends talking. The router is in state {ours}; the switch
calls itself {theirs} ({theirs:#04x}), and that octet has DEFAULTED (0x40) in it: the switch has
heard nothing for so long that it forgot its partner. So the direction is known: the switch does not
hear the router, and the router hears the switch.

Whose fault that is the capture does not tell. It sees a frame before the card does. A frame in a
capture of its own host is no proof that it was sent.
"""


def _counters(found: dict[str, Any], sums: dict[str, Any]) -> str:
    packet = found["packet"]
    lines = [
        "| output | received packets | transmitted packets | LACP flags |",
        "|---|---|---|---|",
    ]
    number = 0
    for reading in packet["readings"]:
        row = reading["members"].get(found["member"])
        if row:
            number += 1
            word = row["flags"].replace("*", "\\*")
            lines.append(f"| {number} | {row['rx_packets']} | {row['tx_packets']} | {word} |")
    table = "\n".join(lines)
    received = sums["rx_packets"]
    return f"""## The counters tell

The operator took the members out and put them back, and looked in between. `{found["member"]}`:

{table}

- The transmit counter stands at {sums["tx_packets"]} packets and {sums["tx_bytes"]} bytes in
  {sums["outputs"]} outputs. {sums["outputs_with_another_rx_packets"]} of them show that the receive
  counter moved on: {" -> ".join(str(count) for count in received)} (+{received[-1] - received[0]}).
- When the member came back to life the counter moved by {sums["recovery_tx_bytes"]} bytes and
  {sums["recovery_tx_packets"]} packet: one LACPDU.

A port that is in sync answers each LACPDU that it hears. It heard them, it answered (the capture
shows it), and nothing was counted as sent.
"""


def _clock(sums: dict[str, Any]) -> str:
    return f"""## The clock tells the same

A capture of another day has the beginning of it. All times are of the capture.

| what | when (UTC) |
|---|---|
| last LACPDU of the router that the switch can have heard | {sums["last_delivered"]} |
| the switch says EXPIRED | {sums["expired_at"]} |
| the switch says DEFAULTED | {sums["defaulted_at"]} |

- EXPIRED came {sums["expired_after_s"]:.3f} s after that LACPDU. The long timeout is
  {sums["timeout_s"]:.0f} s (three times 30 s, IEEE 802.1AX 6.4.4).
- DEFAULTED came {sums["defaulted_after_s"]:.3f} s after EXPIRED, which is the short timeout.
- {sums["captured_but_not_delivered"]} LACPDU of the router was captured in those
  {sums["timeout_s"]:.0f} s. It never arrived.
"""


def _verdict(found: dict[str, Any]) -> str:
    verdict = found["verdict"]
    rules = "\n".join(
        f"| {rule['rule']} | {rule['title']} | "
        + "; ".join(one["text"] for one in rule["subjects"] if one["outcome"] == "matched")
        + " |"
        for rule in found["trace"]
    )
    against = "\n".join(f"- {row['text']}" for row in verdict["evidence_against"]) or "- nothing"
    return f"""## The verdict

**{found["headline"]}**

Fault: {found["fault"]}. Member: {found["member"]}. Direction: {found["direction"]}. Confidence:
{found["confidence"]}.

| rule | asks | answer |
|---|---|---|
{rules}

What speaks against it:

{against}

The cure was to take the member out of the bond and put it back, one member at a time. Why that
cures it, and what got stuck, the account does not say. The counters of the hardware would.
"""

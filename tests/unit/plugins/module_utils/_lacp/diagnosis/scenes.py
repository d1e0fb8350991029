# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What goes wrong, and what only looks as if it did, on a bond of two members."""

from __future__ import annotations

from unit.factory import ABSENT

from .scene import SLOW, Scene, log, ours, theirs

DEAF_FAR_END = 69  # DEFAULTED
EXPIRED = 143


def healthy() -> Scene:
    return Scene()


def healthy_slow() -> Scene:
    scene = Scene(seconds=100)
    scene.state = SLOW
    return scene


def asymmetric() -> Scene:
    """We ask for fast, the far end for slow: legal."""
    scene = Scene(seconds=100)
    for name in scene.names:
        number = scene.number(name)
        for second in range(100):
            scene.talk.received(second + 0.1, theirs(number, SLOW), ours(number), member=name)
        for second in (0, 30, 60, 90):
            scene.talk.sent(second, ours(number), theirs(number, SLOW), member=name)
        scene.quiet.add(name)
        scene.after(name, PARTNER_STATE=SLOW)
    return scene


def stale_churn() -> Scene:
    return Scene().after(
        "eno2", CHURN_ACTOR="churned", CHURN_PARTNER="churned", CHURN_ACTOR_COUNT=3
    )


def late_now_and_then() -> Scene:
    """A single PDU that came two seconds late: nobody expired."""
    scene = Scene()
    scene.fine("eno2", 0, 10)
    return scene.fine("eno2", 11.5, 20)


def busy_host() -> Scene:
    """A gap of ours that the far end did not mind."""
    scene = Scene()
    number = scene.number("eno2")
    for second in range(20):
        scene.talk.received(second + 0.1, theirs(number), ours(number), member="eno2")
        if not 5 < second < 9:
            scene.talk.sent(second, ours(number), theirs(number), member="eno2")
    scene.quiet.add("eno2")
    return scene


def one_flow() -> Scene:
    """Under load; one large flow is on one member."""
    scene = Scene()
    statistics = {"rx_packets": 1000, "tx_packets": 1000, "rx_dropped": 0, "tx_dropped": 0}
    for name, packets in (("eno1", 900_000), ("eno2", 20)):
        scene.before(name, STATISTICS=statistics)
        scene.after(name, STATISTICS={**statistics, "tx_packets": 1000 + packets})
    return scene


def egress_dropped() -> Scene:
    """Dropped by tc: the kernel counts attempts, the tap and the device see nothing."""
    scene = Scene(driver="veth")
    scene.speaks("eno2", received=theirs(2, DEAF_FAR_END))
    return scene.grew("eno2", lacpdu_tx=20, tx_packets=0).after(
        "eno2", ACTOR_STATE=15, PARTNER_STATE=69
    )


def transmit_hung() -> Scene:
    """A real NIC: the tap sees what its hardware never sends."""
    scene = Scene()
    scene.speaks("eno2", sent=ours(2, 15), received=theirs(2, DEAF_FAR_END))
    scene.grew("eno2", **{"tx_multicast.nic": 0})
    return scene.after("eno2", ACTOR_STATE=15, PARTNER_STATE=69)


def unheard(driver: str) -> Scene:
    scene = Scene(driver=driver)
    scene.speaks("eno2", sent=ours(2, 15), received=theirs(2, DEAF_FAR_END))
    return scene.after("eno2", ACTOR_STATE=15, PARTNER_STATE=69)


def unheard_by_switch() -> Scene:
    return unheard("veth")


def unheard_for_a_time() -> Scene:
    """A burst in the middle: the far end expired, and heard us again."""
    scene = Scene(driver="veth")
    scene.fine("eno2", 0, 8)
    scene.speaks("eno2", 8, 10, sent=ours(2, 7), received=theirs(2, 0xBF))
    return scene.fine("eno2", 10, 20)


def ingress_dropped() -> Scene:
    """Captured at the tap, and never counted by bonding."""
    scene = Scene()
    scene.speaks("eno2", sent=ours(2, EXPIRED), received=theirs(2))
    return scene.grew("eno2", lacpdu_rx=0).after("eno2", ACTOR_STATE=EXPIRED, PARTNER_STATE=7)


def silent(driver: str) -> Scene:
    scene = Scene(driver=driver)
    scene.fine("eno2", 0, 6)
    scene.speaks("eno2", 6, sent=ours(2, 71))
    return scene.after("eno2", ACTOR_STATE=71, PARTNER_STATE=0, PARTNER_SYSTEM=None)


def silenced_by_switch() -> Scene:
    scene = silent("veth")
    scene.changes["eno2"].pop("PARTNER_SYSTEM")
    return scene


def nobody_there() -> Scene:
    """Never a partner on any member, on real cards."""
    scene = Scene(seconds=40)
    for name in scene.names:
        scene.speaks(name, sent=ours(scene.number(name), 71))
        scene.after(name, ACTOR_STATE=71, PARTNER_STATE=0, PARTNER_SYSTEM=ABSENT)
    return scene


def passive() -> Scene:
    scene = Scene()
    scene.bond["LACP_ACTIVE"] = "off"
    for name in scene.names:
        number = scene.number(name)
        scene.speaks(name, 0, 3, sent=ours(number, 62), received=theirs(number, 62))
        scene.after(name, ACTOR_STATE=62, PARTNER_STATE=62)
    return scene


def carrier_flaps() -> Scene:
    scene = Scene()
    scene.fine("eno2", 0, 5)
    for second in (5, 8):
        scene.talk.link(second, "carrier", "up", "down", "eno2")
        scene.talk.link(second + 1, "carrier", "down", "up", "eno2")
    scene.fine("eno2", 10, 20)
    return scene.after("eno2", CARRIER_CHANGES=5, LINK_FAILURE_COUNT=2).before(
        "eno2", CARRIER_CHANGES=1, LINK_FAILURE_COUNT=0
    )


def unplugged() -> Scene:
    scene = Scene()
    scene.quiet.add("eno2")
    return scene.after("eno2", CARRIER=False, MII_STATUS="down", ACTOR_STATE=63)


def set_down() -> Scene:
    scene = carrier_flaps()
    for second in (5, 8):
        scene.talk.link(second, "admin", "up", "down", "eno2")
        scene.talk.link(second + 1, "admin", "down", "up", "eno2")
    return scene


def crc() -> Scene:
    zero = {"crc": 0, "symbol": 0, "discard": 0, "missed": 0}
    return Scene().before("eno2", ERRORS=zero).after("eno2", ERRORS={**zero, "crc": 417})


def driver_reset() -> Scene:
    scene = carrier_flaps()
    scene.more["kernel_log"] = [
        log(3.5, "ixgbe 0000:3b:00.1 eno2: initiating reset due to tx timeout")
    ]
    return scene


def other_key() -> Scene:
    scene = Scene()
    scene.speaks("eno2", sent=ours(2, 7), received=theirs(2, 7, key=77))
    return scene.after("eno2", PARTNER_KEY=77, AGGREGATOR_ID=2, ACTOR_STATE=7, PARTNER_STATE=7)


def other_switch() -> Scene:
    scene = Scene()
    system = "02:5c:ff:00:00:01"
    scene.speaks("eno2", sent=ours(2, 7), received=theirs(2, 7, system=system))
    return scene.after(
        "eno2", PARTNER_SYSTEM=system, AGGREGATOR_ID=2, ACTOR_STATE=7, PARTNER_STATE=7
    )


def flipping() -> Scene:
    scene = Scene()
    for start in range(0, 20, 5):
        system = "02:5c:00:00:00:0a" if start % 10 else theirs(2).system
        scene.speaks("eno2", start, start + 5, sent=ours(2), received=theirs(2, system=system))
    return scene


def recreated() -> Scene:
    scene = Scene()
    scene.bond_earlier["IFINDEX"] = 9
    scene.more["kernel_log"] = [
        log(5, "bond0: (slave eno2): Releasing backup interface"),
        log(6, "bond0: (slave eno2): Enslaving as a backup interface with an up link"),
    ]
    scene.talk.link(5, "master", "bond0", "none", "eno2")
    scene.talk.link(6, "master", "none", "bond0", "eno2")
    return scene


def new_mac() -> Scene:
    scene = Scene()
    scene.bond_earlier["MAC"] = "02:00:00:00:01:99"
    return scene


def starved() -> Scene:
    """Nothing from us for five seconds, on both members; the far end expired."""
    scene = Scene()
    scene.host["CPU_PRESSURE"] = 88.0
    for name in scene.names:
        number = scene.number(name)
        scene.fine(name, 0, 5)
        scene.speaks(name, 5, 8, received=theirs(number))
        scene.speaks(name, 8, 10, received=theirs(number, 0xBF))
        scene.fine(name, 10, 20)
    return scene


def unmonitored() -> Scene:
    scene = Scene()
    scene.bond["MIIMON"] = 0
    return scene


def other_speed() -> Scene:
    scene = Scene()
    scene.speaks("eno2", sent=ours(2, 7, key=9), received=theirs(2, 7))
    return scene.after("eno2", ACTOR_KEY=9, AGGREGATOR_ID=2, ACTOR_STATE=7, PARTNER_STATE=7)


def drops() -> Scene:
    scene = Scene()
    scene.host_earlier.update(TCP_RETRANSMITTED=0, TCP_SENT=100)
    scene.host.update(TCP_RETRANSMITTED=900, TCP_SENT=20_100)
    return scene

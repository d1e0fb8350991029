# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The picture of a window: well-formed, safe to open, and bounded."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings, strategies as st

from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.timeline import timeline
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.timeline_svg import escape

from .talk import Talk
from .wire import NOBODY, THEIRS, Port

SVG = "{http://www.w3.org/2000/svg}"
EXPIRED = Port(THEIRS.system, THEIRS.port, 0x8F, THEIRS.key)
DEFAULTED = Port(THEIRS.system, THEIRS.port, 0x47, THEIRS.key)


def drawn(talk: Talk, end: float, members: tuple[str, ...] = ()) -> ET.Element:
    picture = timeline(talk.analysis(end, members), "bond0 <on> h1")
    return ET.fromstring(picture)  # noqa: S314 - our own text


def texts(picture: ET.Element) -> list[str]:
    return [node.text or "" for node in picture.iter(f"{SVG}text")]


def fault() -> Talk:
    """eno1: the far end does not hear us from 10 s on; eno2: it is silent from 30 s to 36 s."""
    talk = Talk()
    for second in range(60):
        talk.sent(second, member="eno2")
        if not 30 <= second < 36:
            talk.received(second + 0.4, member="eno2")
        talk.sent(second)
        if second < 13:
            talk.received(second + 0.4)
        else:
            talk.received(second + 0.4, EXPIRED if second < 16 else DEFAULTED, NOBODY)
    talk.link(30.5, "carrier", "up", "down", "eno2")
    talk.log(30.4, 'NIC Link is Down <script>alert("1")</script>')
    return talk


def test_what_the_picture_says() -> None:
    words = " ".join(texts(drawn(fault(), 60, ("eno1", "eno2", "eno3"))))
    for expected in (
        "bond0 <on> h1",
        "sent: 60 LACPDUs",
        "received: 54 LACPDUs",
        "every 1000 ms, asked for 1000 ms",
        "forwarding 63",
        "defaulted 71",
        "no slow-protocol frame in either direction",
        "the far end set EXPIRED: no PDU of ours came in time",
        "eno1 first: from 22:13:31.000 on the far end did not hear what we sent; 2 of 3 members",
        "carrier lost: eno2 once; left the LAG: eno1 received 2 times",
        "meanwhile: eno2: carrier up -> down; NIC Link is Down <script>",
        "22:13:50.400 kernel log: NIC Link is Down <script>",
        "EXPIRED says that nothing was heard after 22:13:30.400; 3 PDUs captured after that",
        "eno2 sent: proven: the far end describes us as its partner",
    ):
        assert expected in words


def test_every_pdu_and_state_is_where_its_time_is() -> None:
    picture = drawn(fault(), 60)
    paths = [node.get("d") or "" for node in picture.iter(f"{SVG}path")]
    strokes = [len(path.split("M")) - 1 for path in paths]
    assert strokes == [60, 60, 54, 60]
    fills = [node.get("fill") for node in picture.iter(f"{SVG}rect")]
    assert fills.count("#ffd7d5") == 2  # the key, and the gap over 3 periods
    assert fills.count("#e8dcff") == 2  # the key, and what was not heard


def test_nothing_can_run_and_nothing_is_fetched() -> None:
    picture = timeline(fault().analysis(60), "t")
    root = ET.fromstring(picture)  # noqa: S314 - our own text
    names = {node.tag.removeprefix(SVG) for node in root.iter()}
    assert names == {"svg", "title", "rect", "text", "line", "path", "circle"}
    attributes = {name for node in root.iter() for name in node.attrib}
    assert not {name for name in attributes if name.startswith("on") or "href" in name}
    assert "style" not in attributes
    assert "<script" not in picture


def test_an_empty_window() -> None:
    assert texts(drawn(Talk(), 60)) == ["bond0 <on> h1: nothing was seen"]


def test_a_storm_is_a_small_picture() -> None:
    talk = Talk()
    for number in range(4000):
        talk.received(number / 100, Port(THEIRS.system, number % 50, number % 256))
        talk.link(number / 100, "carrier", "up", "down")
        talk.log(number / 100, "again " * 50)
    assert len(timeline(talk.analysis(40), "storm")) < 600_000


@pytest.mark.parametrize("seconds", [0.01, 1, 7, 60, 3600, 86_400, 3_000_000])
def test_the_axis_has_a_handful_of_ticks(seconds: float) -> None:
    talk = Talk()
    talk.sent(0)
    talk.sent(seconds)
    lines = [
        node for node in drawn(talk, seconds).iter(f"{SVG}line") if node.get("stroke") == "#d8dee4"
    ]
    assert 2 <= len(lines) <= 10


@given(st.text())
def test_any_text_is_well_formed(text: str) -> None:
    ET.fromstring(f"<t>{escape(text)}</t>")  # noqa: S314 - what is tested


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255), st.booleans())), st.text())
def test_any_window_can_be_drawn(said: list[tuple[int, int, bool]], title: str) -> None:
    talk = Talk()
    for at, state, ours in said:
        (talk.sent if ours else talk.received)(at / 10, Port(state=state), Port(state=state))
    ET.fromstring(timeline(talk.analysis(), title))  # noqa: S314 - our own text


def test_the_kernel_tells_of_a_port_that_sent_nothing() -> None:
    talk = Talk()
    talk.received(1)
    talk.link(4, "actor_state", "63", "143")
    words = "\n".join(texts(drawn(talk, 10)))
    assert "eno1 sent: we set EXPIRED" in words

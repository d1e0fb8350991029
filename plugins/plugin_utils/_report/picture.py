# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A bond as an SVG picture: members, aggregators, partners, and what each side hears.

Units are those of the view box, 400 wide so that the words stay readable on a phone.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from ...module_utils._lacp import bond_fields as bf, member_fields as mf
from .link import typed
from .markup import Safe, join, tag
from .text import cut, natural
from .vendor import vendor_of

if TYPE_CHECKING:
    from .digest import BondDigest
    from .link import Link, Told

WIDTH = 400
ROW = 54
HEAD = 36
GAP = 10
PORT = 118  # width of a port's box
EDGE = 8  # from the picture's edge to a box
LEFT = EDGE + PORT
RIGHT = WIDTH - EDGE - PORT


def picture(bond: BondDigest) -> Safe:
    """The picture of a bond with its members in groups of one aggregator and one partner."""
    if not bond.links:
        return tag("p", "This bond has no members.", class_="quiet")
    links = sorted(bond.links, key=lambda link: (_group_key(link), natural(link.name)))
    parts: list[Safe] = []
    top = 2
    active = typed(bond.record, bf.AGGREGATOR_ID, int)
    for _key, found in groupby(links, key=_group_key):
        group = list(found)
        parts.append(_group(group, top, active))
        top += HEAD + ROW * len(group) + GAP
    return tag(
        "svg",
        tag("title", _words(bond)),
        *parts,
        class_="picture",
        viewBox=f"0 0 {WIDTH} {top - GAP + 4}",
        role="img",
    )


def speed_words(link: Link) -> str:
    """'25 Gbit/s', '100 Mbit/s', or that nobody knows."""
    mbps = link.typed(mf.SPEED, int) or link.typed(mf.BONDING_SPEED, int)
    if mbps is None or mbps <= 0:
        return "speed unknown"
    return f"{mbps / 1000:g} Gbit/s" if mbps >= 1000 else f"{mbps} Mbit/s"


def hearing_words(heard: Told) -> str:
    """Whether an end hears the other, in a word."""
    return {True: "yes", False: "no", None: "unknown"}[heard]


def _words(bond: BondDigest) -> str:
    told = [f"{link.name} {link.condition.words}" for link in bond.links]
    return f"{bond.name}: {', '.join(told)}"


def _group_key(link: Link) -> tuple[int, str, int]:
    return (
        _known(link.typed(mf.AGGREGATOR_ID, int)),
        link.typed(mf.PARTNER_SYSTEM, str) or ("" if link.silent else "?"),
        _known(link.typed(mf.PARTNER_KEY, int)),
    )


def _known(number: int | None) -> int:
    return 1 << 30 if number is None else number


def _group(links: list[Link], top: int, active: int | None) -> Safe:
    first = links[0]
    height = HEAD + ROW * len(links) - 4
    aggregator = first.typed(mf.AGGREGATOR_ID, int)
    role = "" if aggregator is None else "active" if aggregator == active else "not active"
    name = "no aggregator known" if aggregator is None else f"aggregator {aggregator}"
    return join(
        [
            _box(0, top, LEFT + EDGE, height, "frame" + (" active" if role == "active" else "")),
            _text(EDGE, top + 15, name, "strong"),
            _text(EDGE, top + 28, role or "state not readable", "small"),
            *_partner(first, top, height),
            *(_row(link, top + HEAD + ROW * index) for index, link in enumerate(links)),
        ]
    )


def _partner(link: Link, top: int, height: int) -> list[Safe | None]:
    x = RIGHT - EDGE
    system = link.typed(mf.PARTNER_SYSTEM, str)
    if system is None:
        words = (
            ("silent", "no partner heard") if link.silent else ("partner unknown", "not readable")
        )
        return [
            _box(x, top, PORT + 2 * EDGE, height, "frame void"),
            _text(RIGHT, top + 15, words[0], "strong"),
            _text(RIGHT, top + 28, words[1], "small"),
        ]
    key = link.typed(mf.PARTNER_KEY, int)
    vendor = vendor_of(system).short
    told = [vendor, "key unknown" if key is None else f"key {key}"]
    return [
        _box(x, top, PORT + 2 * EDGE, height, "frame partner"),
        _text(RIGHT, top + 15, cut(system, 17), "mono"),
        _text(RIGHT, top + 28, cut(", ".join(filter(None, told)), 22), "small"),
    ]


def _row(link: Link, top: int) -> Safe:
    tone = link.condition.tone
    port = link.typed(mf.PARTNER_PORT, int)
    theirs = "port unknown" if port is None or link.silent else f"port {port}"
    stale = port is not None and not link.silent and link.hears is False
    heard = "last heard" if stale else {True: "hears us", False: "deaf to us", None: ""}[link.heard]
    middle = (LEFT + RIGHT) // 2
    return tag(
        "g",
        _box(EDGE, top, PORT, ROW - 12, "port"),
        tag("rect", x=EDGE, y=top, width=4, height=ROW - 12, rx=2, class_="stripe"),
        _text(EDGE + 11, top + 17, cut(link.name, 15), "strong"),
        _text(EDGE + 11, top + 33, speed_words(link), "small"),
        _box(RIGHT, top, PORT, ROW - 12, "port"),
        _text(RIGHT + 9, top + 17, theirs, "strong" if port is not None else "small"),
        _text(RIGHT + 9, top + 33, heard, "small"),
        _wire(top + 14, link.heard, to_partner=True, up=link.up),
        _wire(top + 26, link.hears, to_partner=False, up=link.up),
        _text(middle, top + 43, cut(link.condition.words, 24), "verdict"),
        class_=f"link {tone}",
    )


def _wire(y: int, heard: Told, *, to_partner: bool, up: Told) -> Safe:
    """An arrow towards the side that listens; cut in the middle where nothing is heard."""
    start, end = LEFT + 4, RIGHT - 4
    middle = (start + end) // 2
    tip, step = (end, -6) if to_partner else (start, 6)
    head = f"M{tip} {y}l{step} -4v8z"
    if up is False:
        return tag(
            "path", d=f"M{start} {y}H{middle - 8}M{middle + 8} {y}H{end}", class_="wire dead"
        )
    told = {True: "heard", False: "deaf", None: "unsure"}[heard]
    line = f"M{start} {y}H{end}"
    if heard is False:
        line = (
            f"M{start} {y}H{middle - 7}M{middle + 7} {y}H{end}M{middle - 4} {y - 4}l8 8m0 -8l-8 8"
        )
    return join(
        [
            tag("path", d=line, class_=f"wire {told}"),
            tag("path", d=head, class_=f"head {told}"),
        ]
    )


def _box(x: int, y: int, width: int, height: int, class_: str) -> Safe:
    return tag("rect", x=x, y=y, width=width, height=height, rx=6, class_=class_)


def _text(x: int, y: int, words: str, class_: str) -> Safe | None:
    return tag("text", words, x=x, y=y, class_=class_) if words else None

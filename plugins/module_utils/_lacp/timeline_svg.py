# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SVG elements as text: presentation attributes only, so that no content policy can object."""

from __future__ import annotations

from typing import Union

Number = Union[int, float]

_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}
FONT = "system-ui, sans-serif"


def escape(text: str) -> str:
    """Text for content or attributes: markup escaped, what XML 1.0 cannot hold replaced."""
    return "".join(_ESCAPES.get(char) or _as_xml(char) for char in text)


def _as_xml(char: str) -> str:
    """XML 1.0, production 2."""
    code = ord(char)
    is_xml = 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code > 0xFFFF
    return char if is_xml or char in "\t\n\r" else "\ufffd"


def number(value: Number) -> str:
    """A coordinate, to a tenth of a pixel."""
    return f"{value:.1f}".rstrip("0").rstrip(".")


def element(name: str, content: str = "", **attributes: Number | str) -> str:
    """An element; content is markup already. An underscore in a name stands for a hyphen."""
    words = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
    )
    return f"<{name}{words}>{content}</{name}>" if content else f"<{name}{words}/>"


def _value(value: Number | str) -> str:
    return escape(value) if isinstance(value, str) else number(value)


def text(
    x: Number,
    y: Number,
    words: str,
    *,
    size: int = 12,
    fill: str = "#1b1f24",
    anchor: str = "start",
    weight: str = "normal",
) -> str:
    """A line of text with its baseline at y."""
    return element(
        "text",
        escape(words),
        x=x,
        y=y,
        font_size=size,
        fill=fill,
        text_anchor=anchor,
        font_weight=weight,
        font_family=FONT,
    )


def box(x: Number, y: Number, width: Number, height: Number, fill: str, title: str = "") -> str:
    """A filled rectangle, at least a pixel wide, with a tooltip."""
    tip = element("title", escape(title)) if title else ""
    return element("rect", tip, x=x, y=y, width=max(width, 1), height=height, fill=fill)


def document(width: Number, height: Number, title: str, parts: list[str]) -> str:
    """A whole SVG document on white."""
    head = [element("title", escape(title)), box(0, 0, width, height, "#ffffff")]
    return element(
        "svg",
        "\n".join([*head, *parts]),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {number(width)} {number(height)}",
        width=width,
        height=height,
        role="img",
    )

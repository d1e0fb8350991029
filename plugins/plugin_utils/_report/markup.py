# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTML and SVG built from values, everything escaped unless it was built here."""

from __future__ import annotations

from html import escape as html_escape
from typing import TYPE_CHECKING

from .text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

_VOID = frozenset({"meta", "link", "br", "input", "path", "rect", "circle", "line"})
# Elements that load, run or post something; a report needs none of them.
_BARRED = frozenset({"iframe", "object", "embed", "base", "form", "img", "image", "foreignobject"})


class Safe(str):
    """Text that is markup already, because tag() or raw() made it."""

    __slots__ = ()


def escape(value: object) -> Safe:
    """Markup that shows the value, whatever it holds."""
    if isinstance(value, Safe):
        return value
    return Safe(html_escape(printable(value), quote=True))


def raw(text: str) -> Safe:
    """The text as it stands: only for files that ship with the collection."""
    return Safe(text)


def join(parts: Iterable[object]) -> Safe:
    """The parts one after the other, each escaped where needed; None is nothing."""
    return Safe("".join(escape(part) for part in parts if part is not None))


def tag(name: str, *children: object, **attributes: object) -> Safe:
    """An element; attribute names: class_ is class, data_host is data-host.

    None and False leave an attribute out, True writes its name only. ValueError for what could act:
    event handlers, style attributes, links that leave the page, elements that load something.
    """
    if name.lower() in _BARRED:
        raise ValueError(f"<{name}>: has no place in a report")
    opening = f"<{name}{''.join(_attribute(*pair) for pair in attributes.items())}>"
    if name in _VOID and not children:
        return Safe(opening if name in ("meta", "link", "br", "input") else f"{opening[:-1]}/>")
    return Safe(f"{opening}{join(children)}</{name}>")


def _attribute(name: str, value: object) -> str:
    if value is None or value is False:
        return ""
    name = name.rstrip("_").replace("_", "-")
    if name.lower().startswith("on") or name == "style":
        raise ValueError(f"attribute {name}: has no place in a report")
    if name in ("href", "src", "action") and not str(value).startswith("#"):
        raise ValueError(f"attribute {name}: {value!r} leaves the page")
    return f" {name}" if value is True else f' {name}="{escape(value)}"'

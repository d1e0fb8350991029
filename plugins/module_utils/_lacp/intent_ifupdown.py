# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""/etc/network/interfaces of ifupdown and ifupdown2, with what it sources: interfaces(5)."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from .config_places import INTERFACES
from .ifupdown_files import MOST_FILES, sourced
from .intent_options import Intent, mac, nothing, number, option
from .managers import Hidden, interfaces, readable

if TYPE_CHECKING:
    from .snapshot import Snapshot

_GENERATIONS = 8
_COMMANDS = ("pre-up", "up", "post-up")
_PASSIVE = (
    "bond_give_a_chance",
    "bond_queue_id",
    "bond_lacp_bypass_allow",
    "bond_lacp_bypass_period",
)


class Stanza(NamedTuple):
    """A line that begins a block, with the lines of the block: keyword, words, (option, value)."""

    keyword: str
    words: tuple[str, ...]
    options: tuple[tuple[str, str], ...]


@lru_cache(maxsize=64)  # one text serves every bond
def stanzas(text: str) -> tuple[Stanza, ...]:
    """Split a file; never raises."""
    found: list[tuple[str, tuple[str, ...], list[tuple[str, str]]]] = []
    for line in text.replace("\\\n", " ").splitlines():
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if words[0] in ("iface", "mapping", "vlan", "template") or _alone(words[0]):
            found.append((words[0], tuple(words[1:]), []))
        elif found and not _alone(found[-1][0]):
            found[-1][2].append((words[0], " ".join(words[1:])))
    return tuple(Stanza(keyword, words, tuple(options)) for keyword, words, options in found)


def _alone(keyword: str) -> bool:
    """Whether a keyword makes a stanza of one line."""
    return keyword.startswith(("auto", "allow-", "source", "no-", "rename"))


def intent(snapshot: Snapshot, name: str) -> Intent | None:
    """What the files want of a bond; None if they do not name it. Hidden if one is unreadable."""
    texts = _texts(snapshot)
    every = [stanza for text in texts.values() for stanza in stanzas(text)]
    blocks = _blocks(every)
    mine = _inherited(name, blocks)
    ports = [port for port in blocks if _get(blocks[port], "bond_master") == name]
    if name not in blocks and not ports:
        return None
    found = nothing()
    for key, value in mine:
        _apply(key, value, found, snapshot)
    found.members.extend(port for port in ports if port not in found.members)
    _addresses(mine, found)
    found.files.extend(
        path
        for path, text in texts.items()
        if any(_concerns(stanza, name, ports) for stanza in stanzas(text))
    )
    return found._replace(at_boot=any(_starts(stanza, (name, *ports)) for stanza in every))


def _texts(snapshot: Snapshot) -> dict[str, str]:
    """All files by path, in the order in which they are first named."""
    texts: dict[str, str] = {}
    todo = [INTERFACES]
    while todo:
        if len(texts) >= MOST_FILES:
            raise Hidden(f"{INTERFACES}: it names more than {MOST_FILES} files")
        path = todo.pop(0)
        if path in texts:
            continue
        text = readable(snapshot, path)
        if text is not None:
            texts[path] = text
            todo.extend(sourced(path, text, lambda place: snapshot.folders.get(place, ())))
    return texts


def _blocks(every: list[Stanza]) -> dict[str, list[tuple[str, str]]]:
    """Options by interface; the stanzas of one interface (inet, inet6) are taken together."""
    blocks: dict[str, list[tuple[str, str]]] = {}
    for stanza in every:
        if stanza.keyword in ("iface", "template", "vlan") and stanza.words:
            options = blocks.setdefault(stanza.words[0], [])
            if "inherits" in stanza.words[:-1]:
                parent = stanza.words[stanza.words.index("inherits") + 1]
                options.append(("inherits", parent))
            options.extend((_spelt(key), value) for key, value in stanza.options)
    return blocks


def _inherited(
    name: str, blocks: dict[str, list[tuple[str, str]]], heirs: tuple[str, ...] = ()
) -> list[tuple[str, str]]:
    """The options of an interface behind those that it inherits."""
    own = blocks.get(name, [])
    heirs = (*heirs, name)
    parents = [parent for key, parent in own if key == "inherits" and parent not in heirs]
    if len(heirs) > _GENERATIONS:
        return own
    return [pair for parent in parents for pair in _inherited(parent, blocks, heirs)] + own


def _spelt(key: str) -> str:
    """bond-mode and bond_mode are one option; bond-slaves was once slaves."""
    key = key.lower()
    if key.startswith("bond-"):
        key = key.replace("-", "_")
    return "bond_slaves" if key == "slaves" else key


def _get(options: list[tuple[str, str]], wanted: str) -> str:
    return next((value for key, value in reversed(options) if key == wanted), "")


def _apply(key: str, value: str, found: Intent, snapshot: Snapshot) -> None:
    if key == "mtu":
        size = number(value)
        if size is not None:
            found.settings["mtu"] = size
    elif key == "hwaddress":
        address = mac(value.rsplit(maxsplit=1)[-1]) if value else None
        if address:
            found.settings["mac"] = address
    elif key == "bond_slaves":
        found.members.extend(_slaves(value, found, snapshot))
    elif key.startswith("bond_") and key not in _PASSIVE:
        understood = option(key[5:], value)
        if understood:
            _set(found, *understood)
        else:
            found.unrecognised.append(f"{key} {value}")
    elif key in _COMMANDS:
        found.unrecognised.append(f"{key} {value}")


def _set(found: Intent, path: str, value: object) -> None:
    """ARP targets may stand on lines of their own."""
    old = found.settings.get(path)
    found.settings[path] = (
        old + value if isinstance(old, list) and isinstance(value, list) else value
    )


def _slaves(value: str, found: Intent, snapshot: Snapshot) -> list[str]:
    """Names; none; or, in ifupdown2, 'glob swp[1-4] swp5-6' and 'regex ...'."""
    words = value.split()
    if words[:1] == ["regex"]:
        found.unrecognised.append(f"bond_slaves {value}")
        return []
    if words[:1] == ["glob"]:
        return [name for word in words[1:] for name in _range(word)]
    if words in (["none"], ["all"]):
        return []
    return [
        name
        for word in words
        for name in (
            [known for known in interfaces(snapshot) if fnmatchcase(known, word)]
            if any(sign in word for sign in "*?")
            else [word]
        )
    ]


def _range(word: str) -> list[str]:
    """swp[1-4]s0 and swp1-4 of ifupdown2; any other word stands for itself."""
    before, opened, rest = word.partition("[")
    inside, closed, after = rest.partition("]")
    if not opened or not closed:
        base = word[: max(word.rfind("-"), 0)].rstrip("0123456789")
        before, inside, after = base, word[len(base) :], ""
    first, dash, last = inside.partition("-")
    low, high = number(first), number(last)
    if not dash or low is None or high is None or high - low > MOST_FILES:
        return [word]
    return [f"{before}{index}{after}" for index in range(low, high + 1)]


def _addresses(options: list[tuple[str, str]], found: Intent) -> None:
    """Address lines, with the prefix length that an old netmask line gives."""
    for index, (key, value) in enumerate(options):
        if key == "address" and value:
            address = value.partition(" ")[0]
            mask = next((v for k, v in options[index + 1 : index + 4] if k == "netmask"), "")
            length = _prefix(mask)
            whole = address if "/" in address or length is None else f"{address}/{length}"
            if whole not in found.addresses:
                found.addresses.append(whole)


def _prefix(mask: str) -> int | None:
    length = number(mask)
    if length is not None:
        return length
    parts = [number(part) for part in mask.split(".")]
    if len(parts) != 4:
        return None
    bits = "".join(f"{part or 0:08b}" for part in parts)
    return bits.count("1") if "01" not in bits else None


def _concerns(stanza: Stanza, name: str, ports: list[str]) -> bool:
    return stanza.keyword == "iface" and bool(stanza.words) and stanza.words[0] in (name, *ports)


def _starts(stanza: Stanza, names: tuple[str, ...]) -> bool:
    """Whether a line brings one of the interfaces up at boot, or when its device appears."""
    if stanza.keyword not in ("auto", "allow-auto", "allow-hotplug"):
        return False
    return any(
        fnmatchcase(name, word.lstrip("/").partition("=")[0])
        if word.startswith("/")
        else name == word
        for name in names
        for word in stanza.words
    )

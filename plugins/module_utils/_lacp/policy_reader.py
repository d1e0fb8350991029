# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads a policy as inventory gives it: every key, type and value checked, errors with a cure."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from typing import Any, Callable, NoReturn

from .policy import OFF, Policy, PolicyError
from .rule import SEVERITIES
from .waiver import Waiver

NAME = "bond_audit_policy"
# Rules over the whole fleet run on the controller, which checks their names.
FLEET_PREFIX = "fleet-"


def read_policy(data: object, rule_ids: Container[str]) -> Policy:
    """Check a policy; PolicyError where it cannot be understood. See policy.parse_policy."""
    sections = ("expect", "bonds", "rules", "waivers")
    known = _section(data, NAME, sections)
    bonds = _map(known.get("bonds"), f"{NAME}.bonds")
    rules = _map(known.get("rules"), f"{NAME}.rules")
    return Policy(
        _expectations(known.get("expect"), f"{NAME}.expect"),
        {str(b): _expectations(part, f"{NAME}.bonds.{b}") for b, part in bonds.items()},
        dict(
            pair
            for rule, state in rules.items()
            for pair in _severity(rule, state, f"{NAME}.rules", rule_ids)
        ),
        tuple(
            _waiver(item, f"{NAME}.waivers[{number}]", rule_ids)
            for number, item in enumerate(_list(known.get("waivers"), f"{NAME}.waivers"))
        ),
    )


def _expectations(data: object, place: str) -> dict[str, Any]:
    expectations: dict[str, Any] = {}
    for key, value in _section(data, place, EXPECTATIONS).items():
        expected, read = EXPECTATIONS[key]
        expectations[key] = checked = None if value is None else read(value)
        if checked is None and value is not None:
            _fail(f"{place}.{key}", expected, value)
    return expectations


def _severity(
    rule: object, state: object, place: str, rule_ids: Container[str]
) -> Iterable[tuple[str, str]]:
    """Yield (rule, severity or 'off'); nothing for a rule that is merely left on."""
    rule = _rule_id(rule, place, rule_ids)
    place = f"{place}.{rule}"
    if isinstance(state, Mapping):
        state = _section(state, place, ("enabled", "severity"))
        enabled = _switch(state.get("enabled", True))
        if enabled is None:
            _fail(f"{place}.enabled", "true or false", state["enabled"])
        state = state.get("severity", True) if enabled == "on" else OFF
    if state is False:  # YAML reads a bare off as false
        state = OFF
    if state in SEVERITIES or state == OFF:
        yield rule, state
    elif state is not True and state != "on":
        _fail(place, f"off, on, {', '.join(SEVERITIES)}, or a map of severity and enabled", state)


def _waiver(data: object, place: str, rule_ids: Container[str]) -> Waiver:
    part = _section(data, place, ("rule", "subject", "host", "reason", "until"))
    rule = _rule_id(part.get("rule"), f"{place}.rule", rule_ids)
    texts = {}
    for key, otherwise in (("reason", ""), ("subject", "*"), ("host", "*")):
        text = part.get(key, otherwise)
        if not isinstance(text, str) or not text.strip():
            _fail(f"{place}.{key}", "a text (why it is waived, for a reviewer)", text)
        texts[key] = text.strip()
    until = _date(part.get("until"))
    if until is None:
        _fail(f"{place}.until", "the last day it holds, such as 2027-01-31", part.get("until"))
    return Waiver(rule, texts["reason"], until, texts["subject"], texts["host"])


def _rule_id(rule: object, place: str, rule_ids: Container[str]) -> str:
    if not isinstance(rule, str):
        _fail(place, "the id of a rule", rule)
    if rule not in rule_ids and not rule.startswith(FLEET_PREFIX):
        known = list(rule_ids) if isinstance(rule_ids, Iterable) else []
        raise PolicyError(
            f"{place}: there is no rule {rule!r}{_nearest(rule, known)}; "
            "docs/rules.md lists the rules"
        )
    return rule


def _section(data: object, place: str, keys: Iterable[str]) -> Mapping[str, Any]:
    part = _map(data, place)
    for key in part:
        if key not in keys:
            raise PolicyError(
                f"{place}: unknown key {key!r}{_nearest(str(key), list(keys))}; "
                f"the keys are {', '.join(keys)}"
            )
    return part


def _map(data: object, place: str) -> Mapping[Any, Any]:
    if data is None:
        return {}
    if not isinstance(data, Mapping):
        _fail(place, "a map of keys and values", data)
    return data


def _list(data: object, place: str) -> list[Any]:
    if data is None:
        return []
    if not isinstance(data, (list, tuple)):
        _fail(place, "a list", data)
    return list(data)


def _fail(place: str, expected: str, value: object) -> NoReturn:
    kind = "nothing" if value is None else f"{value!r} ({type(value).__name__})"
    raise PolicyError(f"{place}: expected {expected}, got {kind}")


def _nearest(word: str, words: list[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415  only an error needs it

    close = get_close_matches(word, words, n=1)
    return f", did you mean {close[0]!r}?" if close else ""


def _date(value: object) -> str | None:
    from datetime import date  # noqa: PLC0415  only policies with waivers need it

    text = value.isoformat()[:10] if isinstance(value, date) else value
    if not isinstance(text, str) or len(text) != len("2027-01-31"):
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None


# Each reader returns the value in its plain form, or None if it is not what is expected.


def _int(low: int, high: int) -> Callable[[object], int | None]:
    def read(value: object) -> int | None:
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        return None

    return read


def _choice(*names: str) -> Callable[[Any], str | None]:
    return lambda value: value if isinstance(value, str) and value in names else None


def _switch(value: object) -> str | None:
    """on or off; YAML reads the bare words as booleans."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return value if value in ("on", "off") else None


def _words(value: object) -> list[str] | None:
    if isinstance(value, list) and value and all(isinstance(v, str) and v for v in value):
        return list(value)
    return None


def _members(value: object) -> int | list[str] | None:
    return _words(value) or _int(1, 4096)(value)


def _numbers(low: int, high: int) -> Callable[[object], list[int] | None]:
    number = _int(low, high)

    def read(value: object) -> list[int] | None:
        if isinstance(value, list) and all(number(v) is not None for v in value):
            return sorted(value)
        return None

    return read


def _mac(value: str) -> str | None:
    digits = "".join(c for c in value.lower() if c not in ":-.")
    if len(digits) != 12 or any(c not in "0123456789abcdef" for c in digits):
        return None
    return ":".join(digits[i : i + 2] for i in range(0, 12, 2))


def _macs(value: object) -> list[str] | None:
    macs = [_mac(word) for word in _words(value) or ()]
    return None if None in macs or not macs else [mac for mac in macs if mac]


def _features(value: object) -> dict[str, bool] | None:
    if not isinstance(value, Mapping) or not value:
        return None
    read = {name: _switch(state) for name, state in value.items() if isinstance(name, str)}
    if None in read.values() or len(read) != len(value):
        return None
    return {name: state == "on" for name, state in read.items()}


def _firmware(value: object) -> dict[str, list[str]] | None:
    if not isinstance(value, Mapping) or not value:
        return None
    read = {name: _words(allowed) for name, allowed in value.items() if isinstance(name, str)}
    if None in read.values() or len(read) != len(value):
        return None
    return {name: allowed for name, allowed in read.items() if allowed}


HASH_POLICIES = ("layer2", "layer3+4", "layer2+3", "encap2+3", "encap3+4", "vlan+srcmac")
AD_SELECTS = ("stable", "bandwidth", "count", "actor_port_prio")

# Key -> what is expected, in words, and the reader. The rule of a key is 'policy-' and the key.
EXPECTATIONS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "mtu": ("a number of bytes from 68 to 65535", _int(68, 65535)),
    "lacp_rate": ("slow or fast", _choice("slow", "fast")),
    "lacp_active": ("on or off", _switch),
    "xmit_hash_policy": (f"one of {', '.join(HASH_POLICIES)}", _choice(*HASH_POLICIES)),
    "miimon": ("milliseconds, 0 or more", _int(0, 2**31 - 1)),
    "updelay": ("milliseconds, 0 or more", _int(0, 2**31 - 1)),
    "downdelay": ("milliseconds, 0 or more", _int(0, 2**31 - 1)),
    "min_links": ("a number of links, 0 or more", _int(0, 2**31 - 1)),
    "ad_select": (f"one of {', '.join(AD_SELECTS)}", _choice(*AD_SELECTS)),
    "members": ("a number of members, or a list of their names", _members),
    "speed_mbps": ("a speed of each member in Mbit/s, such as 25000", _int(1, 10**7)),
    "duplex": ("full or half", _choice("full", "half")),
    "features": ("a map of offload features to true or false", _features),
    "drivers": ("a list of driver names", _words),
    "firmware": ("a map of driver names to lists of allowed versions or globs", _firmware),
    "partner_systems": (
        "a list of MAC addresses, each in quotes (YAML reads a bare 10:20:30:40:50:10 as a number)",
        _macs,
    ),
    "partner_keys": ("a list of keys from 0 to 65535", _numbers(0, 65535)),
    "vlans": ("a list of VLAN ids from 1 to 4094", _numbers(1, 4094)),
}

# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The hosts of the page: a picture of each bond, what was found, what could not be known."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from ...module_utils._lacp import bond_fields as bf, host_fields as hf, member_fields as mf
from ...module_utils._lacp.fact import Absent, Known
from ...module_utils._lacp.port_state import words
from ...module_utils._lacp.rule import NOT_EVALUABLE, SEVERITIES
from .fleet import DISABLED, OUTCOMES
from .markup import Safe, join, tag
from .page_findings import badge
from .picture import hearing_words, picture, speed_words
from .stable import as_text
from .text import count
from .vendor import vendor_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...module_utils._lacp.fact import Field
    from ...module_utils._lacp.record import Record
    from .digest import BondDigest, HostDigest
    from .link import Link


def host_card(host: HostDigest, anchor: str, *, unfold: bool) -> Safe:
    """The card of a host; its first line is what a table would say."""
    return tag(
        "details",
        tag("summary", *_summary(host)),
        *_body(host),
        id_=anchor,
        class_=f"host {_tone(host)}",
        open=unfold,
        data_host=host.name,
        data_groups=" ".join(host.groups),
        data_severity=" ".join(dict.fromkeys(f.severity for f in host.failed)),
        data_rule=" ".join(dict.fromkeys(finding.rule for finding in host.findings)),
    )


def _tone(host: HostDigest) -> str:
    if not host.audited:
        return "error"
    found = host.severities
    worst = next((severity for severity in SEVERITIES if found[severity]), None)
    return worst or ("unknown" if host.unsure or not host.links else "good")


def _summary(host: HostDigest) -> Iterator[Safe]:
    yield tag("span", host.name, class_="title")
    if not host.audited:
        yield badge(host.status)
        return
    found = host.severities
    for severity in SEVERITIES:
        if found[severity]:
            yield tag("span", count(found[severity], severity), class_=f"badge {severity}")
    if not host.failed:
        yield tag("span", "nothing found", class_="badge good")
    yield tag("span", *_facts_line(host), class_="where")


def _facts_line(host: HostDigest) -> Iterator[object]:
    if not host.links:
        yield "no member of an 802.3ad bond"
        return
    yield f"{host.forwarding} of {count(len(host.links), 'member')} forwarding"
    if host.unsure:
        yield f", {host.unsure} unknown"


def _body(host: HostDigest) -> Iterator[Safe | None]:
    if not host.audited:
        yield tag("p", f"This host was not audited: {host.trouble}")
        return
    yield tag("p", _about(host), class_="quiet about")
    if not host.bonds:
        yield tag("p", "This host has no bond.")
    pictures = tag("div", *(_bond(bond) for bond in host.bonds), class_="bonds")
    words = tag("div", _found(host), _outcomes(host), _problems(host), class_="words")
    yield tag("div", pictures, words, class_="halves" if len(host.bonds) == 1 else None)


def _problems(host: HostDigest) -> Safe | None:
    if not host.problems:
        return None
    lines = (tag("li", f"{problem.place}: {problem.text}") for problem in host.problems)
    return tag("div", tag("h4", "Problems while reading"), tag("ul", *lines))


def _about(host: HostDigest) -> str:
    told = [
        f"kernel {_value(host.record, hf.KERNEL_RELEASE)}",
        f"upstream {_value(host.record, hf.KERNEL_UPSTREAM)}",
        f"{_value(host.record, hf.OS_ID)} {_value(host.record, hf.OS_VERSION)}",
    ]
    if host.groups:
        told.append(f"in {', '.join(host.groups)}")
    if host.collected_utc:
        told.append(f"read {host.collected_utc}")
    return "; ".join(told)


def _value(record: Record, field: Field[Any]) -> str:
    found = record.fact(field)
    if isinstance(found, Known):
        return as_text(found.value)
    return "none" if isinstance(found, Absent) else "unknown"


def _cell(record: Record, field: Field[Any]) -> Safe:
    """A value in a table; why it is not known is its title."""
    found = record.fact(field)
    if isinstance(found, Known):
        shown = words(found.value) if _is_octet(field, found.value) else as_text(found.value)
        return tag("td", shown)
    if isinstance(found, Absent):
        return tag("td", "none", class_="quiet")
    return tag("td", "unknown", class_="unsure", title=found.reason)


def _is_octet(field: Field[Any], value: object) -> bool:
    return field.path.endswith("port_state") and isinstance(value, int)


def _bond(bond: BondDigest) -> Safe:
    mode = _value(bond.record, bf.MODE)
    parts: list[Safe | None] = [
        tag("h3", bond.name, " ", tag("small", mode if bond.lacp else f"{mode}, not judged")),
    ]
    if not bond.lacp:
        parts.append(tag("p", bond.refusal or "LACP rules do not judge it", class_="quiet"))
        parts.append(_plain_members(bond))
        return tag("section", *parts, class_="bond")
    parts += [picture(bond), tag("p", _options(bond), class_="quiet"), _vendors(bond)]
    if bond.links:
        parts.append(_values(bond))
    return tag("section", *parts, class_="bond")


def _plain_members(bond: BondDigest) -> Safe:
    told = [f"{link.name} ({_link_words(link)})" for link in bond.links]
    return tag("p", f"Members: {', '.join(told) or 'none'}")


def _link_words(link: Link) -> str:
    return {True: "up", False: "down", None: "state unknown"}[link.up]


def _options(bond: BondDigest) -> str:
    told = (
        ("MTU", bf.MTU),
        ("LACP rate", bf.LACP_RATE),
        ("hash", bf.XMIT_HASH_POLICY),
        ("miimon", bf.MIIMON),
        ("min_links", bf.MIN_LINKS),
        ("system", bf.SYSTEM_MAC),
    )
    parts = [f"{words} {_value(bond.record, field)}" for words, field in told]
    managers = bond.record.fact(bf.MANAGERS)
    unmanaged = isinstance(managers, Known) and not managers.value
    parts.append(
        "managed by nobody" if unmanaged else f"managed by {_value(bond.record, bf.MANAGERS)}"
    )
    return ", ".join(parts)


def _vendors(bond: BondDigest) -> Safe | None:
    if not bond.partners:
        return None
    told = (f"{system} ({vendor_of(system).full})" for system in bond.partners)
    return tag("p", f"Partner: {', '.join(told)}", class_="quiet")


# What a value table shows of each member, one row a value so that it fits a phone.
_ROWS: tuple[tuple[str, Field[Any]], ...] = (
    ("our state", mf.ACTOR_STATE),
    ("partner state", mf.PARTNER_STATE),
    ("partner system", mf.PARTNER_SYSTEM),
    ("partner key", mf.PARTNER_KEY),
    ("partner port", mf.PARTNER_PORT),
    ("our key", mf.ACTOR_KEY),
    ("our port", mf.ACTOR_PORT),
    ("aggregator", mf.AGGREGATOR_ID),
    ("MII status", mf.MII_STATUS),
    ("MTU", mf.MTU),
    ("link failures", mf.LINK_FAILURE_COUNT),
    ("LACPDUs received", mf.LACPDU_RX),
    ("LACPDUs sent (attempts)", mf.LACPDU_TX),
    ("driver", mf.DRIVER),
    ("firmware", mf.FIRMWARE),
)


def _values(bond: BondDigest) -> Safe:
    links = bond.links
    head = tag("tr", tag("td", ""), *(tag("th", link.name, scope="col") for link in links))
    told = (
        ("state", [tag("td", link.condition.words, class_=link.condition.tone) for link in links]),
        ("speed", [tag("td", speed_words(link)) for link in links]),
        ("we hear the partner", [tag("td", hearing_words(link.hears)) for link in links]),
        ("the partner hears us", [tag("td", hearing_words(link.heard)) for link in links]),
        *((name, [_cell(link.record, field) for link in links]) for name, field in _ROWS),
    )
    rows = (tag("tr", tag("th", name, scope="row"), *cells) for name, cells in told)
    table = tag("table", tag("thead", head), tag("tbody", *rows), class_="values")
    return tag(
        "details",
        tag("summary", "Values"),
        tag("div", table, class_="scroll"),
        class_="more",
    )


def _found(host: HostDigest) -> Safe | None:
    if not host.findings:
        return None
    lines = (
        tag(
            "li",
            badge("waived" if finding.waiver else finding.severity),
            tag("span", tag("code", finding.subject or "host"), " ", finding.title),
            tag(
                "span", f"expected {finding.expected}; observed {finding.observed}", class_="quiet"
            ),
            data_severity=finding.severity,
            data_rule=finding.rule,
        )
        for finding in host.findings
    )
    return tag("ul", *lines, class_="found")


def _outcomes(host: HostDigest) -> Safe | None:
    if not host.outcomes:
        return None
    ended = Counter(told.outcome for told in host.outcomes.values())
    told = [f"{ended[word]} {word.replace('_', ' ')}" for word in OUTCOMES if ended[word]]
    figures = ", ".join(told)
    if not ended[NOT_EVALUABLE] and not ended[DISABLED]:
        return tag("p", f"Rules: {figures}.", class_="quiet")
    return tag(
        "details",
        tag("summary", f"Rules: {figures}"),
        tag("dl", *_unjudged(host)),
        class_="more",
    )


def _unjudged(host: HostDigest) -> Iterator[Safe]:
    """Rules that gave no verdict, those with the same reason together."""
    reasons: dict[str, list[str]] = {}
    for rule, told in host.outcomes.items():
        if told.outcome == NOT_EVALUABLE:
            why = "; ".join(told.reasons) or "no reason was given"
            reasons.setdefault(f"Not evaluable: {why}", []).append(rule)
        elif told.outcome == DISABLED:
            why = "; ".join(told.reasons)
            reasons.setdefault(f"Disabled{': ' if why else ''}{why}", []).append(rule)
    for reason, rules in reasons.items():
        yield join([tag("dt", reason), tag("dd", tag("code", ", ".join(sorted(rules))))])

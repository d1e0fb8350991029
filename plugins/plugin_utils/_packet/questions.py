# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""questions-for-the-switch-team.md: what to look up there, filled in with what is known here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .facts_of import (
    NONE,
    UNKNOWN,
    best_bond,
    far_end,
    near_end,
    partners,
    said,
    state_words,
    vendor_words,
)
from .moments import seconds_text
from .readable import code, plain
from .vendors import MIB, SYSTEMS, System, systems_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_RECORD = "switch_evidence/v1"


def questions(document: Mapping[str, Any], verdict: Mapping[str, Any]) -> str:
    """The text, in Markdown that holds nothing of a host as markup."""
    return "".join(_parts(document, verdict))


def _parts(document: Mapping[str, Any], verdict: Mapping[str, Any]) -> Iterator[str]:
    host, bond = plain(document.get("host")), plain(document.get("bond"))
    yield f"# Questions for the switch team: {host}, {bond}\n\n"
    yield f"What the host's side shows: {plain(verdict.get('headline') or 'no verdict')}\n\n"
    yield from _when(document)
    yield "## The links\n\n"
    yield from _links(document)
    yield "## What we ask you to look up\n\n"
    for number, (question, why) in enumerate(asked(document, verdict), 1):
        yield f"{number}. {plain(question)}\n   {plain(why)}\n"
    yield "\n## Commands\n\n"
    yield from _commands(document)
    yield (
        "\n## How to send it\n\n"
        "As text or JSON, whole and unedited, with the name of the switch, the command, and the "
        "time in UTC at which it ran. Counters: twice, a minute apart, and say when they were "
        "cleared last. "
        f"Put into the form {code(_RECORD)} and given to the diagnosis, it becomes part of the "
        "verdict; that our ports are the ones you looked at is then proven by systems, keys and "
        "port numbers, not by labels.\n"
    )


def _when(document: Mapping[str, Any]) -> Iterator[str]:
    window = document.get("window") or {}
    clock = document.get("clock") or {}
    yield "## The window\n\n"
    yield f"- From {seconds_text(window.get('start'))} to {seconds_text(window.get('end'))}.\n"
    yield f"- Clock of the host: {clock_words(clock)}.\n\n"


def clock_words(clock: Mapping[str, Any]) -> str:
    """Whether the host's clock can be relied on, in a sentence's part."""
    synchronised = {True: "synchronised", False: "not synchronised"}.get(
        clock.get("synchronised"),  # type: ignore[arg-type] # None has no entry either
        "synchronisation unknown",
    )
    offset = clock.get("offset_s")
    if not isinstance(offset, (int, float)):
        return f"{synchronised}, offset unknown"
    error = clock.get("error_s")
    about = f" (give or take {error:.3f} s)" if isinstance(error, (int, float)) else ""
    return f"{synchronised}, {offset:+.3f} s against the controller{about}"


def _links(document: Mapping[str, Any]) -> Iterator[str]:
    members = best_bond(document).get("members") or {}
    if not members:
        yield "No member could be read.\n\n"
        return
    yield (
        "| Our member | Source of its LACPDUs | Our system | Our key | Our port | Our state "
        "| Your system | Your key | Your port | Your state, as we heard it |\n"
    )
    yield "|---|---|---|--:|--:|---|---|--:|--:|---|\n"
    for name in sorted(members):
        ours = near_end(document, name)
        partner, when = far_end(document, name)
        theirs = {"partner": partner}
        cells = [
            name,
            said(ours, "permanent_mac"),
            _system(ours, "actor"),
            said(ours, "actor.key"),
            said(ours, "actor.port"),
            state_words(members[name], "actor.port_state"),
            _system(theirs, "partner") + _WHEN[when],
            *_theirs(partner),
        ]
        yield f"| {' | '.join(map(plain, cells))} |\n"
    yield (
        "\nA system is priority and address. 'Your port' is the LACP port number, not the name: "
        "the port in question is the one whose LACP partner is our system and our port of that "
        "line.\n\n"
    )


_WHEN = {"": "", "heard": " (heard in the window)", "before": " (before the window)"}


def _theirs(partner: Mapping[str, Any]) -> list[str]:
    """Key, port and state of the far end; its defaults say nothing of it."""
    if not isinstance(partner.get("system"), str):
        return ["-", "-", "-"]
    return [said(partner, "key"), said(partner, "port"), state_words(partner, "port_state")]


def _system(member: Mapping[str, Any], whose: str) -> str:
    system = said(member, f"{whose}.system")
    if system in (UNKNOWN, NONE):
        return "no partner heard" if whose == "partner" and system == NONE else system
    return f"{said(member, f'{whose}.system_priority')},{system}"


def asked(document: Mapping[str, Any], verdict: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Questions, and why they are asked; the ones that decide this very case come first."""
    names = ", ".join(verdict.get("members") or ()) or "every member"
    direction = verdict.get("direction")
    if direction in ("transmit", "both"):
        yield (
            f"Do the ports to {names} count more and more LACPDUs, and multicast frames, received?",
            "Neither: our frames do not reach you. No LACPDUs: they are dropped behind the port.",
        )
    if direction in ("receive", "both"):
        yield (
            f"Do the LACP transmit counters of the ports to {names} rise?",
            "If they rise, your frames are lost on the way; if not, the port does not send.",
        )
    yield (
        f"In what state is each port to {names}, and which reason does the switch give?",
        "A reason such as suspended, individual or incompatible names the cause verbatim.",
    )
    yield (
        "Which actor and partner does each of these ports show: system, key, port number, state?",
        "They must mirror the table above. Where they do not, we look at different ports.",
    )
    yield (
        "Are all ports in one LAG, active, of one speed, MTU and set of VLANs?",
        "A port that differs is kept out of the LAG.",
    )
    yield (
        "Did a port flap, count CRC, symbol or FEC errors, or discard frames in the window?",
        "Errors that only one end counts lie on the way towards that end.",
    )
    if len(partners(document)) != 1:
        yield (
            "Are the two switches one pair (MLAG, vPC, VSX), with the peer link and keepalive up?",
            f"We heard {len(partners(document))} different systems, or none.",
        )
    yield (
        "What did the switch log about these ports in the window?",
        "Times in UTC, please, with the switch's own clock offset.",
    )


def _commands(document: Mapping[str, Any]) -> Iterator[str]:
    vendor = vendor_words(document)
    found = systems_of(vendor)
    if found:
        yield f"By the address of your LACP system its maker is {plain(vendor)}.\n\n"
    elif vendor:
        yield f"By the address of your LACP system its maker is {plain(vendor)}; "
        yield "we know no commands of it. The same is asked of others like this:\n\n"
    else:
        yield "The address of your LACP system names no maker, so here are the commands of all.\n\n"
    ports = _port_numbers(document)
    yield f"PORT: the names of the ports {plain(ports)}. LAG: the name of the LAG they are in.\n\n"
    for system in found or SYSTEMS:
        yield from _system_commands(system)
    if not found:
        yield "### Any switch, over SNMP (IEEE8023-LAG-MIB)\n\n"
        yield "".join(f"- {code(name)}\n" for name in MIB)


def _port_numbers(document: Mapping[str, Any]) -> str:
    told = []
    for name in sorted(best_bond(document).get("members") or {}):
        partner, _when = far_end(document, name)
        port = partner.get("port") if isinstance(partner.get("system"), str) else None
        number = f"with the LACP port number {port}" if isinstance(port, int) else "that lead"
        told.append(f"{number} to {name}")
    return ", ".join(told) or "to this host"


def _system_commands(system: System) -> Iterator[str]:
    yield f"### {system.name}\n\n```\n"
    done: set[str] = set()
    for what, text in system.asked():
        fresh = [line for line in text.split("\n") if line not in done]
        done.update(fresh)
        if fresh:
            yield f"# {what}\n" + "".join(f"{line}\n" for line in fresh)
    yield "```\n\n"

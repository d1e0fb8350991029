# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Goes through the plan of one member: each step done, read back, and only then the next."""

from __future__ import annotations

import errno
import time
from typing import TYPE_CHECKING, Callable, NamedTuple

from .._lacp.plan_member import CARRIER, DISTRIBUTING
from .apply import PORT_ATTRIBUTES, ChangeFailed

if TYPE_CHECKING:
    from .._lacp.plan import Step
    from .._lacp.plan_member import Plan, Rung, Wish
    from .._lacp.stuck import Stand
    from .apply import Changer
    from .apply_safeguard import Safeguard
    from .dead_man import Run
    from .links import Links

_ENSLAVE_S = 10.0  # a manager may be setting it up at this very moment
_READ_BACK_S = 5.0
_NOTICE_S = 5.0  # beside miimon and downdelay
# A port that comes up shows its old state until the next tick of bonding, and the new one for the
# two seconds that it then waits to aggregate: one of them will be seen.
_STALE_S = 6.0
_RETURN_S = 2.0  # NetworkManager re-adds a port within half a second


class Tools(NamedTuple):
    """What a run works with; poke makes all members send, run runs a command."""

    changer: Changer
    links: Links
    guard: Safeguard
    run: Run
    poke: Callable[[], None]


class Done(NamedTuple):
    """How a plan ended. well: it reached what was asked for; rung: the last that was climbed.

    done: how many steps of the plan were done; seconds: from the first change to the end of the
    last wait; text: what is wrong, '' if nothing.
    """

    well: bool
    rung: str
    done: int
    seconds: float
    text: str


class MemberRun:
    """One plan on one member."""

    def __init__(self, tools: Tools, wish: Wish, plan: Plan, stand: Stand, notice_s: float) -> None:
        self._tools = tools
        self._wish = wish
        self._plan = plan
        self._name = plan.member
        self._index = stand.ports[plan.member].ifindex
        self._bond = stand.bond.ifindex
        self._others = stand.others_well([plan.member])
        self._partner = stand.partner if self._others else ""
        self._notice_s = notice_s
        self._number = 0
        self._text = ""
        self._fresh_at = 0.0  # when what is shown must be new, at the latest; 0.0: it is

    def go(self) -> Done:
        """Climb until the member is well; Interrupted and ChangeFailed leave it as it then is."""
        start = time.monotonic()
        well, climbed = True, ""
        for rung in self._plan.rungs:
            climbed = rung.name
            well = self._climb(rung)
            if well:
                break
        return Done(well, climbed, self._number, time.monotonic() - start, self._text)

    def _climb(self, rung: Rung) -> bool:
        self._text = ""
        for step in rung.steps:
            self._number += 1
            self._tools.guard.begin_step(self._number, step)
            self._do(step, rung)
        return not self._text

    def _do(self, step: Step, rung: Rung) -> None:
        do = getattr(self, f"_{step.action}", None)
        if do is not None:
            do(step, rung)
        elif step.action in PORT_ATTRIBUTES:
            self._tools.changer.port(self._index, step.action, int(step.do.split()[-1]))
        else:
            self._command(step)

    def _command(self, step: Step) -> None:
        """Addresses, routes, MTUs: rare, and not in any hurry."""
        from shlex import split  # noqa: PLC0415  imports re, which hardly a run needs

        status, _out, errors = self._tools.run(split(step.do))
        if status and "File exists" not in errors:
            raise ChangeFailed(step.text, errno.EINVAL, errors.strip())

    def _poke(self, _step: Step, _rung: Rung) -> None:
        self._tools.poke()

    def _down(self, step: Step, _rung: Rung) -> None:
        if step.device != self._name:
            self._command(step)
            return
        self._tools.changer.down(self._index)
        self._read_back(step, lambda port: port.fields.get("admin") == "down")

    def _up(self, step: Step, _rung: Rung) -> None:
        self._fresh_at = time.monotonic() + _STALE_S
        self._tools.changer.up(self._index)
        self._read_back(step, lambda port: port.fields.get("admin") == "up")

    def _release(self, _step: Step, _rung: Rung) -> None:
        # Not read back: NetworkManager may have added it again before anybody can look.
        self._tools.changer.release(self._index)

    def _enslave(self, step: Step, _rung: Rung) -> None:
        end = time.monotonic() + _ENSLAVE_S
        while True:
            try:
                self._tools.changer.enslave(self._index, self._bond)
                break
            except ChangeFailed as error:
                if self._tools.links.stand().joined(self._name):
                    break
                if time.monotonic() > end or error.code not in (errno.EPERM, errno.EBUSY):
                    raise
            self._tools.guard.check()
            self._tools.changer.down(self._index)
        self._read_back(step, lambda port: port.master == self._bond)

    def _read_back(self, step: Step, is_so: Callable[..., bool]) -> None:
        waited = self._tools.links.until(
            lambda stand: self._name in stand.ports and is_so(stand.ports[self._name]),
            _READ_BACK_S,
            self._tools.guard.check,
        )
        if not waited.reached:
            raise ChangeFailed(step.text, errno.EAGAIN, "the kernel agreed, but it is not so")

    def _wait_down(self, _step: Step, _rung: Rung) -> None:
        waited = self._tools.links.until(
            lambda stand: stand.ports[self._name].fields.get("mii_status") == "down",
            self._notice_s + _NOTICE_S,
            self._tools.guard.check,
        )
        if not waited.reached:
            self._text = f"{self._name}: bonding did not notice that it was down"

    def _wait(self, _step: Step, rung: Rung) -> None:
        waited = self._tools.links.until(self._is_there, rung.wait_s, self._tools.guard.check)
        if not waited.reached:
            self._text = waited.stand.complaint(self._name) or f"{self._name}: another partner"

    def _is_there(self, stand: Stand) -> bool:
        port = stand.ports.get(self._name)
        if self._wish.wait_for == DISTRIBUTING:
            if port is not None and stand.negotiates(self._name):
                self._fresh_at = 0.0
            is_fresh = time.monotonic() >= self._fresh_at
            return is_fresh and stand.well(self._name, self._partner)
        is_up = port is not None and port.fields.get("mii_status") == "up"
        return is_up and (self._wish.wait_for != CARRIER or stand.joined(self._name))

    def _wait_out(self, _step: Step, _rung: Rung) -> None:
        waited = self._tools.links.until(
            lambda stand: stand.joined(self._name), _RETURN_S, self._tools.guard.check
        )
        if waited.reached:
            self._text = f"{self._name} was put back by another manager as soon as it was out"

    def regression(self, timeout_s: float) -> str:
        """What has become of members that worked before; '' if they all do."""
        waited = self._tools.links.until(
            lambda stand: set(self._others) <= set(stand.all_well()), timeout_s
        )
        worse = [name for name in self._others if not waited.stand.well(name)]
        return "; ".join(waited.stand.complaint(name) for name in worse)

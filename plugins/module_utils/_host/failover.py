# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One trial: a member fails and returns, measured, guarded by a dead-man, compared at the end."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Callable, NamedTuple

from .._lacp import failover_plan as steps
from .._lacp.budget import dead_man_s
from .._lacp.failover_budget import needs_far
from .._lacp.failover_result import Traffic, Trial
from .._lacp.failover_same import differences
from .._lacp.failover_track import AFTER, DURING, Track
from .._lacp.journal import Journal
from .apply import ChangeFailed
from .apply_safeguard import Interrupted, signed
from .failover_watch import MemberWatch
from .probe import Prober

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._lacp.failover_plan import TrialPlan
    from .._lacp.plan import Step
    from .apply_safeguard import Restored, Safeguard
    from .capture_bond import Bond, Port
    from .failover_apply import Changes
    from .failover_state import State

MODULE = "bond_failover_test"
_SETTLE_S = 0.5
_PHASES = {steps.DOWN: DURING, steps.DROP: DURING, steps.UP: AFTER, steps.UNDROP: AFTER}


class Stage(NamedTuple):
    """What a trial needs from outside. tell: hears of each step as it begins."""

    bond: Bond
    guard: Safeguard
    changes: Changes
    state: State
    tell: Callable[[TrialPlan, str], None]


class Run:
    """One trial; go() once."""

    def __init__(self, stage: Stage, plan: TrialPlan, port: Port, probe: Traffic | None) -> None:
        """Open what listens; OSError. The lock of the stage's guard is held already."""
        self._stage = stage
        self._plan = plan
        self._probe = probe
        self._track = Track(stage.bond.name, plan.member)
        # A child that probes is made first: it takes nothing of what is opened here along.
        self._prober = None
        if probe is not None:
            self._prober = Prober(probe.address, probe.interval_ms, probe.all_flows)
        self._watch = MemberWatch(stage.bond, port, self._track)
        self._ports: dict[str, Any] = {}
        self._lacpdus: dict[str, dict[str, int]] = {}
        self._counted = self._watch.lacpdus()
        self._growing = self._watch.growing()
        self._interrupted = ""
        self._differences: list[str] = []
        self._ended_ns = 0
        self.restored: Restored | None = None

    def go(self) -> Trial:
        """Do every step of the plan; Refused before the first, with nothing touched.

        Whatever happens later ends in a trial that says so, and with everything put back.
        """
        try:
            self._guarded()
            return self._trial()
        finally:
            self._watch.close()
            if self._prober is not None:
                self._prober.close()

    def _guarded(self) -> None:
        stage, plan = self._stage, self._plan
        todo = steps.steps(plan)
        before = stage.state.read(plan.member)
        stage.guard.arm(signed(self._journal(todo)))
        is_done = False
        try:
            self._steps(todo)
            self._differences = list(differences(before, stage.state.read(plan.member)))
            if not self._differences:
                stage.guard.disarm()
                is_done = True
        except (Interrupted, ChangeFailed) as error:
            self._interrupted = str(error)
        finally:
            self._ended_ns = self._ended_ns or time.monotonic_ns()
            if not is_done:
                # Also where a link that was set down has taken something along.
                self.restored = stage.guard.restore()
        if self.restored is not None:
            self._differences = list(differences(before, stage.state.read(plan.member)))

    def _journal(self, todo: Sequence[Step]) -> Journal:
        bond, plan = self._stage.bond, self._plan
        return Journal(
            run="",
            module=MODULE,
            what=f"{plan.fault} on {plan.member}",
            bond=bond.name,
            bond_mac=bond.mac,
            members=tuple(one.name for one in bond.ports),
            ports=(self._stage.state.port(plan.member),),
            plan=tuple(todo),
            drops=() if plan.drop is None else plan.drop.journal(),
            deadline_s=dead_man_s(plan.waits.longest_s + _SETTLE_S),
        )

    def _steps(self, todo: Sequence[Step]) -> None:
        for number, step in enumerate(todo, 1):
            self._stage.guard.begin_step(number, step)
            if step.action != steps.COMPARE:  # it is over before anybody has read that it began
                self._stage.tell(self._plan, step.text)
            self._do(step)

    def _do(self, step: Step) -> None:
        waits, check = self._plan.waits, self._stage.guard.check
        if step.action == steps.WATCH:
            self._watch.until(waits.before_s, None, check)
        elif step.action in _PHASES:
            self._end_phase()
            phase = _PHASES[step.action]
            self._stage.changes.do(step.action, self._plan, lambda: self._enter(phase))
        elif step.action == steps.LEAVE:
            self._watch.until(waits.leave_s, self._has_left, check)
        elif step.action == steps.HOLD:
            self._watch.until(waits.hold_s, None, check)
        elif step.action == steps.RETURN:
            if self._watch.until(waits.return_s, lambda: self._track.is_back, check):
                self._watch.until(_SETTLE_S, None, check)
            self._end_phase()
            self._ended_ns = time.monotonic_ns()

    def _enter(self, phase: str) -> None:
        if phase == DURING:
            self._track.begin(time.monotonic_ns())
        else:
            self._track.restore(time.monotonic_ns())

    def _end_phase(self) -> None:
        """What was measured until now belongs to the phase that ends."""
        phase = self._track.phase
        counted, before = self._watch.lacpdus(), self._counted
        grown = {name: value - before.get(name, value) for name, value in counted.items()}
        self._counted = counted
        self._ports[phase] = self._watch.ports()
        self._lacpdus[phase] = {**self._track.lacpdus[phase], **grown}

    def _has_left(self) -> bool:
        at = self._track.moments
        return bool(at.left and (at.far_left or not needs_far(self._plan.fault)))

    def _trial(self) -> Trial:
        plan, track = self._plan, self._track
        now = self._watch.growing()
        return Trial(
            plan.member,
            plan.fault,
            plan.timers,
            plan.budget,
            track.moments,
            self._ended_ns,
            traffic=self._traffic(),
            ports=self._ports,
            growth={name: now[name] - was for name, was in self._growing.items() if name in now},
            lacpdus=self._lacpdus,
            changes=track.changes,
            relapses=track.relapses,
            differences=self._differences,
            interrupted=self._interrupted,
        )

    def _traffic(self) -> Traffic | None:
        probe = self._probe
        if probe is None or self._prober is None:
            return None
        try:
            found = self._prober.stop()
        except ChildProcessError as error:
            return probe._replace(why_not=str(error))
        across = set(probe.flows)
        return probe._replace(
            gaps=tuple(gap for gap in found.gaps if gap.flow in across),
            sent=found.sent,
            slowest_ms=round(found.slowest_ms, 1),
        )

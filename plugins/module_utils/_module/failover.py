# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""bond_failover_test on the host: check, plan, try each member, return what was measured."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from .._host.apply import PyrouteMissing
from .._host.apply_safeguard import Safeguard
from .._host.capture_bond import CaptureRefused
from .._host.failover import MODULE, Run, Stage
from .._host.failover_apply import Changes
from .._host.failover_probe import check_address
from .._host.progress import Progress
from .._lacp import failover_budget as budgets
from .._lacp.budget import dead_man_s
from .._lacp.failover_plan import steps
from .._lacp.failover_result import FAILED, NOT_PROVEN, PASSED, SCHEMA, as_result
from .._lacp.plan import Refused
from .failover_scene import Scene

if TYPE_CHECKING:
    from ansible.module_utils.basic import AnsibleModule

    from .._lacp.failover_plan import TrialPlan

PLANNED = "planned"
ARGUMENTS: dict[str, Any] = {
    "bond": {"type": "str", "required": True},
    "members": {"type": "list", "elements": "str", "default": []},
    "fault": {
        "type": "list",
        "elements": "str",
        "choices": [budgets.CARRIER, budgets.LACP_LOSS],
        "default": [budgets.CARRIER],
    },
    "direction": {
        "type": "str",
        "choices": [budgets.BOTH, budgets.SENT, budgets.RECEIVED],
        "default": budgets.BOTH,
    },
    "probe": {"type": "str"},
    "probe_interval": {"type": "float", "default": 5.0},
    "max_failover_ms": {"type": "float"},
    "max_reintegrate_s": {"type": "float"},
    "max_loss": {"type": "int"},
    "timeout": {"type": "float"},
    "hold": {"type": "float", "default": 1.0},
    "allow_isolation": {"type": "bool", "default": False},
    "progress": {"type": "path"},
}
_RANGES = (
    ("probe_interval", 1, 100),
    ("max_failover_ms", 1, 3_600_000),
    ("max_reintegrate_s", 0.1, 3600),
    ("max_loss", 0, 1_000_000),
    ("timeout", 0.5, 600),
    ("hold", 0, 600),
)


def run(module: AnsibleModule) -> None:
    """Test the members of a bond and leave the module; it fails where a member does."""
    test = Test(module)
    try:
        result = test.run()
    except (Refused, CaptureRefused) as error:
        module.fail_json(msg=str(error), **test.result())
    except OSError as error:
        module.fail_json(msg=f"bond {module.params['bond']}: {error}", **test.result())
    except PyrouteMissing as error:
        from ansible.module_utils.basic import missing_required_lib  # noqa: PLC0415 - rare

        text = missing_required_lib(
            "pyroute2", reason="to change links; Debian packages it as python3-pyroute2"
        )
        module.fail_json(msg=text, exception=str(error), **test.result())
    reasons = [
        text for one in result["members"] if one["outcome"] == FAILED for text in one["reasons"]
    ]
    if reasons:
        module.fail_json(msg=" | ".join(reasons), **result)
    module.exit_json(**result)


class Test:
    """One call of the module."""

    def __init__(self, module: AnsibleModule) -> None:
        self._module = module
        self._params = module.params
        self._progress = Progress(self._params["progress"] or "")
        self._start = time.monotonic()
        self._plans: list[TrialPlan] = []
        self._done: list[dict[str, Any]] = []
        self._recovered: list[dict[str, object]] = []
        self._notes: list[str] = []

    def result(self) -> dict[str, Any]:
        """What is known so far, as the module returns it."""
        left = self._plans[len(self._done) :]
        differences = any(one["differences"] for one in self._done)
        return {
            "schema": SCHEMA,
            "bond": self._params["bond"],
            "changed": bool(self._recovered or differences),
            "outcome": self._outcome(),
            "members": self._done,
            "plan": [_planned(one) for one in self._plans],
            "not_tested": [f"{one.member}: {one.fault}" for one in left],
            "recovered": self._recovered,
            "notes": self._notes,
        }

    def _outcome(self) -> str:
        outcomes = {one["outcome"] for one in self._done}
        if self._module.check_mode:
            return PLANNED
        if FAILED in outcomes:
            return FAILED
        is_whole = bool(outcomes) and len(self._done) == len(self._plans)
        return PASSED if is_whole and outcomes == {PASSED} else NOT_PROVEN

    def run(self) -> dict[str, Any]:
        """Everything; Refused, CaptureRefused, OSError."""
        _check_ranges(self._params)
        if self._params["probe"]:
            check_address(self._params["probe"])
        guard = Safeguard(self._params["bond"], MODULE, self._command)
        try:
            scene = Scene(self._params, self._command)
            if guard.store.unfinished():
                scene = self._recover(guard, scene)
            self._plans = list(scene.plans())
            for port in scene.ports:  # what may be refused is refused before anything is touched
                scene.probes(port.name)
            if not self._module.check_mode:
                self._try_each(scene, guard)
        finally:
            guard.close()
            self._progress.end()
        return self.result()

    def _command(self, words: Any) -> tuple[int, str, str]:  # noqa: ANN401 - what Run gives
        status, out, errors = self._module.run_command(list(words))
        return int(status), str(out), str(errors)

    def _recover(self, guard: Safeguard, scene: Scene) -> Scene:
        if self._module.check_mode:
            self._notes.append("an earlier run did not end: it is restored first")
            return scene
        guard.lock("failover test")
        self._recovered = [one.as_result() for one in guard.recover()]
        return Scene(self._params, self._command)

    def _try_each(self, scene: Scene, guard: Safeguard) -> None:
        changes = Changes()
        try:
            if not self._recovered:
                guard.lock("failover test")
            ports = {port.name: port for port in scene.bond.ports}
            stage = Stage(scene.bond, guard, changes, scene.state, self._tell)
            for plan in self._plans:
                port = ports[plan.member]
                scene.check([port])
                trial = Run(stage, plan, port, scene.probes(plan.member))
                if not self._is_well(trial, plan):
                    return
        finally:
            changes.close()

    def _is_well(self, trial: Run, plan: TrialPlan) -> bool:
        """Go through a trial; false if the next one must not begin."""
        measured = trial.go()
        self._done.append(as_result(measured))
        if trial.restored is not None:
            self._notes.append(f"{plan.member}: {trial.restored.text}")
        if measured.moments.back and measured.moments.far_back:
            return True
        self._notes.append(f"stopped here: {plan.member} did not come back")
        return False

    def _tell(self, plan: TrialPlan, text: str) -> None:
        elapsed = round(time.monotonic() - self._start, 1)
        trial = f"{len(self._done) + 1} of {len(self._plans)}"
        self._progress.tell(
            {"elapsed_s": elapsed, "trial": trial, "fault": str(plan.fault), "step": text}
        )


def _planned(plan: TrialPlan) -> dict[str, Any]:
    return {
        "member": plan.member,
        "fault": plan.fault.kind,
        "direction": plan.fault.direction or None,
        "max_failover_ms": round(plan.budget.leave_ms, 1),
        "max_reintegrate_s": round(plan.budget.return_s, 1),
        "dead_man_s": dead_man_s(plan.waits.longest_s),
        "steps": [step.as_result() for step in steps(plan)],
    }


def _check_ranges(params: dict[str, Any]) -> None:
    for name, least, most in _RANGES:
        value = params[name]
        if value is not None and not least <= value <= most:
            raise Refused(f"{name} is {value:g}: give {least} to {most}")
    if not params["fault"]:
        raise Refused(f"fault is empty: give {budgets.CARRIER}, {budgets.LACP_LOSS} or both")

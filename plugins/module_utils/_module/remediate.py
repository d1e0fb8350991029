# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""bond_remediate on the host: watch, decide, repair member by member, judge what became of it.

All of it is one run on the host, so that a connection over this very bond may be cut meanwhile.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from .._host import files
from .._host.apply import Changer, PyrouteMissing
from .._host.apply_safeguard import boot_id
from .._host.links import dumps
from .._host.vigil import RecordedLinks, picture, watch
from .._lacp import rtnl_dumps
from .._lacp.plan import Refused
from .._lacp.plan_member import AUTO, BOUNCE, CYCLED, DISTRIBUTING, POKE, REENSLAVE
from .._lacp.plan_target import Target, target
from .._lacp.rate_limit import (
    HistoryDamaged,
    Now,
    dumps as history_text,
    loads,
    wait_s,
    with_attempt,
)
from .._lacp.remedy import ailments
from .._lacp.remedy_watch import NOTHING_TO_DO, REFUSED, Vigil
from .._lacp.snapshot import ReadFailure
from .member import Failed, Scene, Work
from .remediate_result import COULD_NOT, REPAIRED, WOULD_REPAIR, Report

if TYPE_CHECKING:
    from ansible.module_utils.basic import AnsibleModule

    from .._lacp.rate_limit import Attempt
    from .._lacp.remedy_watch import Decision

ARGUMENTS: dict[str, Any] = {
    "bond": {"type": "str", "required": True},
    "members": {"type": "list", "elements": "str", "default": []},
    "method": {"type": "str", "choices": [AUTO, POKE, BOUNCE, REENSLAVE], "default": AUTO},
    "watch": {"type": "float"},
    "listen": {"type": "bool", "default": False},
    "timeout": {"type": "float"},
    "dead_man": {"type": "int"},
    "allow_isolation": {"type": "bool", "default": False},
    "max_repairs": {"type": "int", "default": 3},
    "per_minutes": {"type": "int", "default": 60},
}
HISTORY = "repairs.json"
EVIDENCE = "remedy.json"
_CLOCK_BOOTTIME = 7  # time.CLOCK_BOOTTIME is as old as Python 3.7, but not on every libc


def run(module: AnsibleModule) -> None:
    """Repair what can be repaired, return what was done, and leave the module."""
    module.params.update(state=CYCLED, wait_for=DISTRIBUTING)
    work = Remedy(module)
    try:
        work.run()
    except Refused as error:
        work.refused(str(error))
    except Failed as error:
        work.could_not(str(error))
    except PyrouteMissing as error:
        from ansible.module_utils.basic import missing_required_lib  # noqa: PLC0415 - rare

        reason = "to change links; Debian packages it as python3-pyroute2"
        work.refused(f"{missing_required_lib('pyroute2', reason=reason)} ({error})")
    finally:
        work.finish()
    result = work.as_result()
    if work.report.outcome in (REFUSED, COULD_NOT):
        module.fail_json(msg=work.report.text, **result)
    module.exit_json(msg=work.report.text, **result)


class Remedy(Work):
    """One run of bond_remediate."""

    name = "bond_remediate"

    def __init__(self, module: AnsibleModule) -> None:
        super().__init__(module)
        self._limit = (module.params["max_repairs"], module.params["per_minutes"])
        self._recorded: RecordedLinks | None = None
        self._well_before: list[str] = []
        self.report = Report(self._wish.bond, is_check=module.check_mode)

    def run(self) -> None:
        """Everything; Refused before the first step, Failed after it."""
        self._check_request()
        self._check_limits()
        self._target()
        Scene.check_rights(self._wish.bond)
        if not self._module.check_mode:
            self._lock()
            self.result.recovered = self._guard.recover()
        elif self._guard.store.unfinished():
            self.result.notes.append("an earlier run did not end: it is restored first")
        bond = self._target()
        self._links = self._recorded = RecordedLinks(self._wish.bond, bond.members)
        self.report.begin(self._shown())
        self._well_before = self._links.stand().all_well()
        decision = self._decide(bond)
        self.report.decided(decision)
        if decision.outcome == REFUSED:
            raise Refused(decision.text)
        if decision.outcome != NOTHING_TO_DO:
            self._repair(list(decision.members))

    def _decide(self, bond: Target) -> Decision:
        params = self._module.params
        for name in params["members"]:
            if name not in bond.members:
                raise Refused(
                    f"members: {name} is no member of bond {bond.link.name}, which has: "
                    f"{', '.join(sorted(bond.members)) or 'none'}"
                )
        seconds = bond.timers.converge_s if params["watch"] is None else params["watch"]
        vigil = Vigil(params["members"])
        if self._links is None:
            raise Refused("nothing was opened")
        return watch(self._links, self._wish.bond, vigil, seconds, listen=params["listen"])

    def _target(self) -> Target:
        network = rtnl_dumps.network(dumps())
        if network is None:
            raise Refused("the links of this host cannot be read")
        return target(network, self._wish.bond)

    def _check_limits(self) -> None:
        most, minutes = self._limit
        seconds = self._module.params["watch"]
        if not 1 <= most <= 1000:
            raise Refused(f"max_repairs is {most}: give 1 to 1000")
        if not 1 <= minutes <= 10080:
            raise Refused(f"per_minutes is {minutes}: give 1 to 10080, which is a week")
        if seconds is not None and not 0 <= seconds <= 3600:
            raise Refused(f"watch is {seconds:g}: give 0 to 3600 seconds")

    def _repair(self, names: list[str]) -> None:
        history = self._history()
        self._names = names
        scene = Scene(self._wish, names, self._command)
        self._survival(scene)
        if self._links is None:
            raise Refused("nothing was opened")
        stand = self._links.stand()
        plans = self._plans(scene, stand)
        self.result.begin(plans, stand)
        self.report.plan = [step.as_result() for plan in plans for step in plan.steps()]
        if self._module.check_mode:
            self.report.end(WOULD_REPAIR, f"would cycle {', '.join(names)}: {self.report.text}")
            return
        self._changer = Changer()
        self._guard.store.write(HISTORY, history_text(with_attempt(history, _now(), tuple(names))))
        self.report.armed = True
        for plan in plans:
            self._member(plan, scene)
        self._judge(names)

    def _history(self) -> tuple[Attempt, ...]:
        """Earlier repairs; Refused if there were too many of late."""
        path = self._guard.store.path(HISTORY)
        text = files.read(path)
        try:
            known = () if isinstance(text, ReadFailure) else loads(text.decode())
        except (HistoryDamaged, UnicodeDecodeError) as error:
            raise Refused(f"{path} counts the repairs, and {error}; remove it") from error
        if isinstance(text, ReadFailure) and not text.missing:
            raise Refused(f"{path} counts the repairs, and cannot be read: {text.text}")
        most, minutes = self._limit
        left = wait_s(known, _now(), most, minutes * 60.0)
        self.report.repairs = {"max": most, "per_minutes": minutes, "wait_s": round(left, 1)}
        if left:
            raise Refused(
                f"bond {self._wish.bond} was repaired {most} times within {minutes} minutes: what "
                f"comes back is not cured by a cycle. The next is allowed in {left / 60:.0f} "
                "minutes; look for the cause (lacp_capture, bond_verdict)"
            )
        return known

    def _judge(self, names: list[str]) -> None:
        if self._links is None:
            return
        stand = self._links.stand()
        left = ailments(picture(self._wish.bond, stand))
        lost = [name for name in self._well_before if not stand.well(name)]
        if not left:
            text = f"{', '.join(names)} cured: both ends of all members collect and distribute"
            self.report.end(REPAIRED, text)
            return
        self.report.worse = bool(lost)
        text = "; ".join(f"{one.text}. {one.cure}".rstrip(". ") for one in left)
        well = [name for name in names if stand.well(name)]
        done = f"{', '.join(well)} cured, but " if well else ""
        self.report.end(COULD_NOT, done + text)

    def refused(self, text: str) -> None:
        """Nothing was done to the bond; or nothing more, if an earlier member was treated."""
        if any(member.changed for member in self.result.members.values()) and self.report.armed:
            self.could_not(text)
        else:
            self.report.end(REFUSED, text)

    def could_not(self, text: str) -> None:
        """A step failed; what was well before and is not any more makes it worse."""
        lost = self._well_before
        if self._links is not None:
            try:
                stand = self._links.stand()
            except Refused:
                stand = None
            lost = [] if stand is None else [n for n in self._well_before if not stand.well(n)]
            self.report.worse = stand is None or bool(lost)
        self.report.end(COULD_NOT, text)

    def _shown(self) -> dict[str, Any]:
        """The bond and its members as the kernel shows them now."""
        if self._links is None:
            return {}
        seen = picture(self._wish.bond, self._links.stand())
        return {
            "bond": {**seen.proc.get("", {}), **seen.stand.bond.fields},
            "members": {
                name: {**seen.proc.get(name, {}), **seen.port(name).fields}
                for name in seen.stand.ports
            },
        }

    def finish(self) -> None:
        """Take the last picture, keep the evidence on the host, let go of everything."""
        try:
            if self._links is not None:
                self.report.after = self._shown()
                self.result.after(self._links.stand())
            if self._recorded is not None:
                self.report.during = self._recorded.events
        except Refused:
            self.report.after = {}
        finally:
            if self.report.plan and not self._module.check_mode:
                import json  # noqa: PLC0415 - few runs get here

                self._guard.store.note(EVIDENCE, json.dumps(self.as_result()) + "\n")
            self.close()

    def as_result(self) -> dict[str, Any]:
        """Plain data for exit_json or fail_json."""
        return self.report.as_result(self.result.as_result())


def _now() -> Now:
    return Now(boot_id(), time.clock_gettime(_CLOCK_BOOTTIME), time.time())

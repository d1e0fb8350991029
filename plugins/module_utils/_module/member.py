# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""bond_member on the host: look, refuse or plan, act under lock, journal and dead-man, verify."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from .._host import collect, files, live, poke
from .._host.apply import ChangeFailed, Changer, PyrouteMissing, routes
from .._host.apply_member import MemberRun, Tools
from .._host.apply_safeguard import Interrupted, Safeguard, signed
from .._host.capture_bond import CaptureRefused, find_bond
from .._host.links import Links, dumps
from .._lacp import rtnl, rtnl_dumps
from .._lacp.budget import dead_man_s
from .._lacp.journal import Journal
from .._lacp.journal_state import port_before
from .._lacp.plan import Refused
from .._lacp.plan_hazards import hazard, hazards, surroundings, survival
from .._lacp.plan_member import (
    ABSENT,
    AUTO,
    BOUNCE,
    CYCLED,
    DISTRIBUTING,
    POKE,
    PRESENT,
    REENSLAVE,
    Plan,
    Planner,
    Wish,
    differences,
)
from .._lacp.plan_target import check_isolation, check_members, target
from .._lacp.sources import privileged
from .member_result import MemberResult, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ansible.module_utils.basic import AnsibleModule

    from .._host.apply_member import Done
    from .._host.dead_man import Run
    from .._lacp.journal import PortBefore
    from .._lacp.stuck import Stand

ARGUMENTS: dict[str, Any] = {
    "bond": {"type": "str", "required": True},
    "members": {"type": "list", "elements": "str", "required": True, "aliases": ["member"]},
    "state": {"type": "str", "choices": [PRESENT, ABSENT, CYCLED], "default": PRESENT},
    "method": {"type": "str", "choices": [AUTO, POKE, BOUNCE, REENSLAVE], "default": AUTO},
    "wait_for": {
        "type": "str",
        "choices": [DISTRIBUTING, "carrier", "none"],
        "default": DISTRIBUTING,
    },
    "timeout": {"type": "float"},
    "dead_man": {"type": "int"},
    "allow_isolation": {"type": "bool", "default": False},
}
_NOTICE_S = 5.0


class Failed(Exception):
    """A run that had begun and did not end as asked for; the text says what is the case now."""


def run(module: AnsibleModule) -> None:
    """Do what was asked for, return what was done, and leave the module."""
    work = Work(module)
    try:
        work.run()
    except (Refused, Failed) as error:
        module.fail_json(msg=str(error), **work.result.as_result())
    except PyrouteMissing as error:
        from ansible.module_utils.basic import missing_required_lib  # noqa: PLC0415 - rare

        text = missing_required_lib(
            "pyroute2", reason="to change links; Debian packages it as python3-pyroute2"
        )
        module.fail_json(msg=text, exception=str(error), **work.result.as_result())
    finally:
        work.close()
    module.exit_json(**work.result.as_result())


class Work:
    """One run; name: of the module, for lock and journal."""

    name = "bond_member"

    def __init__(self, module: AnsibleModule) -> None:
        params = module.params
        self._module = module
        self._names: list[str] = params["members"]
        self._dead_man: int | None = params["dead_man"]
        self._wish = Wish(
            params["bond"],
            params["state"],
            params["method"],
            params["wait_for"],
            params["timeout"],
            params["allow_isolation"],
        )
        self._guard = Safeguard(self._wish.bond, self.name, self._command)
        self._links: Links | None = None
        self._changer: Changer | None = None
        self._poke: Callable[[], None] | None = None
        self.result = Result(self._wish, is_check=module.check_mode)

    def _command(self, words: Sequence[str]) -> tuple[int, str, str]:
        status, out, errors = self._module.run_command(list(words))
        return int(status), str(out), str(errors)

    def run(self) -> None:
        """Everything; Refused before the first step, Failed after it."""
        self._check_request()
        if self._module.check_mode and self._guard.store.unfinished():
            self.result.notes.append("an earlier run did not end: it is restored first")
        scene = Scene(self._wish, self._names, self._command)
        self._survival(scene)
        if self._guard.store.unfinished() and not self._module.check_mode:
            self._lock()
            self.result.recovered = self._guard.recover()
            scene = Scene(self._wish, self._names, self._command)
        self._links = Links(self._wish.bond, [*scene.bond.members, *scene.strangers])
        stand = self._links.stand()
        plans = self._plans(scene, stand)
        self.result.begin(plans, stand)
        if self._module.check_mode:
            return
        if any(plan.rungs for plan in plans):
            self._changer = Changer()
            if not self.result.recovered:
                self._lock()
            for plan in plans:
                self._member(plan, scene)
        self.result.after(self._links.stand())

    def _lock(self) -> None:
        self._guard.lock(f"{self._wish.state} {', '.join(self._names)}")

    def _check_request(self) -> None:
        wish = self._wish
        if wish.state != CYCLED and wish.method != AUTO:
            raise Refused(
                f"method: {wish.method} is a way to cycle; use state: cycled, or leave it out"
            )
        if wish.state == CYCLED and wish.method == AUTO and wish.wait_for != DISTRIBUTING:
            raise Refused(
                "method: auto stops at the first remedy that cures, so it has to wait; use "
                "wait_for: distributing, or name a method"
            )
        if wish.timeout_s is not None and not 1 <= wish.timeout_s <= 3600:
            raise Refused(f"timeout is {wish.timeout_s:g}: give 1 to 3600 seconds")
        if self._dead_man is not None and not 5 <= self._dead_man <= 86400:
            raise Refused(f"dead_man is {self._dead_man}: give 5 to 86400 seconds")

    def _survival(self, scene: Scene) -> None:
        around = scene.around
        for name in self._names:
            survives, why = survival(around, name, self._wish.state)
            self.result.members[name] = MemberResult(name, survives, why)
        self.result.managers = list(around.managers)

    def _plans(self, scene: Scene, stand: Stand) -> list[Plan]:
        left_out = self._left_out(scene)
        planner = Planner(
            self._wish, scene.bond.timers, scene.bond_mac, scene.bond.link.mtu or 0, left_out
        )
        plans: list[Plan] = []
        for name in self._names:
            plan = planner.plan(scene.before[name], stand)
            cured = [one.member for one in plans] if self._wish.state == CYCLED else []
            self._check(plan, scene, stand, cured)
            plans.append(plan)
            if self._wish.state == ABSENT:
                ports = {one: look for one, look in stand.ports.items() if one != name}
                stand = stand._replace(ports=ports)
        if self._wish.method == AUTO and any(plan.rungs for plan in plans):
            self.result.notes += [f"{rung} left out: {why}" for rung, why in left_out.items()]
        return plans

    def _left_out(self, scene: Scene) -> dict[str, str]:
        """Rungs that this host forbids; one that is asked for by name is refused for it."""
        found: dict[str, str] = {}
        if self._wish.state != CYCLED:
            return found
        try:
            self._poke = poke.prepare(find_bond(self._wish.bond))
        except CaptureRefused as error:
            found[POKE] = str(error)
        for rung, actions in ((BOUNCE, ["down"]), (REENSLAVE, ["down", "release"])):
            why = hazard(scene.hazards, actions)
            if why:
                found[rung] = why
        return found

    def _check(self, plan: Plan, scene: Scene, stand: Stand, cured: list[str]) -> None:
        actions = [one for one in ("release", "down") if one in plan.actions()]
        if actions:
            why = hazard(scene.hazards, actions)
            if why:
                raise Refused(why)
            said = check_isolation(
                stand, plan.member, actions[0], allowed=self._wish.allow_isolation, cured=cured
            )
            if said and said not in self.result.notes:
                self.result.notes.append(said)

    def _member(self, plan: Plan, scene: Scene) -> None:
        if not plan.rungs or self._links is None or self._changer is None:
            return
        stand = self._links.stand()
        try:
            self._check(plan, scene, stand, [])
        except Refused as error:
            raise Failed(f"stopped before {plan.member}: {error}") from error
        before = scene.read(plan.member)
        waits = sum(rung.wait_s + _NOTICE_S for rung in plan.rungs)
        deadline = dead_man_s(waits) if self._dead_man is None else self._dead_man
        if deadline < waits:
            raise Refused(
                f"dead_man is {deadline} s, but {plan.member} may take {waits:.0f} s by this "
                "plan: it would be undone half-way. Give more, or a shorter timeout"
            )
        order = files.read(f"/sys/class/net/{self._wish.bond}/bonding/slaves")
        members = tuple(order.decode().split()) if isinstance(order, bytes) else ()
        self._guard.arm(
            signed(
                Journal(
                    "",
                    self.name,
                    f"{self._wish.state} {plan.member}",
                    self._wish.bond,
                    scene.bond_mac,
                    members,
                    (before,),
                    tuple(plan.steps()),
                    deadline_s=deadline,
                )
            )
        )
        self._act(plan, scene, stand, before)

    def _act(self, plan: Plan, scene: Scene, stand: Stand, before: PortBefore) -> None:
        if self._links is None or self._changer is None:
            return
        tools = Tools(self._changer, self._links, self._guard, self._command, self._send)
        timers = scene.bond.timers
        notice_s = (2 * timers.miimon_ms + timers.downdelay_ms) / 1000
        member = MemberRun(tools, self._wish, plan, stand, notice_s)
        found = self.result.members[plan.member]
        found.changed = plan.changes
        try:
            done = member.go()
            found.end(done)
            worse = member.regression(timers.answer_s)
            undone = done.text if self._wish.state == PRESENT and plan.changes else ""
            self._stop_if(worse or undone or "; ".join(self._wrong(scene, before)))
            self._guard.disarm()
        except (Interrupted, ChangeFailed, Refused, OSError) as error:
            restored = self._guard.restore()
            found.outcome, found.restored = "restored", restored
            self.result.after(self._links.stand())
            state = "everything is as it was" if restored.complete else "NOT all is as it was"
            raise Failed(f"{plan.member}: {error}. {state}: {restored.text}") from error
        if not done.well:
            self.result.after(self._links.stand())
            raise Failed(self._not_well(done))

    def _not_well(self, done: Done) -> str:
        if self._wish.state == CYCLED:
            return f"{done.text}. {done.rung} did not help; the member has all settings it had"
        return done.text

    @staticmethod
    def _stop_if(text: str) -> None:
        if text:
            raise Interrupted(text)

    def _send(self) -> None:
        if self._poke is not None:
            self._poke()

    def _wrong(self, scene: Scene, before: PortBefore) -> list[str]:
        """What a change that should have restored everything did not."""
        name = before.device.name
        now = scene.read(name)
        if self._wish.state == CYCLED:
            return differences([before], [now])
        wanted = self._wish.bond if self._wish.state == PRESENT else ""
        return [] if now.master in (wanted, before.master) else [f"{name} belongs to {now.master}"]

    def close(self) -> None:
        """Let go of everything, the lock last."""
        for one in (self._links, self._changer, self._guard):
            if one is not None:
                one.close()


class Scene:
    """The host as it is before anything is done; Refused where the request does not fit it."""

    def __init__(self, wish: Wish, names: list[str], command: Run) -> None:
        self._command = command
        self.snapshot = dumps()
        network = self._network()
        self.bond = target(network, wish.bond)
        check_members(network, self.bond, names, wish.state)
        self.check_rights(wish.bond)
        self.strangers = [name for name in names if name not in self.bond.members]
        self.before: Mapping[str, PortBefore] = {name: self._port(name, network) for name in names}
        self.bond_mac = rtnl.mac(network.details(self.bond.link).get(rtnl.ADDRESS, b""))
        self.around = surroundings(collect.collect(live.LiveSource()), wish.bond)
        self.hazards = list(hazards(self.around, self.bond.members))

    def _network(self) -> rtnl_dumps.Network:
        network = rtnl_dumps.network(self.snapshot)
        if network is None:
            raise Refused("the links of this host cannot be read")
        return network

    def _port(self, name: str, network: rtnl_dumps.Network) -> PortBefore:
        return port_before(self.snapshot, network, name, routes(self._command))

    def read(self, name: str) -> PortBefore:
        """A member as it is now."""
        self.snapshot = dumps()
        network = self._network()
        if name not in network.names:
            raise Refused(f"{name} is gone")
        return self._port(name, network)

    @staticmethod
    def check_rights(bond: str) -> None:
        """Refused if this user may not change links."""
        if not privileged(files.read("/proc/self/status")):
            raise Refused("CAP_NET_ADMIN is needed to change links: run the task with become: true")
        path = f"/sys/class/net/{bond}/bonding/ad_actor_sys_prio"
        if not os.access(path, os.W_OK):
            raise Refused(
                f"{path} cannot be written: mount /sys read-write (mount -o remount,rw /sys)"
            )

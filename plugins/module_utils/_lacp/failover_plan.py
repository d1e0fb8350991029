# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a trial of a member does, step by step, and when it must not be done."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .failover_budget import CARRIER, RECEIVED, SENT
from .failover_tc import commands
from .plan import Refused, Step, link, listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .failover_budget import Budget, Fault, Timers
    from .failover_tc import DropPlan
    from .stuck import Stand

WATCH, DOWN, DROP, LEAVE, HOLD = "watch", "down", "drop", "wait for it to leave", "hold"
UP, UNDROP, RETURN, COMPARE = "up", "undrop", "wait for its return", "compare"
_LOST = {
    SENT: "the LACPDUs that it sends",
    RECEIVED: "the LACPDUs that it receives",
}


class Waits(NamedTuple):
    """Seconds: watched before the fault, the fault kept after the member left, waited at most."""

    before_s: float
    hold_s: float
    leave_s: float
    return_s: float

    @property
    def longest_s(self) -> float:
        """All of them."""
        return sum(self)


class TrialPlan(NamedTuple):
    """One member, one fault."""

    member: str
    ifindex: int
    fault: Fault
    timers: Timers
    budget: Budget
    waits: Waits
    drop: DropPlan | None = None


def check_bond(stand: Stand, members: Sequence[str], min_links: int, *, isolate: bool) -> None:
    """Refused where a trial would cut the host off, or where a bond is ill before it begins."""
    bond = stand.bond.name
    if stand.bond.fields.get("admin") != "up":
        raise Refused(f"bond {bond} is down: its LACP stands still, so there is nothing to test")
    ill = [text for text in map(stand.complaint, members) if text]
    if ill:
        raise Refused(
            f"bond {bond} is not well before the test, which would prove nothing: "
            f"{'; '.join(ill)}. Mend that first (bondproof.lacp.bond_audit), or name the others "
            "in members"
        )
    for member in members:
        others = stand.others_well([member])
        if isolate:
            continue
        if not others:
            raise Refused(
                f"{member} is the only member of bond {bond} that works at both ends: without it "
                "the host would be cut off. allow_isolation: true tests it all the same"
            )
        if len(others) < min_links:
            raise Refused(
                f"without {member} bond {bond} has {len(others)} of the {min_links} links that "
                f"min_links wants ({listed(others)}), and would lose its carrier. "
                "allow_isolation: true tests it all the same"
            )


def steps(plan: TrialPlan) -> list[Step]:
    """The steps of a trial, in order; a run takes these and no other."""
    member, waits = plan.member, plan.waits
    make, undo = _fault(plan)
    allowed = f"allowed: {plan.budget.leave_ms:.0f} ms"
    return [
        Step(
            WATCH,
            member,
            f"watch {member} for {waits.before_s:g} s",
            "what comes later is compared with this",
        ),
        make,
        Step(
            LEAVE,
            member,
            f"wait until {member} has left, at most {waits.leave_s:.0f} s ({allowed})",
            "bonding must stop using it, and so must the far end",
        ),
        Step(
            HOLD,
            member,
            f"keep {member} like this for {waits.hold_s:g} s more",
            "traffic must go on without it",
        ),
        undo,
        Step(
            RETURN,
            member,
            f"wait until both ends of {member} collect and distribute, at most "
            f"{waits.return_s:.0f} s (allowed: {plan.budget.return_s:.1f} s)",
            "a member that does not come back is a member lost",
        ),
        Step(
            COMPARE,
            member,
            f"compare tc, link and bond of {member} with what they were",
            "nothing may be left of the test",
        ),
    ]


def _fault(plan: TrialPlan) -> tuple[Step, Step]:
    member = plan.member
    if plan.fault.kind == CARRIER or plan.drop is None:
        down, up = link(member, "down"), link(member, "up")
        return (
            Step(DOWN, member, f"set {member} down", "a link that fails", down, up),
            Step(UP, member, f"set {member} up", "the link is back", up),
        )
    drop, undrop = commands(plan.drop)
    what = " and ".join(_LOST[hook] for hook in plan.drop.hooks)
    return (
        Step(
            DROP,
            member,
            f"drop {what} on {member}",
            "a control plane that is dead while the carrier stays",
            drop,
            undrop,
        ),
        Step(UNDROP, member, f"let LACPDUs pass on {member} again", "it is alive again", undrop),
    )

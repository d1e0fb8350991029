# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The audit of one host: facts and a policy in, findings and an outcome for every rule out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from . import host_fields
from .catalogue import load
from .fact import Known, NotEvaluable
from .rule import (
    BOND,
    FAILED,
    FLEET,
    HOST,
    NOT_EVALUABLE,
    PASSED,
    SEVERITIES,
    WAIVED,
    Deviation,
    Finding,
    Rule,
)
from .shell import quoted
from .views import (
    NOT_LACP,
    BondView,
    Context,
    Earlier,
    HostView,
    MemberView,
    View,
    lacp_refusal,
)
from .waiver import Waiver, day

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .model import HostFacts
    from .policy import Policy

DISABLED = "disabled"
OUTCOMES = (PASSED, FAILED, NOT_EVALUABLE, DISABLED)
NO_BOND = "no 802.3ad bond on this host"
NO_MEMBER = "no 802.3ad bond of this host has a member"
# The rule that says which waivers lapsed; it runs last, when it is known what they covered.
LAPSED = "waiver-expired"

# What a slip in a rule, or a value of an unforeseen shape, raises. Anything else propagates.
SLIPS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


class Outcome(NamedTuple):
    """How a rule ended on this host, and why parts of it could not be evaluated."""

    outcome: str
    reasons: tuple[str, ...] = ()

    def as_result(self) -> dict[str, Any]:
        """Plain data."""
        return {"outcome": self.outcome, "reasons": list(self.reasons)}


class Audit(NamedTuple):
    """The result: findings (worst first), outcomes by rule id, bonds that no rule judged and why.

    A rule is failed if a subject deviates, though all its findings be waived; not evaluable if no
    subject deviates but one could not be judged. bugs names rules that broke: their outcome is not
    evaluable, the other rules are not touched, and whoever runs an audit must say so aloud.
    """

    findings: tuple[Finding, ...]
    outcomes: Mapping[str, Outcome]
    not_judged: Mapping[str, str]
    bugs: tuple[str, ...] = ()

    def summary(self) -> dict[str, Any]:
        """Findings by severity (waived ones apart), rules by outcome, the worst severity."""
        counted: dict[str, Any] = dict.fromkeys((*SEVERITIES, WAIVED, *OUTCOMES), 0)
        for finding in self.findings:
            counted[WAIVED if finding.outcome == WAIVED else finding.severity] += 1
        for outcome in self.outcomes.values():
            counted[outcome.outcome] += 1
        counted["worst"] = next((level for level in SEVERITIES if counted[level]), "none")
        return counted

    def as_result(self) -> dict[str, Any]:
        """Plain data: findings, outcomes by rule, summary, not_judged, bugs."""
        return {
            "findings": [finding.as_result() for finding in self.findings],
            "outcomes": {rule: self.outcomes[rule].as_result() for rule in sorted(self.outcomes)},
            "summary": self.summary(),
            "not_judged": dict(self.not_judged),
            "bugs": list(self.bugs),
        }


def audit(
    facts: HostFacts,
    policy: Policy,
    *,
    earlier: Earlier | None = None,
    now_utc_s: float,
    rules: Mapping[str, Rule] | None = None,
    hosts: Sequence[str] = (),
) -> Audit:
    """Put every rule to every 802.3ad bond of a host.

    now_utc_s: when the facts were read; rules: all of them unless given; hosts: names, besides the
    kernel's, that a waiver may mean this host by.
    """
    chosen = load() if rules is None else rules
    run = _Run(facts, policy, Context(_expected(facts, policy), earlier, now_utc_s), hosts)
    last = [rule for rule in chosen.values() if rule.id == LAPSED]
    for rule in [rule for rule in chosen.values() if rule.id != LAPSED] + last:
        if rule.scope != FLEET:
            run.put(rule)
    order = {level: number for number, level in enumerate(SEVERITIES)}
    return Audit(
        tuple(
            sorted(
                run.findings,
                key=lambda f: (
                    f.outcome == WAIVED,
                    order[f.severity],
                    f.subject,
                    f.rule,
                    f.parameter,
                ),
            )
        ),
        run.outcomes,
        {name: reason for name, reason in run.refused.items() if reason},
        tuple(run.bugs),
    )


def _expected(facts: HostFacts, policy: Policy) -> dict[str, dict[str, Any]]:
    return {bond.name: policy.expected(bond.name) for bond in facts.bonds}


class _Run:
    """The state of one audit while it runs."""

    def __init__(
        self, facts: HostFacts, policy: Policy, context: Context, hosts: Sequence[str]
    ) -> None:
        self.policy = policy
        self.facts = facts
        self.context = context
        self.refused = {bond.name: lacp_refusal(bond) for bond in facts.bonds}
        self.host = HostView(facts, context, {})
        named = facts.record.fact(host_fields.HOSTNAME)
        self.hosts = (*hosts, named.value) if isinstance(named, Known) else tuple(hosts)
        self.today = day(context.now_utc_s) if policy.waivers else ""
        self.lapsed: dict[tuple[str, str], None] = {}
        self.findings: list[Finding] = []
        self.outcomes: dict[str, Outcome] = {}
        self.bugs: list[str] = []

    def put(self, rule: Rule) -> None:
        """Put one rule to its subjects; enter its findings and its outcome."""
        severity = self.policy.severity(rule.id, rule.severity)
        if severity is None or not self._asked_for(rule):
            self.outcomes[rule.id] = Outcome(DISABLED)
            return
        # A bond whose mode nobody could read may well be one that this rule should judge.
        reasons = dict.fromkeys(r for r in self.refused.values() if r and r != NOT_LACP)
        failed = False
        subjects = self._subjects(rule)
        for view in subjects:
            for deviation, reads in self._ask(rule, view, reasons):
                failed = True
                self.findings.append(self._finding(rule, severity, view, deviation, reads))
        if not subjects and not reasons:
            reasons[NO_MEMBER if self.host.bonds else NO_BOND] = None
        outcome = FAILED if failed else NOT_EVALUABLE if reasons else PASSED
        self.outcomes[rule.id] = Outcome(outcome, tuple(reasons))

    def _asked_for(self, rule: Rule) -> bool:
        """Whether the policy says anything that a rule of the policy family could compare with."""
        if rule.id == LAPSED:
            return bool(self.policy.waivers)
        if rule.family != "policy":
            return True
        key = rule.id[len("policy-") :].replace("-", "_")
        # A bond of unknown mode counts: the rule then says that it cannot tell.
        return any(
            key in self.context.expected[bond]
            for bond, reason in self.refused.items()
            if reason != NOT_LACP
        )

    def _subjects(self, rule: Rule) -> Sequence[View]:
        bonds = self.host.bonds
        if rule.scope == HOST:
            return self._hosts(rule)
        if rule.scope == BOND:
            return bonds
        return [member for bond in bonds for member in bond.members]

    def _hosts(self, rule: Rule) -> Sequence[View]:
        if rule.id == LAPSED:
            context = self.context._replace(lapsed=tuple(self.lapsed))
            return [HostView(self.facts, context, self.host.reads)]
        return [self.host] if self.host.bonds else []

    def _ask(
        self, rule: Rule, view: View, reasons: dict[str, None]
    ) -> Iterator[tuple[Deviation, tuple[str, ...]]]:
        """Yield what deviates, with what was read until then; add why the rest is not known."""
        view.reads.clear()
        try:
            for deviation in rule.check(view):
                yield deviation, tuple(view.reads)
        except NotEvaluable as reason:
            reasons[str(reason)] = None
        except SLIPS as slip:
            place = view.subject or "the host"
            bug = f"rule {rule.id} broke on {place}: {type(slip).__name__}: {slip}"
            self.bugs.append(bug)
            reasons[bug] = None

    def _finding(
        self, rule: Rule, severity: str, view: View, deviation: Deviation, reads: tuple[str, ...]
    ) -> Finding:
        waiver = self._waiver(rule.id, view.subject)
        return Finding(
            rule=rule.id,
            severity=severity,
            title=rule.title,
            subject=view.subject,
            parameter=deviation.parameter,
            expected=deviation.expected,
            observed=deviation.observed,
            source=reads,
            why=rule.why,
            remedy=_named(deviation.remedy or rule.remedy, view),
            outcome=WAIVED if waiver else FAILED,
            waiver=waiver.words() if waiver else None,
        )

    def _waiver(self, rule: str, subject: str) -> Waiver | None:
        """The waiver that holds for a finding; those that would, but for their date, are noted."""
        covering = [w for w in self.policy.waivers if w.covers(rule, subject, self.hosts)]
        for waiver in covering:
            if not waiver.expired(self.today):
                return waiver
        for waiver in covering:
            where = "" if waiver.subject == "*" else f" on {waiver.subject}"
            self.lapsed[rule + where, waiver.words()] = None
        return None


def _named(remedy: str, view: View) -> str:
    """The remedy with the names of this bond and member in its commands."""
    if isinstance(view, MemberView):
        bond, member = quoted(view.bond.name), quoted(view.name)
        return member.join(part.replace("BOND", bond) for part in remedy.split("MEMBER"))
    return remedy.replace("BOND", quoted(view.name)) if isinstance(view, BondView) else remedy

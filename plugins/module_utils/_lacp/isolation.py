# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One part of a link swapped at a time, and which swap made the errors end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

FIRST, CURED, FEWER, SAME, MORE, BEGAN, QUIET, UNTOLD = (
    "measured",
    "cured",
    "fewer",
    "same",
    "more",
    "began",
    "quiet",
    "cannot tell",
)
# So many errors must have been due before none of them says something: chance gives that e^-3, 5 %.
DUE = 3.0
# Standard deviations between two rates before they count as different.
_APART = 3.0
# Parts of the names that drivers give to counters of the physical layer.
_PHYSICAL = ("crc", "fcs", "symbol", "align", "uncorr", "jabber", "pcs", "illegal_byte", "rx_error")
_FLAPS = "carrier_down"


class Step(NamedTuple):
    """A measurement after something was changed; errors: growth of each counter that tells any."""

    changed: str
    note: str
    start: str
    length_s: float
    errors: Mapping[str, int]
    flaps: int

    @property
    def worst(self) -> int:
        """The largest growth: one bad frame is counted under several names."""
        return max(self.errors.values(), default=0)


class Outcome(NamedTuple):
    """What a step did, compared with the one before; needed_s: a length that would tell, or 0."""

    kind: str
    text: str
    needed_s: float = 0.0


def errors_of(grown: Mapping[str, int]) -> tuple[dict[str, int], int]:
    """Counters of the physical layer among those that grew, and how often the carrier was lost."""
    errors = {
        name: growth
        for name, growth in grown.items()
        if growth > 0
        and not name.startswith("tx_")
        and any(word in name.lower() for word in _PHYSICAL)
    }
    return errors, grown.get(_FLAPS, 0)


def judge(steps: Sequence[Step]) -> dict[str, Any]:
    """Outcomes, one for each step, and which step cured the link, with the sentence that says it.

    measured: 'errors', or 'flaps' where no step counted an error. cured_by: its number from 1, None
    if none did or if the errors came back.
    """
    is_errors = any(step.worst for step in steps)
    counts = [step.worst if is_errors else step.flaps for step in steps]
    noun = "errors" if is_errors else "losses of carrier" if any(counts) else "errors or flaps"
    outcomes = list(_outcomes(steps, counts, noun))
    cured_by = None
    for number, outcome in enumerate(outcomes, 1):
        if outcome.kind == CURED:
            cured_by = number
        elif counts[number - 1] and cured_by is not None:
            cured_by = None
    return {
        "measured": "errors" if is_errors else "flaps",
        "rates_per_minute": [
            round(60 * count / step.length_s, 3) for step, count in zip(steps, counts)
        ],
        "outcomes": [
            {"kind": one.kind, "text": one.text, "needed_s": round(one.needed_s)}
            for one in outcomes
        ],
        "cured_by": cured_by,
        "text": _conclusion(steps, counts, outcomes, cured_by, noun),
    }


def _outcomes(steps: Sequence[Step], counts: Sequence[int], noun: str) -> Iterator[Outcome]:
    for number, (step, count) in enumerate(zip(steps, counts)):
        if number == 0:
            text = f"{count} {noun} in {step.length_s:.0f} s: what the others are compared with"
            yield Outcome(FIRST if count else QUIET, text)
        else:
            yield _compared(steps[number - 1], counts[number - 1], step, count, noun)


def _compared(before: Step, earlier: int, step: Step, count: int, noun: str) -> Outcome:
    span = f"{count} {noun} in {step.length_s:.0f} s"
    if not earlier:
        if count:
            return Outcome(BEGAN, f"{span}, none before: they began, or came back, with this step")
        return Outcome(QUIET, f"{span}, none before: there is nothing to compare")
    rate = earlier / before.length_s
    due = rate * step.length_s
    if not count:
        if due >= DUE:
            return Outcome(CURED, f"{span}, {due:.0f} were due at the rate before: they ended")
        needed = DUE / rate
        text = f"{span}, only {due:.1f} were due: too short to tell, measure {needed:.0f} s"
        return Outcome(UNTOLD, text, needed)
    kind, words = _difference(before, earlier, step, count)
    return Outcome(kind, f"{span}, {due:.0f} were due at the rate before: {words}")


def _difference(before: Step, earlier: int, step: Step, count: int) -> tuple[str, str]:
    """Were both rates the same, each event would fall into either span by its share of the time."""
    total = earlier + count
    share = step.length_s / (before.length_s + step.length_s)
    deviation = (total * share * (1 - share)) ** 0.5
    apart = (count - total * share) / deviation
    if apart < -_APART:
        return FEWER, "fewer, not none"
    if apart > _APART:
        return MORE, "more than before"
    return SAME, "no difference that chance would not make"


def _conclusion(
    steps: Sequence[Step],
    counts: Sequence[int],
    outcomes: Sequence[Outcome],
    cured_by: int | None,
    noun: str,
) -> str:
    if cured_by is not None:
        step = steps[cured_by - 1]
        return (
            f"Step {cured_by} cured it: {noun} ended with '{_named(step)}'. "
            "Put the old part back to see them return: that proves it."
        )
    kinds = [outcome.kind for outcome in outcomes]
    if CURED in kinds:
        back = next(n for n in range(kinds.index(CURED) + 1, len(steps)) if counts[n])
        cured = _named(steps[kinds.index(CURED)])
        return (
            f"The {noun} ended with '{cured}' and came back with '{_named(steps[back])}'. "
            "If that step put the old part back, the old part is at fault."
        )
    if not any(counts):
        return f"No {noun} in any step: measure longer, or under the load that shows them."
    if len(steps) == 1:
        return "One measurement: now change one part, and measure again."
    if kinds[-1] == UNTOLD:
        return f"The last step was too short: measure {outcomes[-1].needed_s:.0f} s."
    return f"No step cured it so far: {noun} go on. Change the next part."


def _named(step: Step) -> str:
    return f"{step.changed}, {step.note}" if step.note else step.changed

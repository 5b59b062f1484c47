"""The gate's verdict in a sentence whose numbers agree with it: as many digits are written as show which is larger. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from codeeval.stats.words import apart, chance, signed

if TYPE_CHECKING:
    from codeeval.gate.rule import GatePolicy
    from codeeval.stats.compare import Comparison, ProblemChange


class GateVerdict(StrEnum):
    """What CI acts on. INCONCLUSIVE fails a build only where that was asked for."""

    PASS = "PASS"
    FAIL = "FAIL"
    INCONCLUSIVE = "INCONCLUSIVE"


@dataclass(frozen=True, slots=True)
class Advice:
    """Samples per problem that would decide if the difference stays: in `both` runs, or in the `candidate` alone; None: no
    number would. `enough_before`: the baseline has as many as it needs. `dependent`: there are problems whose samples count
    as one."""

    both: int | None = None
    candidate: int | None = None
    enough_before: bool = False
    dependent: bool = False


def reason(verdict: GateVerdict, found: Comparison, policy: GatePolicy, advice: Advice) -> str:
    """One sentence: what was seen, and what follows from it."""
    low, high = found.rerun or found.population
    ends = f"between {signed(100 * low, -100 * policy.margin)} and {signed(100 * high, 0.0)}"
    seen = f"pass@1 changed by {signed(100 * found.difference, 0.0)} points ({ends})"
    if verdict is GateVerdict.PASS:
        return f"{seen}: a drop of the margin, {100 * policy.margin:g}, or more is excluded"
    if verdict is GateVerdict.INCONCLUSIVE:
        undecided = f"a drop of the margin, {100 * policy.margin:g}, is not excluded"
        return f"{seen}: {undecided}, and {_not_failed(found, policy)}; {_advised(advice)}"
    if found.p_drop < policy.drop_p:
        p, limit = chance(found.p_drop, policy.drop_p)
        return (
            f"{seen}: one and the same model would drop as far with a chance of {p} "
            f"(fails below {limit}, from a drop of {100 * policy.min_effect:g})"
        )
    if 2 * found.p_regressed < policy.lost_p:
        many = len(found.with_change("regressed"))
        return (
            f"{seen}, and {many} problem{'' if many == 1 else 's'} regressed where chance explains "
            f"{found.expected_regressed:.1f} (p {found.p_regressed:.2g})"
        )
    worst = most_lost(found)
    return (
        f"{seen}, and problem {worst.problem_id} fell from {worst.a[1]}/{worst.a[0]} to {worst.b[1]}/{worst.b[0]}: chance "
        f"lets some problem lose as much in {found.p_worst:.2g} of cases"
    )


def most_lost(found: Comparison) -> ProblemChange:
    """The problem that chance explains least among those that got worse."""
    return min(found.changes, key=lambda item: (item.difference >= 0, item.p, item.difference, item.problem_id))


def _not_failed(found: Comparison, policy: GatePolicy) -> str:
    """Why it does not fail."""
    (_, high), drop = found.rerun or found.population, -found.difference
    if drop < policy.min_effect and (found.p_drop < policy.drop_p or found.p_lost < policy.lost_p):
        smaller, least = apart(100 * drop, 100 * policy.min_effect)
        return f"the drop of {smaller} is smaller than {least}, the smallest that fails"
    if high < 0:
        p, limit = chance(found.p_drop, policy.drop_p)
        return f"a drop is likely, but not beyond doubt (p {p}, fails below {limit})"
    return "no drop is shown"


def _advised(advice: Advice) -> str:
    if advice.dependent:
        return "independent samples (a temperature above 0, a seed each) would tell more"
    if advice.candidate is not None and advice.enough_before:
        return f"about {advice.candidate} samples per problem in this run would decide if the difference stays"
    if advice.both is None:
        return "more samples won't decide if the difference stays"
    if advice.candidate is None or advice.candidate <= advice.both:
        return f"about {advice.both} samples per problem in both runs would decide if the difference stays"
    return (
        f"about {advice.both} samples per problem in both runs, or {advice.candidate} in this run alone, would decide if the "
        "difference stays"
    )

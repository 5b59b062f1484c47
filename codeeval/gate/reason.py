"""The gate's verdict as a sentence with consistent numbers: enough digits are written to show which is larger. Pure."""

from __future__ import annotations

from codeeval.gate.verdict import Advice, GatePolicy, GateVerdict
from codeeval.i18n.messages import msg
from codeeval.stats.compare import Comparison
from codeeval.stats.problem_change import ProblemChange
from codeeval.stats.words import apart, chance, signed


def reason(verdict: GateVerdict, found: Comparison, policy: GatePolicy, advice: Advice) -> str:
    """One sentence: what was observed, and what follows."""
    low, high = found.rerun or found.population
    seen = msg(
        "pass@1 changed by {value} points (between {low} and {high})",
        value=signed(100 * found.difference, 0.0),
        low=signed(100 * low, -100 * policy.margin),
        high=signed(100 * high, 0.0),
    )
    if verdict is GateVerdict.PASS:
        return msg(
            "{seen}: a drop of the margin, {value}, or more is excluded", seen=seen, value=f"{100 * policy.margin:g}"
        )
    if verdict is GateVerdict.INCONCLUSIVE:
        return msg(
            "{seen}: a drop of the margin, {value}, is not excluded, and {why}; {advice}",
            seen=seen,
            value=f"{100 * policy.margin:g}",
            why=_not_failed(found, policy),
            advice=_advised(advice),
        )
    return _failed(seen, found, policy)


def _failed(seen: str, found: Comparison, policy: GatePolicy) -> str:
    """Which of the three ways to fail: the mean dropped, many problems regressed, one problem lost most."""
    if found.p_drop < policy.drop_p:
        p, limit = chance(found.p_drop, policy.drop_p)
        return msg(
            "{seen}: one and the same model would drop as far with a chance of {value} (fails below {limit}, from a "
            "drop of {least})",
            seen=seen,
            value=p,
            limit=limit,
            least=f"{100 * policy.min_effect:g}",
        )
    if 2 * found.p_regressed < policy.lost_p:
        return msg(
            "{seen}, and {n} {n:problem|problems} regressed where chance explains {other} (p {p_value})",
            seen=seen,
            n=len(found.with_change("regressed")),
            other=f"{found.expected_regressed:.1f}",
            p_value=f"{found.p_regressed:.2g}",
        )
    worst = most_lost(found)
    return msg(
        "{seen}, and problem {problem} fell from {before} to {after}: chance lets some problem lose as much in {p_value} of "
        "cases",
        seen=seen,
        problem=worst.problem_id,
        before=f"{worst.a[1]}/{worst.a[0]}",
        after=f"{worst.b[1]}/{worst.b[0]}",
        p_value=f"{found.p_worst:.2g}",
    )


def most_lost(found: Comparison) -> ProblemChange:
    """Among the problems that got worse, the one that chance explains least."""
    return min(found.changes, key=lambda item: (item.difference >= 0, item.p, item.difference, item.problem_id))


def _not_failed(found: Comparison, policy: GatePolicy) -> str:
    """Why it does not fail."""
    (_, high), drop = found.rerun or found.population, -found.difference
    if drop < policy.min_effect and (found.p_drop < policy.drop_p or found.p_lost < policy.lost_p):
        smaller, least = apart(100 * drop, 100 * policy.min_effect)
        return msg(
            "the drop of {smaller} is smaller than {least}, the smallest that fails", smaller=smaller, least=least
        )
    if high < 0:
        p, limit = chance(found.p_drop, policy.drop_p)
        return msg("a drop is likely, but not beyond doubt (p {p_value}, fails below {limit})", p_value=p, limit=limit)
    return msg("no drop is shown")


def _advised(advice: Advice) -> str:
    if advice.dependent:
        return msg("independent samples (a temperature above 0, a seed each) would tell more")
    if advice.candidate is not None and advice.enough_before:
        return msg("about {n} samples per problem in this run would decide if the difference stays", n=advice.candidate)
    if advice.both is None:
        return msg("more samples won't decide if the difference stays")
    if advice.candidate is None or advice.candidate <= advice.both:
        return msg("about {n} samples per problem in both runs would decide if the difference stays", n=advice.both)
    return msg(
        "about {n} samples per problem in both runs, or {m} in this run alone, would decide if the difference stays",
        n=advice.both,
        m=advice.candidate,
    )

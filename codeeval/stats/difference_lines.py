"""A comparison as lines of text, each translatable. Pure."""

from __future__ import annotations

from codeeval.i18n.messages import msg
from codeeval.stats.compare import Comparison
from codeeval.stats.intervals import Interval
from codeeval.stats.problem_change import ProblemChange
from codeeval.stats.words import LONG_RUN, apart, points, population, rerun

#: What a problem that changed is called.
CHANGES = {"regressed": msg("regressed"), "fixed": msg("fixed")}


def render(result: Comparison, most: int = 10) -> str:
    """Plain text: the difference with its intervals, the tests, and up to `most` problems in each direction."""
    return "\n".join(lines_of(result, most))


def lines_of(result: Comparison, most: int = 10) -> list[str]:
    """The lines of `render`."""
    one, two = means(result)
    return [
        msg(
            "pass@{k}  {one_run}: {one}%   {two_run}: {two}%   {n} problems",
            k=result.k,
            one_run=result.a,
            one=one,
            two_run=result.b,
            two=two,
            n=result.problems,
        ),
        _difference_line(result),
        _interval_line(population(result.level), result.population, result.population_method),
        *([] if result.rerun is None else [_interval_line(rerun(result.level), result.rerun, msg("normal"))]),
        _tests_line(result),
        detectable_line(result),
        *(line for kind in ("regressed", "fixed") for line in change_lines(kind, result.with_change(kind), most)),
        chance_line(result),
        msg("assumption   {one}; {two}", one=result.assumption, two=LONG_RUN),
        *(msg("warning: {note}", note=warning) for warning in result.warnings),
    ]


def means(result: Comparison) -> tuple[str, str]:
    """Both means in percent, with enough digits to show which is larger."""
    return apart(100 * result.mean_a, 100 * result.mean_b)


def _difference_line(result: Comparison) -> str:
    value = points(result.difference)
    if result.stderr is None:
        return msg("difference   {value} points", value=value)
    return msg("difference   {value} points (standard error {error})", value=value, error=f"{100 * result.stderr:.2f}")


def _interval_line(interval: str, bounds: Interval, method: str) -> str:
    low, high = map(points, bounds)
    return msg("  {interval} {low} to {high}   ({method})", interval=interval, low=low, high=high, method=method)


def _tests_line(result: Comparison) -> str:
    found = {"one": f"{result.p_t:.3g}", "two": f"{result.p_permutation:.3g}"}
    if result.p_mcnemar is None:
        return msg("p            t {one}, permutation {two}", **found)
    return msg(
        "p            t {one}, permutation {two}, exact McNemar {three}", **found, three=f"{result.p_mcnemar:.3g}"
    )


def detectable_line(result: Comparison) -> str:
    """The smallest difference that would usually be detected, and for which pairs of runs this holds."""
    mde = result.mde if result.mde_rerun is None else result.mde_rerun
    if result.shares_samples:
        return msg(
            "detectable   {value} points (smallest true difference that this comparison would usually see; these runs differ "
            "by less than runs with seeds of their own, for which `codeeval plan` answers)",
            value=f"{100 * mde:.1f}",
        )
    return msg(
        "detectable   {value} points (smallest true difference that this comparison would usually see)",
        value=f"{100 * mde:.1f}",
    )


def change_lines(kind: str, found: tuple[ProblemChange, ...], most: int) -> list[str]:
    """`regressed: 2 problems beyond sampling noise` and one line per problem, then separately those with too few samples to
    tell."""
    beyond = tuple(item for item in found if item.beyond_noise)
    too_few = tuple(item for item in found if not item.beyond_noise)
    said = CHANGES[kind]
    lines: list[str] = []
    if beyond or not too_few:
        head = msg("{kind}: {n} {n:problem|problems} beyond sampling noise", kind=said, n=len(beyond))
        lines += [head, *_listed(beyond, most)]
    if too_few:
        head = msg(
            "{kind}: {n} {n:problem|problems}, with too few samples to tell from noise", kind=said, n=len(too_few)
        )
        lines += [head, *_listed(too_few, most)]
    return lines


def _listed(found: tuple[ProblemChange, ...], most: int) -> list[str]:
    lines = []
    for item in found[:most]:
        (n_a, c_a), (n_b, c_b) = item.a, item.b
        counted = msg("counts as one sample") if item.as_one else f"p {item.p:.2g}"
        lines.append(
            msg(
                "  {problem}: {before} -> {after}  ({counted})",
                problem=item.problem_id,
                before=f"{c_a}/{n_a}",
                after=f"{c_b}/{n_b}",
                counted=counted,
            )
        )
    return lines + [msg("  … and {n} more", n=len(found) - most)] * (len(found) > most)


def chance_line(result: Comparison) -> str:
    """How to read the number of regressed problems, and the problem that lost most."""
    return msg(
        "by chance alone {value} problems would be listed as regressed (p of as many as here: {p_value}, of a "
        "loss as large as the largest: {worst})",
        value=f"{result.expected_regressed:.1f}",
        p_value=f"{result.p_regressed:.2g}",
        worst=f"{result.p_worst:.2g}",
    )

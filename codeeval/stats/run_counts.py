"""What a comparison needs of a run, and what two runs must share to be compared. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from codeeval.errors import NothingToEvaluate, UsageError
from codeeval.i18n.messages import at, joined, msg
from codeeval.stats.summary import MOST, whole


@dataclass(frozen=True, slots=True)
class RunCounts:
    """What a comparison needs of a run: (samples, correct) per problem id, and what must agree for a fair comparison.

    `digests`: name -> digest, for example of problems, prompt, image, limits. `dependent`: problems whose samples count
    as one, and why (`dependence`); None if only the counts are known.
    """

    name: str
    counts: Mapping[str, tuple[int, int]]
    digests: Mapping[str, str] = field(default_factory=dict)
    dependent: frozenset[str] | None = None
    dependence: str = ""


def shared_problems(a: RunCounts, b: RunCounts, allow_different: bool) -> tuple[list[str], tuple[str, ...]]:
    """The problems of both runs in a's order, and what differs between the runs.

    Raises UsageError if they differ and that is not allowed, and NothingToEvaluate if they share no problem.
    """
    for run in (a, b):
        _check(run)
    found = [_different(name, a, b) for name in _differing(a, b)]
    for one, other in ((a, b), (b, a)):
        extra = [problem for problem in one.counts if problem not in other.counts]
        if extra:
            ids = ", ".join(extra[:5]) + ", …" * (len(extra) > 5)
            found.append(msg("{n} problems are only in {where}: {ids}", n=len(extra), where=one.name, ids=ids))
    if found and not allow_different:
        raise UsageError(
            msg(
                "the runs can't be compared:\n  {differences}\n  allow differences (--allow-different) to compare anyway",
                differences=joined("\n  ", found),
            )
        )
    shared = [problem for problem in a.counts if problem in b.counts]
    if not shared:
        raise NothingToEvaluate(msg("{a_run} and {b_run} have no problem in common", a_run=a.name, b_run=b.name))
    return shared, tuple(found)


def agree(a: RunCounts, b: RunCounts) -> bool:
    """Whether two sound runs share what `shared_problems` requires without `allow_different`."""
    return bool(a.counts) and a.counts.keys() == b.counts.keys() and not _differing(a, b)


def _differing(a: RunCounts, b: RunCounts) -> list[str]:
    """Names of the digests that both runs have, and in which they differ."""
    return [name for name in sorted(a.digests.keys() & b.digests.keys()) if a.digests[name] != b.digests[name]]


def _different(digest: str, a: RunCounts, b: RunCounts) -> str:
    names = {
        "limits": msg("limits"),
        "problems": msg("problems"),
        "protocol": msg("protocol"),
        "prompt": msg("prompt"),
        "image": msg("image"),
    }
    return msg(
        "different {what}: {left} in {a_run}, {right} in {b_run}",
        what=names.get(digest, digest),
        left=a.digests[digest],
        a_run=a.name,
        right=b.digests[digest],
        b_run=b.name,
    )


def _check(run: RunCounts) -> None:
    for problem, pair in run.counts.items():
        try:
            whole(pair)
        except ValueError:
            n, c = pair
            said = msg(
                "need 0 <= correct <= samples <= {most} in whole numbers, got {value} of {other}",
                most=f"{MOST:,}",
                value=c,
                other=n,
            )
            raise UsageError(at(msg("{path}, problem {id}", path=run.name, id=problem), said)) from None

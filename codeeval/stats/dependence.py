"""Are the samples of a problem independent draws? Where they are not, n of them say no more than one. Standard library only.

Every statement about sampling noise, and so the gate, takes the n samples of a problem for n independent draws. At temperature 0,
with one seed for all, or on a server that answers a repeated prompt from a cache, they are one draw written down n times: it
turns from 10/10 to 0/10 at once, which independent samples of one model never do. Three signs are looked for:

- the run was asked for at temperature 0: all of its problems;
- samples that carry one seed and are one text: that problem (not where a backend draws all samples from one stream);
- repetition beyond chance: in nearly all problems every text occurs twice or more. Independent draws of a model that is sure of
  most of its answers still give a text that occurs once in some problems. Where fewer than a tenth of the problems have
  one, and so few with a probability below 5% if a tenth of all problems would, those that repeat are taken for dependent.

Where nothing is known but the counts (`all_or_nothing`), problems are taken for dependent where no problem of either run has
some samples right and some wrong, and there are enough of them to wonder.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp, lgamma, log, log1p

from codeeval.i18n.messages import msg

_SINGLE = 0.1  # the least share of problems in which independent samples give a text that occurs once
_UNLIKELY = 0.05

TEMPERATURE_0 = msg("temperature 0")
ONE_SEED = msg("one seed")
REPEATED = msg("identical samples beyond chance")
ALL_OR_NOTHING = msg("all samples of every problem agree")

#: Problem, completion, seed.
Drawn = tuple[str, str, int | None]


@dataclass(frozen=True, slots=True)
class Dependence:
    """`problems` whose samples count as one, and why."""

    problems: frozenset[str] = frozenset()
    reason: str = ""


def dependence(samples: Iterable[Drawn], temperature: float | None = None, one_stream: bool = False) -> Dependence:
    """What the samples of one run show. `one_stream`: the backend draws all samples of a problem from one seed."""
    texts: dict[str, list[tuple[int, int | None]]] = {}
    for problem, completion, seed in samples:
        texts.setdefault(problem, []).append((hash(completion), seed))
    several = {problem: drawn for problem, drawn in texts.items() if len(drawn) > 1}
    if temperature == 0:
        return Dependence(frozenset(several), TEMPERATURE_0) if several else Dependence()
    repeating = [problem for problem, drawn in several.items() if _repeats(drawn)]
    if repeating and _few(len(several) - len(repeating), len(several)):
        return Dependence(frozenset(repeating), REPEATED)
    seeded = [] if one_stream else [problem for problem, drawn in several.items() if _one_seed(drawn)]
    return Dependence(frozenset(seeded), ONE_SEED) if seeded else Dependence()


def all_or_nothing(counts: Sequence[tuple[int, int]]) -> bool:
    """Whether no problem is between 0 and n, in enough (n, c) of both runs that this is beyond chance, and not all are alike."""
    several = [(n, c) for n, c in counts if n > 1]
    if any(0 < c < n for n, c in several) or len({c > 0 for _, c in several}) < 2:
        return False
    return _few(0, len(several))


def _repeats(drawn: Sequence[tuple[int, int | None]]) -> bool:
    return min(Counter(text for text, _ in drawn).values()) > 1


def _one_seed(drawn: Sequence[tuple[int, int | None]]) -> bool:
    return drawn[0][1] is not None and len(set(drawn)) == 1


def _few(single: int, problems: int) -> bool:
    """Whether `single` or fewer of so many problems is unlikely if a tenth of all would be."""
    if single >= _SINGLE * problems:
        return False
    logs = (
        lgamma(problems + 1)
        - lgamma(i + 1)
        - lgamma(problems - i + 1)
        + i * log(_SINGLE)
        + (problems - i) * log1p(-_SINGLE)
        for i in range(single + 1)
    )
    return sum(map(exp, logs)) < _UNLIKELY

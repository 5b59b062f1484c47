"""Detect samples of a problem that are not independent draws. Standard library only.

Every statement about sampling noise, and so the gate, assumes that a problem's n samples are n independent draws. At
temperature 0, with one seed for all, or on a server that answers a repeated prompt from a cache, they are one draw recorded n
times: such a problem jumps from 10/10 to 0/10, which independent samples of one model never do. There are three signs:

- the run was made at temperature 0: all of its problems are dependent;
- samples of a problem have the same seed and the same text: that problem is dependent (unless the backend draws all samples
  from one stream);
- repetition beyond chance: in nearly all problems every text occurs at least twice. Even a model that is sure of most answers
  gives, if its draws are independent, some text that occurs only once in some problems. If fewer than a tenth of the problems
  have such a text, and so few have a probability below 5% under a rate of one tenth, the repeating problems are dependent.

If only the counts are known (`all_or_nothing`), problems count as dependent if no problem of either run is partly right, and
there are enough problems for this to be surprising.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp, lgamma, log, log1p

from codeeval.i18n.messages import msg

_SINGLE = 0.1  # if samples are independent, at least this share of problems has a text that occurs once
_UNLIKELY = 0.05

TEMPERATURE_0 = msg("temperature 0")
ONE_SEED = msg("one seed")
REPEATED = msg("identical samples beyond chance")
ALL_OR_NOTHING = msg("all samples of every problem agree")

#: Problem, completion, seed.
Drawn = tuple[str, str, int | None]


@dataclass(frozen=True, slots=True)
class Dependence:
    """`problems`: those whose samples count as one; and why."""

    problems: frozenset[str] = frozenset()
    reason: str = ""


def dependence(samples: Iterable[Drawn], temperature: float | None = None, one_stream: bool = False) -> Dependence:
    """Look for the signs in one run's samples. `one_stream`: the backend draws all samples of a problem from one seed."""
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
    """Whether no (n, c) of either run is partly right, beyond chance for so many, and they are not all alike."""
    several = [(n, c) for n, c in counts if n > 1]
    if any(0 < c < n for n, c in several) or len({c > 0 for _, c in several}) < 2:
        return False
    return _few(0, len(several))


def _repeats(drawn: Sequence[tuple[int, int | None]]) -> bool:
    return min(Counter(text for text, _ in drawn).values()) > 1


def _one_seed(drawn: Sequence[tuple[int, int | None]]) -> bool:
    return drawn[0][1] is not None and len(set(drawn)) == 1


def _few(single: int, problems: int) -> bool:
    """Whether `single` or fewer of `problems` is unlikely at a rate of one tenth."""
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

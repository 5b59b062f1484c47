"""A submission's score twice: as MERA's site computes it, and as it should be. Pure.

The site: `str(expected) == str(got)` for lists of equal length, the estimator without a guard for n < k, and 0 for the
whole task if anything is malformed. As it should be: texts that are literals are compared as data, k > n gives no value,
and a malformed or missing problem counts as unsolved, alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, prod

from codeeval.mera.check import Checked, Reference
from codeeval.mera.read import SampleOutputs
from codeeval.scoring.equality import mera_equal, strict_equal
from codeeval.stats.passk import pass_at_k
from sandbox.wire import Observation

KS = (1, 5, 10)


@dataclass(frozen=True, slots=True)
class SubmissionScore:
    """k -> pass@k by each rule; `correct`: problem id -> (samples, right by MERA's rule, right as data)."""

    site: dict[int, float]
    proper: dict[int, float | None]
    correct: dict[str, tuple[int, int, int]]


def score(checked: Checked, reference: Reference, ks: Sequence[int] = KS) -> SubmissionScore:
    """Needs expected outputs for every problem of the set; raises ValueError where some are hidden."""
    hidden = reference.n_tests.keys() - reference.expected.keys()
    if hidden:
        raise ValueError(f"the expected outputs of {len(hidden)} problems are hidden")
    correct = {pid: _problem(checked.samples.get(pid, ()), right) for pid, right in reference.expected.items()}
    site = {k: _mean([_unguarded(n, c, k) for n, c, _ in correct.values()]) if checked.valid else 0.0 for k in ks}
    usual = max((n for n, _, _ in correct.values()), default=0)
    proper = {k: _proper([(n or usual, c) for n, _, c in correct.values()], k) for k in ks}
    return SubmissionScore(site, proper, correct)


def _problem(samples: tuple[SampleOutputs, ...], expected: tuple[str, ...]) -> tuple[int, int, int]:
    mera = sum(_mera(sample, expected) for sample in samples)
    return len(samples), mera, sum(_as_data(sample, expected) for sample in samples)


def _mera(sample: SampleOutputs, expected: tuple[str, ...]) -> bool:
    """ "timed out" is compared like a list of characters: that is what the scorer does."""
    return len(sample) == len(expected) and all(
        mera_equal(got, right) for got, right in zip(sample, expected, strict=True)
    )


def _as_data(sample: SampleOutputs, expected: tuple[str, ...]) -> bool:
    """The types behind the texts are not known here, so a text that is a literal counts as the data it spells. A null stands for
    a call that raised and for one that returned None: where None is expected it has the benefit of the doubt."""
    if isinstance(sample, str) or len(sample) != len(expected):
        return False
    return all(
        right == "None" if text is None else strict_equal(Observation("returned", text, plain=True), right)
        for text, right in zip(sample, expected, strict=True)
    )


def _unguarded(n: int, c: int, k: int) -> float:
    """MERA's estimator: 1.0 as soon as fewer than k samples are wrong, also where there are fewer than k samples."""
    if n - c < k:
        return 1.0
    return 1.0 - prod(1.0 - k / i for i in range(n - c + 1, n + 1))


def _proper(pairs: list[tuple[int, int]], k: int) -> float | None:
    values = [pass_at_k(n, c, k) for n, c in pairs]
    known = [value for value in values if value is not None]
    return _mean(known) if known and len(known) == len(values) else None


def _mean(values: Sequence[float]) -> float:
    return fsum(values) / len(values) if values else 0.0

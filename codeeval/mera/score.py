"""A submission's score as it should be. Pure; `codeeval.mera.site` computes what MERA's site does.

Texts that are literals are compared as data, k > n gives no value, and a malformed or missing problem counts as
unsolved without affecting others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from codeeval.mera.check import Checked, Reference
from codeeval.mera.read import SampleOutputs
from codeeval.scoring.equality import strict_equal
from codeeval.stats.means import mean_of_all
from codeeval.stats.passk import pass_at_k
from sandbox.outcomes import Observation

KS = (1, 5, 10)


@dataclass(frozen=True, slots=True)
class SubmissionScore:
    """k -> pass@k; `correct`: problem id -> (samples, correct ones)."""

    proper: dict[int, float | None]
    correct: dict[str, tuple[int, int]]


def score(checked: Checked, reference: Reference, ks: Sequence[int] = KS) -> SubmissionScore:
    """Needs expected outputs for every problem of the set; raises ValueError if some are hidden."""
    hidden = reference.n_tests.keys() - reference.expected.keys()
    if hidden:
        raise ValueError(f"the expected outputs of {len(hidden)} problems are hidden")
    correct = {pid: _problem(checked.samples.get(pid, ()), right) for pid, right in reference.expected.items()}
    usual = max((n for n, _ in correct.values()), default=0)
    return SubmissionScore({k: _proper([(n or usual, c) for n, c in correct.values()], k) for k in ks}, correct)


def _problem(samples: tuple[SampleOutputs, ...], expected: tuple[str, ...]) -> tuple[int, int]:
    return len(samples), sum(_as_data(sample, expected) for sample in samples)


def _as_data(sample: SampleOutputs, expected: tuple[str, ...]) -> bool:
    """The types behind the texts are not known here, so a text that is a literal counts as that data. A null and the
    text None stand for a call that raised and one that returned None: if None is expected, both get the benefit of the
    doubt."""
    if isinstance(sample, str) or len(sample) != len(expected):
        return False
    return all(
        right == "None" if text is None else strict_equal(Observation("returned", text, plain=True), right)
        for text, right in zip(sample, expected, strict=True)
    )


def _proper(pairs: list[tuple[int, int]], k: int) -> float | None:
    return mean_of_all(pass_at_k(n, c, k) for n, c in pairs)

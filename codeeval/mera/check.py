"""Check that a submission is well formed, as MERA's own script would write it. Pure; findings name problem, place and
remedy.

The site's scorer also accepts much that is not well formed; `codeeval.mera.validation` tells the two apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from codeeval.i18n import msg
from codeeval.mera.read import SampleOutputs, SubmissionEntry, SubmissionFile
from codeeval.scoring.mera_outputs import TIMED_OUT

#: What MERA requires.
SAMPLES = 10


@dataclass(frozen=True, slots=True)
class Reference:
    """What the set specifies: problem id -> number of tests and, if known, the expected outputs."""

    n_tests: Mapping[str, int]
    expected: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class SubmissionFinding:
    """`error`: must be fixed; otherwise it is advice. `problem_id` is "" for the file."""

    error: bool
    problem_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Checked:
    """`samples`: problem id -> its samples' outputs, for well-formed problems. `shape`: "1.1" or "1.2"."""

    findings: tuple[SubmissionFinding, ...]
    shape: str | None
    samples: dict[str, tuple[SampleOutputs, ...]]

    @property
    def valid(self) -> bool:
        return not any(finding.error for finding in self.findings)


def check(found: SubmissionFile, reference: Reference | None = None, n: int | None = None) -> Checked:
    """Everything that is wrong. `n`: the requested samples per problem; without it all problems must have equally
    many."""
    findings = [SubmissionFinding(True, "", text) for text in found.problems]
    samples: dict[str, tuple[SampleOutputs, ...]] = {}
    shapes: Counter[str] = Counter()
    for entry in found.entries:
        problem_id, shape, outputs, wrong = _entry(entry)
        if problem_id in samples:
            wrong = [*wrong, msg("this id occurs twice")]
        findings += [SubmissionFinding(True, problem_id, text) for text in wrong]
        if not wrong and shape is not None:
            shapes[shape] += 1
            samples[problem_id] = outputs
    if len(shapes) > 1:
        findings.append(
            SubmissionFinding(
                True, "", msg("some problems have outputs [1][n][n_tests] (1.2), others [n][n_tests] (1.1)")
            )
        )
    findings += _numbers(samples, n)
    if reference is not None:
        findings += _against(samples, found, reference)
    return Checked(tuple(findings), shapes.most_common(1)[0][0] if shapes else None, samples)


def _entry(entry: SubmissionEntry) -> tuple[str, str | None, tuple[SampleOutputs, ...], list[str]]:
    """(problem id, shape, outputs, what is wrong)"""
    name = entry.problem_id
    if isinstance(name, bool) or not isinstance(name, int):
        text = (
            msg("meta.id is missing")
            if name is None
            else msg("meta.id must be an integer, it is {value}", value=repr(name))
        )
        return f"row {entry.place}" if name is None else str(name), None, (), [text]
    outputs, shape = entry.raw, "1.1"
    if not isinstance(outputs, list) or not outputs:
        return str(name), None, (), [msg("outputs must be a list that is not empty")]
    if len(outputs) == 1 and isinstance(outputs[0], list) and _is_samples(outputs[0]):
        outputs, shape = outputs[0], "1.2"
    wrong = list(filter(None, (_sample(place, sample) for place, sample in enumerate(outputs))))
    if wrong:
        return str(name), None, (), wrong[:3]
    return str(name), shape, tuple(each if isinstance(each, str) else tuple(each) for each in outputs), []


def _is_samples(items: list[object]) -> bool:
    """Whether the only element is a list of samples (1.2) rather than the outputs of a single sample (1.1, n = 1)."""
    return any(isinstance(item, list) for item in items) or (bool(items) and all(item == TIMED_OUT for item in items))


def _sample(place: int, sample: object) -> str | None:
    if sample == TIMED_OUT:
        return None
    if not isinstance(sample, list):
        return msg('sample {i}: neither a list nor "{said}"', i=place, said=TIMED_OUT)
    if not sample:
        return msg("sample {i}: an empty list", i=place)
    if not all(entry is None or isinstance(entry, str) for entry in sample):
        return msg("sample {i}: an output is neither a text nor null", i=place)
    return None


def _numbers(samples: dict[str, tuple[SampleOutputs, ...]], n: int | None) -> list[SubmissionFinding]:
    sizes = Counter(len(each) for each in samples.values())
    if not sizes:
        return [SubmissionFinding(True, "", msg("no problem of it is well formed"))]
    usual = n or sizes.most_common(1)[0][0]
    found = [
        SubmissionFinding(True, pid, msg("{n} samples instead of {m}", n=len(each), m=usual))
        for pid, each in samples.items()
        if len(each) != usual
    ]
    if n is None and usual != SAMPLES:
        found.append(
            SubmissionFinding(False, "", msg("{n} samples per problem; MERA asks for {m}", n=usual, m=SAMPLES))
        )
    return found


def _against(
    samples: dict[str, tuple[SampleOutputs, ...]], found: SubmissionFile, reference: Reference
) -> list[SubmissionFinding]:
    present = {str(entry.problem_id) for entry in found.entries}
    findings = [
        SubmissionFinding(True, pid, msg("this problem of the set is missing"))
        for pid in reference.n_tests
        if pid not in present
    ]
    for pid, each in samples.items():
        wanted = reference.n_tests.get(pid)
        if wanted is None:
            findings.append(SubmissionFinding(False, pid, msg("the set has no such problem; the site ignores it")))
            continue
        wrong = [place for place, sample in enumerate(each) if not isinstance(sample, str) and len(sample) != wanted]
        if wrong:
            text = msg(
                "sample {i}: {n} {n:output|outputs} for {m} {m:test|tests}", i=wrong[0], n=len(each[wrong[0]]), m=wanted
            )
            findings.append(SubmissionFinding(True, pid, text))
    return findings

"""The page "sample" as a value: from the completion to the verdict, with everything that was cut on the way."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

from codeeval.explorer.agreement import hidden_code
from codeeval.explorer.annotations import Annotation
from codeeval.explorer.evidence import ProblemEvidence
from codeeval.explorer.filters import PENDING
from codeeval.explorer.hidden import format_of
from codeeval.explorer.neighbours import beside, twins
from codeeval.explorer.numbers import RunNumbers
from codeeval.explorer.observed import calls_of_sample, execution_view, failing_line, tests_of_sample
from codeeval.explorer.sample_model import (
    CodedTests,
    Executed,
    Ranked,
    Repaired,
    Sampled,
    SamplePage,
    Score,
    Seen,
    Segment,
)
from codeeval.manifest import Manifest
from codeeval.reading.extract import extract
from codeeval.report.waterfall import cause_of, verbatim_of
from codeeval.scoring import protocols
from codeeval.scoring.grade import Ending
from codeeval.scoring.limits import kind_of
from codeeval.store import PlannedProblem, StoredJudgement
from codeeval.store.runcounts import limits_of
from codeeval.store.views import RunViews
from codeeval.tasks import spec_of
from codeeval.types import Cut, Problem, Sample

#: Up to this many characters of a program's output are cached for the other samples with that program.
_KEPT = 20_000


def sample_page(
    numbers: RunNumbers, reader: RunViews, evidence: ProblemEvidence, index: int, annotation: Annotation
) -> SamplePage | None:
    """None if there is no such sample. Raises DataError and StoreError."""
    problem = evidence.planned.problem
    sample = reader.sample(problem.id, index)
    if sample is None:
        return None
    protocol = protocols.get(numbers.protocol)
    extraction = extract(problem, sample.completion, protocol.extraction, is_program=sample.is_program)
    row = evidence.judged[protocol.name].get(index)
    trace = row.reading.trace if row is not None and row.reading is not None else extraction.trace
    code = sample_code(row, evidence.agreed)
    return SamplePage(
        head=evidence.head,
        index=index,
        protocol=protocol.name,
        code=code,
        repair=_repair(reader, problem.id, index) or _unrepaired(problem, sample, code),
        scores=tuple(_scores(evidence, index, numbers.endings.get(problem.id, {}).get(index))),
        prompt=_prompt(evidence.planned),
        **_sampled(sample),
        segments=_segments(sample, trace),
        extraction=protocol.extraction,
        trace=trace,
        prompt_parts=extraction.added,
        problem_prompt=problem.prompt,
        **_executed(evidence, reader, row, extraction.program),
        incidents=evidence.incidents.get(index, ()),
        same_program=twins(evidence, row),
        limits=_limits(numbers.manifest, protocol.name, problem),
        command=command(reader.run_dir, numbers.manifest, sample),
        annotation=annotation,
        **beside(evidence, index),
        **_coded_tests(problem, row),
        instead=row.outputs if row and isinstance(row.outputs, str) else "",
        disagreement=_disagreement(verbatim_of(numbers.protocols), reader, evidence, index),
        ranked=tuple(_ranked(numbers.manifest, reader, problem.id, index)),
    )


def _sampled(sample: Sample) -> Sampled:
    return Sampled(
        completion=sample.completion,
        raw=sample.raw,
        thought=sample.thought,
        tokens_in=sample.tokens_in,
        tokens_out=sample.tokens_out,
        seed=sample.seed,
        finish_reason=sample.finish_reason,
    )


def _executed(evidence: ProblemEvidence, reader: RunViews, row: StoredJudgement | None, extracted: str) -> Executed:
    """`extracted`: the program of a sample that was not executed."""
    seen = _seen(evidence, reader, row)
    return Executed(
        program=seen.program if seen else extracted,
        mode=seen.mode if seen else None,
        fail_line=seen.fail_line if seen else None,
        fail_text=seen.fail_text if seen else "",
        tests=seen.tests if seen else tests_of_sample(evidence, row, None),
        execution=seen.execution if seen else None,
        test_calls=seen.calls if seen else (),
    )


def _coded_tests(problem: Problem, row: StoredJudgement | None) -> CodedTests:
    found = row.judgement if problem.tests and row else None
    return CodedTests(
        test_code=problem.tests.source if problem.tests else None,
        test_line=found.call if found else None,
        test_text=(found.error or "") if found else "",
    )


def _limits(manifest: Manifest, protocol: str, problem: Problem) -> tuple[tuple[str, str], ...]:
    return tuple((name, f"{value:.12g}") for name, value in limits_of(manifest, protocol, kind_of(problem)).items())


def _scores(evidence: ProblemEvidence, index: int, ended: Ending | None) -> Iterator[Score]:
    return (_score(name, judged.get(index), ended) for name, judged in evidence.judged.items())


def _disagreement(name: str, reader: RunViews, evidence: ProblemEvidence, index: int) -> str:
    rows = {protocol: evidence.judged.get(protocol, {}).get(index) for protocol in (name, "strict")}
    judged = {protocol: row for protocol, row in rows.items() if row is not None and row.judgement is not None}
    passed = {row.judgement.passed for row in judged.values() if row.judgement is not None}
    return cause_of(reader, evidence.planned.problem, judged) if len(passed) > 1 else ""


def _ranked(manifest: Manifest, reader: RunViews, problem_id: str, index: int) -> Iterator[Ranked]:
    for position, info in enumerate(manifest.rankers):
        rewards = {row.index: row for row in reader.rewards(position, problem_id)}
        if (own := rewards.get(index)) is not None:
            better = sum(other.score > own.score for other in rewards.values())
            yield Ranked(info.name, own.score, better + 1, len(rewards), own.cut)


def _seen(evidence: ProblemEvidence, reader: RunViews, row: StoredJudgement | None) -> Seen | None:
    """What a sample's program did; made once for all samples that wrote it."""
    if row is None or row.job_digest is None:
        return None
    if row.job_digest in evidence.seen:
        return evidence.seen[row.job_digest]
    execution = reader.execution(evidence.planned.problem.id, row.job_digest)
    if execution is None:
        return None
    outcome = execution.outcome
    line, text = failing_line(row, outcome)
    tests, calls = tests_of_sample(evidence, row, outcome), tuple(calls_of_sample(evidence.planned.problem, outcome))
    found = Seen(execution.source, execution.mode, tests, execution_view(outcome), line, text, calls)
    if len(evidence.by_program[row.job_digest]) > 1 and len(outcome.stdout) + len(outcome.stderr) < _KEPT:
        evidence.seen[row.job_digest] = found
    return found


def command(run_dir: Path, manifest: Manifest, sample: Sample) -> str:
    """A shell command that executes and judges exactly this sample again."""
    task, pid = spec_of(manifest.task.name, manifest.task.source), sample.problem_id
    words = ["codeeval", "score", "-t", task, "--samples", str(run_dir), "--sample", f"{pid}/{sample.index}"]
    return shlex.join([*words, "--problems", pid, "--protocol", manifest.protocol])


def _repair(reader: RunViews, problem_id: str, index: int) -> Repaired | None:
    found = reader.counterfactual(problem_id, index)
    if found is None or not (found.classes or found.steps):
        return None
    execution = reader.execution(problem_id, found.job_digest) if found.job_digest else None
    return Repaired(
        classes=found.classes,
        steps=found.steps,
        verdict=found.verdict.value if found.verdict else None,
        passed=found.passed,
        program=execution.source if execution else None,
    )


def _unrepaired(problem: Problem, sample: Sample, code: str) -> Repaired | None:
    """If the answers are hidden nothing is repaired, but the failures of format are named."""
    classes = format_of(problem, sample, code)
    return Repaired(classes, (), None, None, None) if classes else None


def sample_code(row: StoredJudgement | None, agreed: tuple[str | None, ...] | None) -> str:
    if row is None:
        return PENDING
    return row.judgement.verdict.value if row.judgement else hidden_code(row.outputs, agreed)


def _score(protocol: str, row: StoredJudgement | None, ended: Ending | None) -> Score:
    """`ended`: if the expected outputs are hidden, how the program ended under the page's protocol."""
    found = row.judgement if row else None
    if found is None:
        return Score(protocol, None, None, ended.error if ended else None, ended.signature if ended else None)
    return Score(protocol, found.verdict.value, found.passed, found.error, found.signature)


def _prompt(planned: PlannedProblem) -> tuple[tuple[str, str], ...]:
    """(role, text); the role of a raw prompt is empty. Empty if the completions came from a file."""
    if planned.prompt is None:
        return ()
    return planned.prompt.messages or (("", planned.prompt.text or ""),)


def _segments(sample: Sample, trace: Sequence[Cut]) -> tuple[Segment, ...]:
    """The raw completion in pieces, in order, with what happened to each."""
    text, at = sample.completion, 0
    found: list[Segment] = []
    for cut in sorted((cut for cut in trace if cut.kept), key=lambda cut: cut.start):
        found.append(Segment("extracted", text[at : cut.start]))
        found.append(Segment("kept", text[max(at, cut.start) : cut.end]))
        at = max(at, cut.end)
    found.append(Segment("extracted", text[at:]))
    if sample.raw is not None and sample.raw.startswith(text):
        found.append(Segment("stopped", sample.raw[len(text) :]))
    return tuple(segment for segment in found if segment.text)

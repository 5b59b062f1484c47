"""The page "sample" as a value: from the completion to the verdict, with everything that was cut on the way."""

from __future__ import annotations

import shlex
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from pathlib import Path

from codeeval.explorer.annotations import Annotation
from codeeval.explorer.asserted import expected
from codeeval.explorer.evidence import ProblemEvidence
from codeeval.explorer.filters import AGREEMENT, PENDING
from codeeval.explorer.numbers import RunNumbers
from codeeval.explorer.problem import arguments
from codeeval.explorer.query import hidden_code
from codeeval.explorer.sample_model import (
    ExecutionView,
    Near,
    Ranked,
    Repaired,
    SamplePage,
    SampleTest,
    Score,
    Seen,
    Segment,
    TestCall,
)
from codeeval.manifest import Manifest
from codeeval.reading.extract import extract
from codeeval.report.waterfall import cause_of, verbatim_of
from codeeval.scoring import protocols
from codeeval.scoring.grade import Ending, ending_call
from codeeval.scoring.limits import kind_of
from codeeval.scoring.repair import names
from codeeval.scoring.signature import raised
from codeeval.store import PlannedProblem, StoredJudgement
from codeeval.store.runcounts import limits_of
from codeeval.store.views import RunViews
from codeeval.tasks import spec_of
from codeeval.types import Cut, Problem, Sample
from sandbox import Observation, Outcome

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
    seen = _seen(evidence, reader, row)
    trace = row.reading.trace if row is not None and row.reading is not None else extraction.trace
    before, after = _neighbours(evidence.there, index)
    code = sample_code(row, evidence.agreed)
    return SamplePage(
        head=evidence.head,
        index=index,
        protocol=protocol.name,
        code=code,
        repair=_repair(reader, problem.id, index) or _unrepaired(problem, sample, code),
        scores=tuple(
            _score(name, judged.get(index), numbers.endings.get(problem.id, {}).get(index))
            for name, judged in evidence.judged.items()
        ),
        prompt=_prompt(evidence.planned),
        completion=sample.completion,
        raw=sample.raw,
        thought=sample.thought,
        segments=_segments(sample, trace),
        extraction=protocol.extraction,
        trace=trace,
        prompt_parts=extraction.added,
        problem_prompt=problem.prompt,
        program=seen.program if seen else extraction.program,
        mode=seen.mode if seen else None,
        fail_line=seen.fail_line if seen else None,
        fail_text=seen.fail_text if seen else "",
        tests=seen.tests if seen else tests_of_sample(evidence, row, None),
        execution=seen.execution if seen else None,
        incidents=evidence.incidents.get(index, ()),
        same_program=_twins(evidence, row),
        tokens_in=sample.tokens_in,
        tokens_out=sample.tokens_out,
        seed=sample.seed,
        finish_reason=sample.finish_reason,
        limits=tuple(
            (name, f"{value:.12g}")
            for name, value in limits_of(numbers.manifest, protocol.name, kind_of(problem)).items()
        ),
        command=command(reader.run_dir, numbers.manifest, sample),
        annotation=annotation,
        previous=Near(problem.id, before) if before is not None else None,
        next=Near(problem.id, after) if after is not None else None,
        previous_failure=_failure_near(evidence, index, forward=False),
        next_failure=_failure_near(evidence, index, forward=True),
        test_code=problem.tests.source if problem.tests else None,
        test_line=row.judgement.call if problem.tests and row and row.judgement else None,
        test_text=(row.judgement.error or "") if problem.tests and row and row.judgement else "",
        instead=row.outputs if row and isinstance(row.outputs, str) else "",
        disagreement=_disagreement(verbatim_of(numbers.protocols), reader, evidence, index),
        ranked=tuple(_ranked(numbers.manifest, reader, problem.id, index)),
        test_calls=seen.calls if seen else (),
    )


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
    tests, calls = tests_of_sample(evidence, row, outcome), tuple(_calls(evidence.planned.problem, outcome))
    found = Seen(execution.source, execution.mode, tests, _execution(outcome), line, text, calls)
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
    looked_at = code in AGREEMENT[1:] and not sample.is_program
    classes = names(problem, sample) if looked_at else ()
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


def tests_of_sample(
    evidence: ProblemEvidence, row: StoredJudgement | None, outcome: Outcome | None
) -> tuple[SampleTest, ...]:
    problem = evidence.planned.problem
    return tuple(
        _test(problem, number, row, outcome, evidence.agreed[number] if evidence.agreed else None)
        for number in range(len(problem.calls))
    )


def _test(
    problem: Problem, number: int, row: StoredJudgement | None, outcome: Outcome | None, agreed: str | None
) -> SampleTest:
    seen = outcome.observations[number] if outcome else Observation("not_reached")
    judgement = row.judgement if row else None
    return SampleTest(
        call=f"{problem.entry_point}({arguments(problem.calls[number])})",
        expected=problem.expected[number] if problem.expected is not None else None,
        agreed=agreed,
        actual=seen.text if seen.status == "returned" else None,
        status=seen.status,
        raised=raised(seen) if seen.status == "raised" else None,
        line=seen.line,
        right=None if judgement is None else number not in judgement.failed_calls,
        cpu_ms=round(seen.cpu_ms, 3),
        ended=outcome.status if outcome and number == ending_call(outcome) else None,
    )


def _calls(problem: Problem, outcome: Outcome) -> Iterator[TestCall]:
    """The last calls before a test that is code failed. Only the most recent one can have a known expected result."""
    ruling = outcome.ruling
    if ruling is None or problem.tests is None:
        return
    wanted = expected(problem.tests.source, ruling.line, problem.entry_point)
    for number, (call, returned, came) in enumerate(ruling.last_calls, 1):
        yield TestCall(call, wanted if number == len(ruling.last_calls) else None, returned, came)


def failing_line(row: StoredJudgement | None, outcome: Outcome | None) -> tuple[int | None, str]:
    """The line named by the traceback of the deciding failure, and the exception raised there."""
    if outcome is None:
        return None, ""
    if outcome.definition is not None:
        return outcome.definition.line, raised(outcome.definition)
    if (ruling := outcome.ruling) is not None:
        seen = Observation("raised", exc_type=ruling.exc_type, message=ruling.message)
        return (ruling.candidate_line, raised(seen)) if ruling.from_candidate else (None, "")
    if row is not None and row.judgement is not None:
        call = row.judgement.call
    else:  # the answers are hidden: the first exception
        call = next((i for i, seen in enumerate(outcome.observations) if seen.status == "raised"), None)
    if call is not None and outcome.observations[call].status == "raised":
        return outcome.observations[call].line, raised(outcome.observations[call])
    return None, ""


def _execution(outcome: Outcome) -> ExecutionView:
    return ExecutionView(
        status=outcome.status,
        limit=outcome.limit,
        cpu_ms=outcome.cpu_ms,
        wall_ms=outcome.wall_ms,
        max_rss_kb=outcome.max_rss_kb,
        exit_code=outcome.exit_code,
        exit_signal=outcome.exit_signal,
        oom=outcome.oom,
        truncated=outcome.truncated,
        attempts=1 + len(outcome.attempts),
        guest=outcome.guest,
        stdout=outcome.stdout,
        stderr=outcome.stderr,
    )


def _twins(evidence: ProblemEvidence, row: StoredJudgement | None) -> tuple[int, ...]:
    if row is None or row.job_digest is None:
        return ()
    return tuple(index for index in evidence.by_program[row.job_digest] if index != row.index)


def _neighbours(there: Sequence[int], index: int) -> tuple[int | None, int | None]:
    """`there` must be ascending."""
    left, right = bisect_left(there, index), bisect_right(there, index)
    return there[left - 1] if left else None, there[right] if right < len(there) else None


def _failure_near(evidence: ProblemEvidence, index: int, *, forward: bool) -> Near | None:
    pid = evidence.planned.problem.id
    before, after = _neighbours(evidence.failed, index)
    inside = after if forward else before
    if inside is not None:
        return Near(pid, inside)
    return evidence.failure_after if forward else evidence.failure_before

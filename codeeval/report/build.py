"""Make a `Report` from a run file. Only reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import reduce
from typing import TypedDict

from codeeval.manifest import Manifest
from codeeval.reading import begins_with_thought
from codeeval.report.aggregates import differences, estimates, failure_groups, largest, verdicts
from codeeval.report.headline import Headline, headline
from codeeval.report.hidden_answers import hidden_answers
from codeeval.report.other_metrics import Extras, base_scores, extras
from codeeval.report.packages import missing_packages
from codeeval.report.reranked import reranked
from codeeval.report.values import Difference, Quality, Report, Throughput
from codeeval.report.warnings import warnings
from codeeval.report.waterfall import Waterfall, build_waterfall
from codeeval.stats import KEstimate, mean_over_problems, share_of_tests_passed
from codeeval.stats.dependence import Dependence
from codeeval.stats.sanity import SanityReport, check_sampling
from codeeval.store import Counts, RunReader, ScoredSample, TimeSplit
from codeeval.store.runcounts import dependent_samples
from codeeval.types import Sample, Verdict

GROUPS_SHOWN = 5


def build(reader: RunReader, ks: tuple[int, ...] | None = None, groups: int = GROUPS_SHOWN) -> Report:
    """The report of a run, finished or not. `ks`: by default those of the manifest; at most `groups` failure groups.

    Raises DataError and StoreError for a file that can't be read.
    """
    manifest = reader.manifest()
    chosen = ks or manifest.k
    requested = list(reader.scored(manifest.protocol))
    n_judged = sum(row.verdict is not None for row in requested)
    tallies = {name: list(reader.tallies(name)) for name in manifest.protocols}
    found = Report(
        **_of_manifest(manifest),
        **_of_work(reader),
        **_of_scores(reader, manifest, chosen),
        **_of_samples(reader, manifest),
        **_outstanding(reader),
        run=str(reader.run_dir),
        n_problems=sum(1 for _, n, _ in reader.counts(manifest.protocol) if n),
        n_samples=n_judged,
        hidden=len(requested) - n_judged,
        verdicts=verdicts(tallies[manifest.protocol]),
        verdicts_by_protocol={name: verdicts(found) for name, found in tallies.items()},
        not_supported=_not_supported(requested),
        groups=largest(failure_groups(reader, manifest.protocol, tallies[manifest.protocol]))[:groups],
        quality=_quality(requested),
        **_of_problems(reader, requested, chosen),
        reranked=reranked(reader, manifest, chosen),
        missing_packages=missing_packages(reader, manifest.protocols),
        hidden_answers=hidden_answers(requested) if n_judged < len(requested) else (),
    )
    return warnings(found)


class _OfManifest(TypedDict):
    task: str
    model: str
    protocol: str
    kind: str
    created_at: str
    codeeval_version: str
    n_selected: int
    sandbox: dict[str, str]
    notes: tuple[str, ...]
    skipped_samples: int


def _of_manifest(manifest: Manifest) -> _OfManifest:
    info = manifest.sandbox
    return {
        "task": manifest.task.name,
        "model": manifest.model.name,
        "protocol": manifest.protocol,
        "kind": manifest.kind,
        "created_at": manifest.created_at,
        "codeeval_version": manifest.codeeval_version,
        "n_selected": manifest.task.n_selected,
        "sandbox": {"backend": info.backend, "isolation": info.isolation, **info.describe},
        "notes": manifest.notes,
        "skipped_samples": manifest.skipped_samples,
    }


class _OfWork(TypedDict):
    counts: Counts
    timing: TimeSplit
    servers: dict[str, int]
    throughput: Throughput


def _of_work(reader: RunReader) -> _OfWork:
    """All invocations together; a server that answered nothing is named as well."""
    sessions = reader.sessions()
    counts = reduce(Counts.plus, (session.counts for session in sessions), Counts())
    timing = reduce(TimeSplit.plus, (session.timing for session in sessions), TimeSplit())
    servers: Counter[str] = Counter()
    for session in sessions:
        servers.update(session.servers)
    throughput = _throughput(reader, counts, timing)
    return {"counts": counts, "timing": timing, "servers": dict(servers), "throughput": throughput}


class _OfScores(TypedDict):
    estimates: dict[str, dict[int, KEstimate]]
    differences: tuple[Difference, ...]
    waterfall: Waterfall | None
    headline: Headline | None


def _of_scores(reader: RunReader, manifest: Manifest, ks: tuple[int, ...]) -> _OfScores:
    """pass@k under every protocol, and what two protocols disagree about."""
    scores = {name: estimates([(n, c) for _, n, c in reader.counts(name)], ks) for name in manifest.protocols}
    waterfall, differing = build_waterfall(reader, ks), differences(reader)
    said = headline(scores, manifest.protocol, waterfall, sum(each.n_samples for each in differing))
    return {"estimates": scores, "differences": differing, "waterfall": waterfall, "headline": said}


class _OfProblems(TypedDict):
    extras: Extras
    base: dict[int, float | None]


def _of_problems(reader: RunReader, rows: Sequence[ScoredSample], ks: tuple[int, ...]) -> _OfProblems:
    """What depends on the kind of the problems' tests."""
    problems = [planned.problem for planned in reader.problems()]
    votes_are_known = all(problem.tests is None for problem in problems)
    return {"extras": extras(rows, ks, votes_are_known), "base": base_scores(problems, rows, ks)}


class _OfSamples(TypedDict):
    sanity: SanityReport
    dependence: Dependence
    cut_thoughts: int


def _of_samples(reader: RunReader, manifest: Manifest) -> _OfSamples:
    """What the completions alone say, each read once."""
    samples = list(reader.samples())
    drawn = ((sample.problem_id, sample.completion, sample.seed) for sample in samples)
    made, backend = manifest.sampling, manifest.model.backend
    return {
        "sanity": check_sampling(samples, made.temperature, backend, _stops(manifest)),
        "dependence": dependent_samples(reader, drawn),
        "cut_thoughts": _cut_thoughts(samples) if manifest.kind == "run" and made.stop else 0,
    }


class _Outstanding(TypedDict):
    n_wanted: int
    pending: int
    pending_reasons: tuple[tuple[str, int], ...]
    unread: int


def _outstanding(reader: RunReader) -> _Outstanding:
    incidents = list(reader.incidents())
    return {
        "n_wanted": reader.n_wanted(),
        "pending": reader.n_pending(),
        "pending_reasons": tuple(Counter(incident.reason for incident in incidents).most_common()),
        "unread": sum(incident.stage == "samples" for incident in incidents),
    }


def _stops(manifest: Manifest) -> tuple[str, ...] | None:
    """The stop sequences in force while the samples were generated; None if unknown."""
    return manifest.sampling.stop if manifest.sampling.temperature is not None else None


def _cut_thoughts(samples: Iterable[Sample]) -> int:
    """Number of samples that a stop sequence cut and that begin with a thought, which the backend did not separate."""
    return sum(sample.raw is not None and begins_with_thought(sample.completion) for sample in samples)


def _throughput(reader: RunReader, work: Counts, timing: TimeSplit) -> Throughput:
    tokens_in, tokens_out = reader.tokens()
    if not work.generated or timing.generation <= 0:
        return Throughput(tokens_in=tokens_in, tokens_out=tokens_out)
    per_s = None if tokens_out is None else tokens_out / timing.generation
    return Throughput(work.generated / timing.generation, per_s, tokens_in, tokens_out)


def _not_supported(rows: Iterable[ScoredSample]) -> tuple[str, ...]:
    """The problems whose tests could not be carried out for some sample, in the run's order."""
    return tuple(dict.fromkeys(row.problem_id for row in rows if row.verdict is Verdict.NOT_SUPPORTED))


def _quality(rows: Iterable[ScoredSample]) -> Quality:
    numbers: dict[str, int] = {}
    judged = [(numbers.setdefault(row.problem_id, len(numbers)), row) for row in rows if row.verdict is not None]
    # test code ends at its first failure, so there are no calls to count and no share
    called = [(number, *_right_of(row)) for number, row in judged if row.outputs]
    return Quality(
        compiles=mean_over_problems(
            [number for number, _ in judged], [row.verdict is not Verdict.SYNTAX_ERROR for _, row in judged]
        ),
        tests_passed=share_of_tests_passed(
            [number for number, _, _ in called], [right for _, right, _ in called], [total for _, _, total in called]
        ),
    )


def _right_of(row: ScoredSample) -> tuple[int, int]:
    """Numbers of correct calls and of all calls. A sample that MERA calls "timed out" has no list of calls: it is
    correct or not."""
    if isinstance(row.outputs, str):
        return int(row.passed), 1
    return len(row.outputs) - len(row.failed_calls), len(row.outputs)

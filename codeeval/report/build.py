"""Make a `Report` from a run file. Only reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import reduce
from typing import TypedDict

from codeeval.manifest import Manifest
from codeeval.reading import begins_with_thought
from codeeval.report.aggregates import differences, estimates, failure_groups, largest, verdicts
from codeeval.report.headline import Headline, headline
from codeeval.report.hidden_answers import hidden_answers
from codeeval.report.other_metrics import base_scores, extras
from codeeval.report.packages import missing_packages
from codeeval.report.reranked import reranked
from codeeval.report.values import Difference, Quality, Report, Throughput
from codeeval.report.warnings import warnings
from codeeval.report.waterfall import Waterfall, build_waterfall
from codeeval.stats import KEstimate, mean_over_problems, share_of_tests_passed
from codeeval.stats.sanity import check_sampling
from codeeval.store import Counts, RunReader, StoredJudgement, TimeSplit
from codeeval.store.runcounts import dependent_samples
from codeeval.types import Judgement, Verdict

GROUPS_SHOWN = 5


def build(reader: RunReader, ks: tuple[int, ...] | None = None, groups: int = GROUPS_SHOWN) -> Report:
    """The report of a run, finished or not. `ks`: by default those of the manifest; at most `groups` failure groups.

    Raises DataError and StoreError for a file that can't be read.
    """
    manifest = reader.manifest()
    chosen = ks or manifest.k
    rows = {name: list(reader.judgements(name)) for name in manifest.protocols}
    requested = rows[manifest.protocol]
    n_judged = sum(row.judgement is not None for row in requested)
    tallies = {name: list(reader.tallies(name)) for name in manifest.protocols}
    found = Report(
        **_of_manifest(manifest),
        **_of_work(reader),
        **_of_scores(reader, manifest, chosen),
        **_outstanding(reader),
        run=str(reader.run_dir),
        n_problems=sum(1 for _, n, _ in reader.counts(manifest.protocol) if n),
        n_samples=n_judged,
        hidden=len(requested) - n_judged,
        verdicts=verdicts(tallies[manifest.protocol]),
        verdicts_by_protocol={name: verdicts(found) for name, found in tallies.items()},
        not_supported=_not_supported(requested),
        groups=largest(failure_groups(reader, manifest.protocol, tallies[manifest.protocol]))[:groups],
        sanity=check_sampling(
            reader.samples(), manifest.sampling.temperature, manifest.model.backend, _stops(manifest)
        ),
        quality=_quality(requested),
        extras=extras(requested, chosen, all(planned.problem.tests is None for planned in reader.problems())),
        base=base_scores(reader, requested, chosen),
        reranked=reranked(reader, manifest, rows, chosen),
        dependence=dependent_samples(reader),
        missing_packages=missing_packages(rows.values()),
        cut_thoughts=_cut_thoughts(reader) if manifest.kind == "run" and manifest.sampling.stop else 0,
        hidden_answers=hidden_answers(reader) if n_judged < len(requested) else (),
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


def _cut_thoughts(reader: RunReader) -> int:
    """Number of samples that a stop sequence cut and that begin with a thought, which the backend did not separate."""
    return sum(sample.raw is not None and begins_with_thought(sample.completion) for sample in reader.samples())


def _throughput(reader: RunReader, work: Counts, timing: TimeSplit) -> Throughput:
    tokens_in, tokens_out = reader.tokens()
    if not work.generated or timing.generation <= 0:
        return Throughput(tokens_in=tokens_in, tokens_out=tokens_out)
    per_s = None if tokens_out is None else tokens_out / timing.generation
    return Throughput(work.generated / timing.generation, per_s, tokens_in, tokens_out)


def _not_supported(rows: Iterable[StoredJudgement]) -> tuple[str, ...]:
    """The problems whose tests could not be carried out for some sample, in the run's order."""
    found = (row for row in rows if row.judgement is not None and row.judgement.verdict is Verdict.NOT_SUPPORTED)
    return tuple(dict.fromkeys(row.problem_id for row in found))


def _quality(rows: Iterable[StoredJudgement]) -> Quality:
    numbers: dict[str, int] = {}
    judged = [(numbers.setdefault(row.problem_id, len(numbers)), row.judgement) for row in rows if row.judgement]
    # test code ends at its first failure, so there are no calls to count and no share
    called = [(number, _right_of(one)) for number, one in judged if one.outputs]
    return Quality(
        compiles=mean_over_problems(
            [number for number, _ in judged], [one.verdict is not Verdict.SYNTAX_ERROR for _, one in judged]
        ),
        tests_passed=share_of_tests_passed(
            [number for number, _ in called], [right for _, (right, _) in called], [total for _, (_, total) in called]
        ),
    )


def _right_of(judgement: Judgement) -> tuple[int, int]:
    """Numbers of correct calls and of all calls. A sample that MERA calls "timed out" has no list of calls: it is
    correct or not."""
    if isinstance(judgement.outputs, str):
        return int(judgement.passed), 1
    return len(judgement.outputs) - len(judgement.failed_calls), len(judgement.outputs)

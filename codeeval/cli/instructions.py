"""`codeeval run --instructions`: the same problems under several instructions, with one model and one sandbox for all of them.

A folder with a run per instruction (`own`, `1`, `2`, …) and `instructions.json`. The runs are made before anything is sampled, in
a folder that gets its name when all is there: a folder of that name is whole, so that it can be continued after kill -9.
"""

from __future__ import annotations

import os
import shutil
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

from codeeval.cli.asked import Asked, ask
from codeeval.cli.console import Console
from codeeval.cli.evaluate import first_line, manifest_of
from codeeval.cli.like import differences
from codeeval.cli.resume import check_changeable, compare_images, generator_of, isolation_of, run_protocols
from codeeval.cli.settings import Resolved, Settings
from codeeval.cli.work import Interrupted, Placement, Sandbox, open_sandbox, work, worker_limits
from codeeval.errors import StoreError, UsageError
from codeeval.evaluation.pipeline import Result
from codeeval.generators import Generator
from codeeval.manifest import Manifest
from codeeval.prompts.templates import build_prompt, prompt_digest
from codeeval.report import instructions as report
from codeeval.store import PlannedProblem, RunReader, RunStore
from codeeval.tasks.instructions import Instruction, chosen, under
from codeeval.types import Task

_REPLAYED = "completions of a file do not depend on the instruction"


def evaluate_all(resolved: Resolved, like: Manifest | None = None) -> int:
    """A fresh folder of runs. Returns the exit code; raises what `codeeval.errors` and `sandbox.errors` list."""
    settings = resolved.settings
    console = Console(settings.format)
    _check(settings)
    base = ask(settings)
    plan = chosen(base.whole, settings.instructions or "")
    _refuse_used(base.run_dir)
    console.note(first_line(base, resolved))
    console.note(f"{len(plan) - 1} instructions, and each problem under its own: {len(plan)} runs")
    if base.model.backend == "replay":
        console.note(f"warning: {_REPLAYED}")
    placement = Placement(settings.sandbox, settings.workers, settings.isolation)
    with (
        open_sandbox(placement, base.protocols, console) as sandbox,
        closing(base.generator()) as generator,
    ):
        _create(base, plan, generator, sandbox)
        with RunReader(base.run_dir / plan[0].name) as reader:
            for difference in differences(like, reader.manifest()) if like else ():
                console.note(f"warning: {difference}")
        return _work_all(base.run_dir, generator, sandbox, console)


def resume_all(folder: Path, resolved: Resolved) -> int:
    """Do what the runs of a folder lack. Returns the exit code."""
    check_changeable(resolved)
    settings = resolved.settings
    console = Console(settings.format)
    _check(settings)
    lacking, manifest = {}, None
    for instruction in report.read_plan(folder):
        with RunReader(folder / instruction.name) as reader:
            manifest = manifest or reader.manifest()
            if _is_unfinished(reader):
                lacking[instruction.name] = sum(map(len, reader.missing_samples().values()))
    assert manifest is not None  # a plan has at least one instruction
    if not lacking:
        console.note(f"{folder} is complete: nothing is left to do")
        return show(folder, console)
    console.note(f"resuming {folder}: {len(lacking)} runs are unfinished, {sum(lacking.values())} samples to generate")
    kind = settings.sandbox if resolved.origins["sandbox"] != "default" else manifest.sandbox.backend
    placement = Placement(kind, settings.workers, isolation_of(manifest), worker_limits(manifest.sandbox))
    with ExitStack() as stack:
        sandbox = stack.enter_context(open_sandbox(placement, run_protocols(manifest, str(folder)), console))
        compare_images(manifest, sandbox.info.describe, console)
        missing = any(lacking.values())
        generator = stack.enter_context(closing(generator_of(manifest, resolved))) if missing else None
        return _work_all(folder, generator, sandbox, console)


def show(folder: Path, console: Console, ks: tuple[int, ...] | None = None) -> int:
    """The report in the console's format; exit code 3 for an incomplete folder, as for a run that just ended."""
    from codeeval.report import instructions_text as text
    from codeeval.report.terminal import Style

    found = report.build(folder, ks)
    if console.format == "json":
        console.document(report.document(found))
    elif console.quiet:
        console.result(text.one_line(found))
    elif console.format == "markdown":
        console.result(text.markdown(found).rstrip("\n"))
    else:
        from codeeval.cli.console import colour

        console.result(text.render(found, Style(colour=colour())))
    return 0


def _check(settings: Settings) -> None:
    if settings.results is not None:
        raise UsageError(
            "--results: with --instructions there are several runs; give it afterwards to `codeeval report` of one of them"
        )
    if settings.rerank is not None:
        raise UsageError("--rerank: with --instructions there are several runs; `codeeval rerank` each afterwards")


def _refuse_used(folder: Path) -> None:
    if report.is_instructions(folder):
        raise UsageError(
            f"{folder} already holds runs of several instructions\n"
            f"  Continue them with `codeeval run --resume {folder}`, or choose another folder with -o."
        )
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(
            f"{folder}: with --instructions the folder must be new or empty\n  Choose another one with -o."
        )


def _create(base: Asked, plan: tuple[Instruction, ...], generator: Generator, sandbox: Sandbox) -> None:
    """All runs, with nothing done in them yet."""
    whole = base.run_dir
    part = whole.with_name(f".{whole.name}.{os.getpid()}.part")
    try:
        shutil.rmtree(part, ignore_errors=True)
        for instruction in plan:
            asked = _under(base, instruction, part / instruction.name)
            RunStore.create(asked.run_dir, manifest_of(asked, generator, sandbox), asked.planned).close()
        (part / report.FILE_NAME).write_text(report.plan_text(plan), "utf-8")
        os.rename(part, whole)
    except OSError as error:
        raise StoreError(f"{whole}: {error.strerror or error}\n  Choose another place with -o RUN_DIR.") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _under(base: Asked, instruction: Instruction, run_dir: Path) -> Asked:
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


def _planned(base: Asked, task: Task) -> tuple[PlannedProblem, ...]:
    file, wanted = base.template_file, base.planned[0].wanted
    prompts = [
        file.build(problem, base.system) if file else build_prompt(problem, base.template.name, base.system)
        for problem in task.problems
    ]
    return tuple(
        PlannedProblem(problem, prompt, prompt_digest(prompt), wanted)
        for problem, prompt in zip(task.problems, prompts, strict=True)
    )


def _work_all(folder: Path, generator: Generator | None, sandbox: Sandbox, console: Console) -> int:
    """One run after another, as far as model and sandbox let them; then the report. Raises Interrupted."""
    try:
        _work_each(folder, generator, sandbox, console)
    except (Interrupted, KeyboardInterrupt):
        raise Interrupted(
            f"interrupted; everything that had finished is kept\n  Continue with: codeeval run --resume {folder}"
        ) from None
    show(folder, console)
    return 0 if report.build(folder).complete else 3


def _work_each(folder: Path, generator: Generator | None, sandbox: Sandbox, console: Console) -> None:
    plan = report.read_plan(folder)
    for number, instruction in enumerate(plan, 1):
        with RunStore.open(folder / instruction.name) as store:
            if not _is_unfinished(store):
                continue
            console.note(f"instruction {instruction.name} ({number} of {len(plan)})")
            judged_by = run_protocols(store.manifest(), str(store.path))
            result = work(store, judged_by, generator, sandbox, console)
        if isinstance(result.generation_error, UsageError) and number == 1 and not result.counts.generated:
            shutil.rmtree(folder)
            raise result.generation_error
        if _is_hopeless(result, console):
            return


def _is_hopeless(result: Result, console: Console) -> bool:
    """Tell what went wrong, and whether the next run would fare no better."""
    if result.generation_error is not None:
        console.complain(f"codeeval: generation: {result.generation_error}")
    if result.sandbox_error is not None:
        console.complain(f"codeeval: sandbox: {result.sandbox_error}")
    return bool(result.sandbox_error or (result.generation_error and not result.counts.generated))


def _is_unfinished(reader: RunReader) -> bool:
    lacking = any(reader.unjudged(name) for name in reader.manifest().protocols)
    return bool(lacking or reader.missing_samples() or reader.unexplained())

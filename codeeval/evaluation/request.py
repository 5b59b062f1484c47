"""A fresh run's request: settings turned into problems, prompts, model and protocols, and checked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

from codeeval.errors import UsageError
from codeeval.evaluation.choice import choose
from codeeval.evaluation.chosen_limits import within_limits
from codeeval.evaluation.cluster_engines import launcher_of
from codeeval.evaluation.reporter import SILENT, Reporter
from codeeval.evaluation.rerank import reward_info
from codeeval.evaluation.run_dir import check_run_dir, new_run_dir
from codeeval.evaluation.selection import (
    check_protocol,
    chosen_ks,
    chosen_protocols,
    chosen_task,
    led_by,
    renamed,
    usual_ks,
)
from codeeval.evaluation.settings import Settings
from codeeval.evaluation.template_choice import AUTO, ChosenTemplate, ModelPlace, choose_template, first_request
from codeeval.generators import BACKENDS, Generator, create
from codeeval.generators.common.facts import has_gpu
from codeeval.generators.common.launch import Launcher
from codeeval.generators.registry import check_model
from codeeval.i18n import msg
from codeeval.manifest import RewardInfo, printable
from codeeval.mera.sampling import SEED as MERA_SEED
from codeeval.mera.sampling import builder as prompt_builder
from codeeval.mera.sampling import check as check_mera_sampling
from codeeval.mera.sampling import template_of as mera_template
from codeeval.prompts.template_file import TemplateFile, is_template_file, read_template
from codeeval.prompts.templates import TEMPLATES, prompt_digest, system_text
from codeeval.scoring import protocols
from codeeval.store import PlannedProblem
from codeeval.tasks.bundled import DEMO_MODEL, bundled
from codeeval.tasks.instructions import chosen as chosen_instructions
from codeeval.types import Harness, Request, Sampling, ScoringProtocol, Task

HARNESSES = get_args(Harness)
DEMO_TASK = "rustarter"


@dataclass(frozen=True, slots=True)
class Model:
    """The model to generate with: its name for people, and where the backend finds it."""

    name: str
    location: str
    backend: str
    options: dict[str, str]


@dataclass(frozen=True, slots=True)
class RunRequest:
    """A fresh run, with everything checked that can be checked without model or sandbox."""

    whole: Task
    task: Task
    planned: tuple[PlannedProblem, ...]
    model: Model
    protocols: tuple[ScoringProtocol, ...]
    sampling: Sampling
    ks: tuple[int, ...]
    template: ChosenTemplate
    system: str | None
    dedup: bool
    run_dir: Path
    template_file: TemplateFile | None = None
    notes: tuple[str, ...] = ()
    altered: tuple[str, ...] = ()
    rankers: tuple[RewardInfo, ...] = ()
    launcher: Launcher | None = None

    def generator(self) -> Generator:
        """The generator that was opened to find out which template the model takes, or a new one. Raises UsageError,
        GenerationError."""
        opened = self.template.opened
        return opened or create(self.model.backend, self.model.location, self.model.options, self.launcher)


def ask(settings: Settings, reporter: Reporter = SILENT, *, opens: bool = True) -> RunRequest:
    """Check a run's settings. `opens`: the model will be opened, so its packages, options and files are checked as
    well, before any of it is loaded. Raises UsageError, DataError, NothingToEvaluate, and StoreError for the run
    folder."""
    check_protocol(settings.protocol)
    choose("--sampling", settings.sampling, HARNESSES)
    file = read_template(settings.template) if is_template_file(settings.template) else None
    asked = settings.template if file else choose("--template", settings.template, (AUTO, *TEMPLATES))
    whole, task, notes = chosen_task(settings, reporter)
    if settings.instructions is not None:
        chosen_instructions(whole, settings.instructions)
    judged_by = within_limits(chosen_protocols(settings.protocol, whole), settings, whole)
    sampling = _sampling(settings, judged_by[0], whole, asked)
    ks = chosen_ks(settings.k, sampling.n, sampling.n, usual_ks(whole.protocol), more=msg("Raise --n"))
    if settings.rename:
        task, more = renamed(task)
        notes = (*notes, *more)
    model, system = _model(settings), system_text(settings.system)
    launcher = launcher_of(settings)
    if sampling.harness == "mera":
        check_mera_sampling(whole, model.backend)
    if opens:
        check_model(model.backend, model.location, model.options, launcher)
    run_dir = settings.out or new_run_dir(task.name, model.name)
    check_run_dir(run_dir)
    template = _template(asked, model, first_request(task.problems[0], system, sampling), sampling)
    sampling = _sampling(settings, judged_by[0], whole, template.name)
    if settings.protocol is None:
        judged_by = led_by(judged_by, whole, template.name)
    planned = _planned(task, file or template.name, system, sampling)
    return RunRequest(
        *(whole, task, planned, model, judged_by, sampling, ks, template, system, settings.dedup, run_dir),
        template_file=file,
        notes=notes,
        altered=("renamed",) if settings.rename else (),
        rankers=_rankers(settings),
        launcher=launcher,
    )


def _template(asked: str, model: Model, first: Request, sampling: Sampling) -> ChosenTemplate:
    """The template of the prompts, for which the model may have to be opened."""
    if sampling.harness == "mera" and asked == AUTO:
        asked = mera_template(model.location, model.backend)
    return choose_template(asked, ModelPlace(model.backend, model.location, model.options), first, sampling)


def _planned(
    task: Task, template: TemplateFile | str, system: str | None, sampling: Sampling
) -> tuple[PlannedProblem, ...]:
    """The problems with their prompts. Raises DataError for a problem that the template has no text for."""
    build = prompt_builder(sampling.harness)
    prompts = [
        build(problem, template, system) if isinstance(template, str) else template.build(problem, system)
        for problem in task.problems
    ]
    return tuple(
        PlannedProblem(problem, prompt, prompt_digest(prompt), sampling.n)
        for problem, prompt in zip(task.problems, prompts, strict=True)
    )


def _rankers(settings: Settings) -> tuple[RewardInfo, ...]:
    if not settings.rerank:
        if settings.rerank_options:
            raise UsageError(msg("--rerank-option: there is no reward model; name one with --rerank"))
        return ()
    return (reward_info(settings.rerank, settings.rerank_options),)


def _sampling(settings: Settings, protocol: ScoringProtocol, task: Task, template: str) -> Sampling:
    """The protocol's sampling, with the user's changes. An English set is always sampled by its own protocol, but the
    stops of a continuation would cut a chat answer's program at its first line."""
    usual = protocols.get(task.protocol if task.protocol in protocols.ENGLISH else protocol.name).sampling
    if task.protocol in protocols.ENGLISH and template != "none":
        usual = replace(usual, stop=())
    chosen = {name: getattr(settings, name) for name in ("n", "temperature", "top_p", "top_k", "max_tokens", "seed")}
    usual = replace(usual, harness="mera" if settings.sampling == "mera" else "codeeval")
    return replace(usual, **{name: value for name, value in chosen.items() if value is not None})


def _model(settings: Settings) -> Model:
    name, options = settings.model, dict(settings.model_options)
    if name is None:
        if settings.base_url or settings.backend == "openai":
            raise UsageError(msg("which model? Name one with -m: the name by which the server knows it"))
        if settings.task != DEMO_TASK:
            raise UsageError(
                msg("which model? Name one with -m: a folder, a Hugging Face id, or a file of completions")
            )
        name = DEMO_MODEL
    for key in ("base_url", "ca_bundle"):
        if given := getattr(settings, key):
            options[key] = given
    backend = settings.backend or chosen_backend(name, settings)
    choose("--backend", backend, tuple(BACKENDS))
    if settings.sampling == "mera" and backend == "vllm":
        options.setdefault("seed", str(MERA_SEED))
    if backend == "openai":
        return Model(printable(name), name, backend, options)  # the server's name for it, whatever files exist here
    location = str(bundled(DEMO_MODEL)) if name == DEMO_MODEL and not Path(name).exists() else name
    if Path(location).exists():
        location = str(Path(location).resolve())
    return Model(printable(name), location, backend, options)


def chosen_backend(name: str, settings: Settings) -> str:
    """vLLM if it can be used and there is a GPU for it; the bundled model is too small to be worth its start-up."""
    if settings.base_url:
        return "openai"
    if name.endswith(".jsonl"):
        return "replay"
    ready = name != DEMO_MODEL and has_gpu() and not BACKENDS["vllm"].missing(settings.model_options)
    return "vllm" if ready else "hf"

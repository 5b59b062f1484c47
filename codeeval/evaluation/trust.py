"""What a manifest may make this machine do: nothing that executes, connects, or reads outside the run folder.

A run that this user made on this machine (`RunReader.is_own`) is continued and repeated unchanged. From any other run
only the settings listed here as harmless are taken; each other setting has to be given again, and the message names the
flags.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from codeeval.errors import DataError, UsageError
from codeeval.i18n import msg
from codeeval.manifest import Manifest, ModelInfo, RewardInfo, SandboxInfo
from codeeval.prompts.templates import TEMPLATES
from codeeval.scoring import protocols
from codeeval.scoring.signature import one_line
from codeeval.tasks import TASKS
from codeeval.tasks.bundled import DEMO_MODEL, bundled
from sandbox import Limits

#: The manifest's placeholder for a secret.
HIDDEN = "***"
#: Longer values are truncated in messages.
_SHOWN = 1_000

#: Limits for tokens and seconds; and for options that take a process, a thread or memory each.
_NUMBER, _FEW = re.compile(r"[0-9]{1,7}"), re.compile(r"[0-9]{1,3}")
_SWITCH = re.compile(r"0|1|true|false", re.IGNORECASE)
_SHARE = re.compile(r"0?\.[0-9]{1,6}|1|1\.0")
_WORD = re.compile(r"[a-z][a-z0-9_]{0,30}")
_DEVICE = re.compile(r"auto|cpu|cuda(:[0-9]{1,2})?|mps")
_COMMON = {"think_tokens": _NUMBER, "keep_raw": _SWITCH}

#: Backend -> option -> values that can only change how a model named by the user runs. An option that is not listed is
#: not harmless. Paths, names of models and classes, revisions and texts for servers are deliberately left out.
HARMLESS: dict[str, dict[str, re.Pattern[str]]] = {
    "hf": {**_COMMON, "dtype": _WORD, "device": _DEVICE, "rows": _FEW, "threads": _FEW, "replicas": _FEW},
    "vllm": {
        **_COMMON,
        "dtype": _WORD,
        "verbose": _SWITCH,
        "enforce_eager": _SWITCH,
        "enable_prefix_caching": _SWITCH,
        "gpu_memory_utilization": _SHARE,
        **dict.fromkeys(
            ("replicas", "data_parallel_size", "tensor_parallel_size", "pipeline_parallel_size", "max_num_seqs"), _FEW
        ),
        **dict.fromkeys(("max_model_len", "max_num_batched_tokens"), _NUMBER),
    },
    "openai": {
        **_COMMON,
        "api": _WORD,
        **dict.fromkeys(("concurrency", "n"), _FEW),
        **dict.fromkeys(("timeout", "patience", "budget"), _NUMBER),
    },
    "replay": {},
}


@dataclass(frozen=True, slots=True)
class Again:
    """What the user says about the model this time; None and no option: nothing. An empty option drops the
    manifest's."""

    model: str | None = None
    backend: str | None = None
    base_url: str | None = None
    options: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class UntrustedSetting:
    """A setting of `run` that is not taken from a manifest, and the flags that give it again."""

    setting: str
    words: tuple[str, ...]


def harmless(backend: str, options: Mapping[str, str]) -> dict[str, str]:
    """Those of `options` that are accepted from any manifest; `backend` is one of HARMLESS."""
    known = HARMLESS.get(backend, {})
    return {key: value for key, value in options.items() if key in known and known[key].fullmatch(value)}


def is_demo(model: ModelInfo) -> bool:
    """Whether a manifest means the bundled model, wherever it is now installed."""
    return model.name == DEMO_MODEL and model.backend == "hf"


# -- run --resume


def model_to_resume(run: Path, manifest: Manifest, own: bool, again: Again) -> ModelInfo:
    """The model that continues a run, with all its options. Raises UsageError for a model or backend that would change
    the run, and for settings of another user's run that were not given again."""
    model, given = manifest.model, dict(again.options or {})
    if again.base_url is not None:
        given["base_url"] = again.base_url
    kept = {key: value for key, value in model.options.items() if value != HIDDEN}
    if own and manifest.kind == "run":
        _refuse_change(model, again)
    else:
        kept = _taken(run, model, kept, replace(again, base_url=None, options=given))
    options = {key: value for key, value in {**kept, **given}.items() if value or key not in given}
    return model.model_copy(update={"location": _location(model, again.model), "options": options})


def _taken(run: Path, model: ModelInfo, kept: Mapping[str, str], again: Again) -> dict[str, str]:
    """The usable options of another user's run. Raises UsageError if something has to be given again."""
    if again.backend not in (None, model.backend):
        raise UsageError(_fixed("--backend"))
    given, allowed = again.options or {}, harmless(model.backend, kept)
    rest = {key: value for key, value in kept.items() if key not in allowed and key not in given}
    named = is_demo(model) or (again.model is not None and again.backend is not None)
    if not named or rest:
        head = () if is_demo(model) else ("-m", again.model or model.location, "--backend", model.backend)
        repeated = {key: value for key, value in kept.items() if key not in allowed}
        words = ("codeeval", "run", "--resume", str(run), *head, *model_words({**repeated, **given}))
        raise UsageError(_refusal(str(run), [words]))
    return allowed


def _fixed(flags: str) -> str:
    return msg("{flags}: can't be changed by --resume, the run keeps the settings it was started with", flags=flags)


def _refuse_change(model: ModelInfo, again: Again) -> None:
    wrong = []
    if again.model not in (None, model.name, model.location) and _resolved(again.model or "") != model.location:
        wrong.append("-m")
    if again.backend not in (None, model.backend):
        wrong.append("--backend")
    if wrong:
        raise UsageError(_fixed(", ".join(wrong)))


def _location(model: ModelInfo, given: str | None) -> str:
    if given is not None and not (is_demo(model) and given == DEMO_MODEL):
        return _resolved(given)
    return str(bundled(DEMO_MODEL)) if model.name == DEMO_MODEL else model.location


def _resolved(name: str) -> str:
    return str(Path(name).resolve()) if Path(name).exists() else name


def check_workers(info: SandboxInfo, where: str) -> None:
    """Raise DataError for worker limits in another user's run that are far above any protocol's: a program could
    exhaust this machine."""
    known = [asdict(protocols.get(name).limits) for name in protocols.names()]
    for field in fields(Limits):
        most = 8 * max(limits[field.name] for limits in known)
        value = info.limits.get(field.name, 1)
        if not (0 < value <= most and type(known[0][field.name])(value) > 0):
            raise DataError(
                msg("{where}, field {field}", where=f"{where}, manifest", field=f"sandbox.limits.{field.name}"),
                msg("a run from elsewhere may ask for {value} at most", value=f"{most:g}"),
                msg("`codeeval score --samples RUN` executes its samples anew, under this version's limits."),
            )


def refuse_ranking(run: Path, rankers: Sequence[RewardInfo]) -> None:
    """Raise UsageError that says how to apply the reward models of another user's run."""
    raise UsageError(
        _refusal(
            str(run),
            [("codeeval", "rerank", str(run), "-m", each.location, *reward_words(each.options)) for each in rankers],
        )
    )


# -- run --like


#: Settings of a fresh run that refer to nothing outside the run file; `system` is the text itself.
_FREE = frozenset(
    (
        *("n", "k", "temperature", "top_p", "top_k", "max_tokens", "seed"),
        *("system", "protocol", "isolation", "dedup", "rename", "problems"),
    )
)


def repeated_settings(
    manifest: Manifest, settings: Mapping[str, object]
) -> tuple[dict[str, object], tuple[UntrustedSetting, ...]]:
    """Split the `settings` that would repeat another user's run: those that are taken, and those that have to be given
    again."""
    asked = (*_asked_task(manifest, settings.get("task")), *_asked_model(manifest.model))
    if manifest.prompt.template not in TEMPLATES:
        asked += (UntrustedSetting("template", ("--template", manifest.prompt.template)),)
    if manifest.rankers:
        first = manifest.rankers[0]
        asked += (
            UntrustedSetting("rerank", ("--rerank", first.location, *reward_words(first.options, "--rerank-option"))),
        )
    named = {each.setting for each in asked}
    free = {*_FREE, *({"task", "model", "backend", "model_options", "template"} - named)}
    return {name: value for name, value in settings.items() if name in free}, asked


def _asked_task(manifest: Manifest, spec: object) -> tuple[UntrustedSetting, ...]:
    """Nothing for the bundled problems; a Hub set needs a connection, and a file is read."""
    name, source = manifest.task.name, manifest.task.source
    known = {info.name: info.origin for info in TASKS}
    if known.get(name) == "bundled" and spec == name:
        return ()
    return (UntrustedSetting("task", ("-t", name if name in known else source)),)


def _asked_model(model: ModelInfo) -> tuple[UntrustedSetting, ...]:
    """Nothing for the bundled model, unless a folder here has its name."""
    asked = []
    if not is_demo(model) or Path(DEMO_MODEL).exists():
        asked += [
            UntrustedSetting("model", ("-m", model.location)),
            UntrustedSetting("backend", ("--backend", model.backend)),
        ]
    options = {key: value for key, value in model.options.items() if value != HIDDEN}
    url = options.pop("base_url", None)
    if url is not None:
        asked.append(UntrustedSetting("base_url", ("--base-url", url)))
    if harmless(model.backend, options) != options:
        asked.append(UntrustedSetting("model_options", model_words(options)))
    return tuple(asked)


def refuse_unasked(
    run: Path, asked: Sequence[UntrustedSetting], is_given: Callable[[str], bool], backend: str | None
) -> None:
    """Raise UsageError for settings of another user's run that were not given again. `backend`: the chosen one; options
    of another backend need not be given."""
    before = next((each.words[1] for each in asked if each.setting == "backend"), None)
    moot = {"base_url", "model_options"} if is_given("backend") and backend != before else set()
    missing = [each for each in asked if not is_given(each.setting) and each.setting not in moot]
    if missing:
        words = [word for each in asked if each.setting not in moot for word in each.words]
        raise UsageError(_refusal(str(run), [("codeeval", "run", "--like", str(run), *words)]))


# -- words


def model_words(options: Mapping[str, str]) -> tuple[str, ...]:
    """Options of a backend as flags."""
    found: list[str] = []
    for key, value in options.items():
        found += ("--base-url", value) if key == "base_url" else ("-M", f"{key}={value}")
    return tuple(found)


def reward_words(options: Mapping[str, str], flag: str = "--rerank-option") -> tuple[str, ...]:
    """Options of a reward model as flags."""
    return tuple(word for key, value in options.items() if value != HIDDEN for word in (flag, f"{key}={value}"))


def _refusal(run: str, lines: Sequence[Sequence[str]]) -> str:
    commands = "\n".join("  " + " ".join(map(_word, line)) for line in lines)
    return msg(
        "{run}: this run was not made by you on this machine, so the programs, servers and files that it names "
        "are not used\n  Look at every value, and give again what you want (an empty value leaves an option "
        "out):\n{commands}\n  (Runs of an older codeeval, or made under another home folder, as in a container, "
        "count as somebody else's.)",
        run=_word(run),
        commands=commands,
    )


def _word(text: str) -> str:
    """A shell-quoted word, on one line and without terminal control characters."""
    shown = text if text.isprintable() and len(text) <= _SHOWN else one_line(text).removesuffix("…") + "…"
    return shlex.quote(shown)

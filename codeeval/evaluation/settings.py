"""Settings: each is declared here, with its flag, type, default and help, and nowhere else.

The command line builds its flags from this table (codeeval/cli/flags.py), as do `--print-config` and the tables of
docs/cli.md. `codeeval.evaluation.resolve` fills in values from flags, environment and file.

The file is one table of data, and so may be longer than others. Nothing heavy is imported
here, so that `codeeval --help` stays quick.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, get_type_hints

from codeeval.i18n import msg
from codeeval.types import MOST_SAMPLES


def _ks(value: object) -> object:
    """`1,5,10`, as a text or a list; sorted, without duplicates."""
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        value = [value]
    if isinstance(value, str):
        value = [part.strip() for part in value.split(",")]
    try:
        found = {int(part) for part in value}  # type: ignore[attr-defined]
    except (TypeError, ValueError):
        raise ValueError(msg("must be positive integers separated by commas, as in 1,5,10")) from None
    if not found or min(found) < 1:
        raise ValueError(msg("must be positive integers separated by commas, as in 1,5,10"))
    return tuple(sorted(found))


def _options(value: object) -> object:
    """`key=value` words, or a table."""
    if isinstance(value, Mapping):
        return {str(key): str(item) for key, item in value.items()}
    words = value.split() if isinstance(value, str) else value
    if not isinstance(words, list | tuple) or not all(isinstance(word, str) for word in words):
        raise ValueError(msg("must look like key=value"))
    pairs = [word.partition("=") for word in words]
    for key, equals, _ in pairs:
        if not key or not equals:
            raise ValueError(msg("must look like key=value"))
    return {key: item for key, _, item in pairs}


def _listed(value: object) -> object:
    """Several words joined by commas."""
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else value


@dataclass(frozen=True, slots=True)
class Flag:
    """How a setting is given on the command line, and which values are valid.

    `names`: the flag's names, by default the setting's own; `verbs` that have it, in one text; `meaning` and `usual`:
    what docs/cli.md says beyond `help` and the default; `said`: its name in messages; `bounds`: named as in pydantic;
    `repeated`: it may be given several times, and `parse` gets a list then."""

    help: str
    metavar: str | None = None
    names: tuple[str, ...] = ()
    verbs: str = "run"
    meaning: str = ""
    usual: str = ""
    said: str = ""
    bounds: Mapping[str, Any] = field(default_factory=dict)
    parse: Callable[[object], object] | None = None
    repeated: bool = False


_SCORED = "run score"
_JUDGED = "run score rescore"
_SHOWN = "run score rescore rerank"
_PLACED = "run score"
_SETS = "rustarter, ruhumaneval, rucodeeval, humaneval, humanevalplus, mbpp, mbppplus"


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting, by its name in a configuration file (in a flag, `-` replaces `_`). None: decided later.

    Constructing it directly checks nothing; `resolve` checks."""

    task: Annotated[
        str,
        Flag(
            f"{_SETS}, or a .json/.jsonl/.parquet file.",
            "TASK",
            ("-t", "--task"),
            _SCORED,
            "`rustarter`, `ruhumaneval`, `rucodeeval`, `humaneval`, `humanevalplus`, `mbpp`, `mbppplus`, or a `.json`, `.jsonl`, "
            "`.parquet` file: [tasks.md](tasks.md)",
        ),
    ] = "rustarter"
    model: Annotated[
        str | None,
        Flag(
            "Folder, Hugging Face id, a server's name for the model, or a .jsonl of completions.",
            "MODEL",
            ("-m", "--model"),
            meaning="a folder, a Hugging Face id, a server's name for the model, or a `.jsonl` of completions",
            usual="the demo model, for `rustarter` only",
        ),
    ] = None
    backend: Annotated[
        str | None,
        Flag(
            "What runs the model: hf, vllm, openai or replay (default: depends on MODEL).",
            "NAME",
            meaning="what runs the model: `hf`, `vllm`, `openai` or `replay`, [generation.md](generation.md)",
            usual="depends on the model",
        ),
    ] = None
    base_url: Annotated[
        str | None,
        Flag(
            "Address of an OpenAI-compatible server, as http://HOST:PORT/v1; may be repeated.",
            "URL",
            meaning="address of an OpenAI-compatible server (chooses `openai`); several, or a list with commas, share the work: "
            "[backend-openai.md](backend-openai.md#several-servers)",
            parse=_listed,
            repeated=True,
        ),
    ] = None
    ca_bundle: Annotated[
        str | None,
        Flag(
            "Certificates to trust at --base-url (default: SSL_CERT_FILE).",
            "FILE",
            meaning="certificates to trust at that server, a file or a folder",
            usual="`SSL_CERT_FILE`, else the usual ones",
        ),
    ] = None
    n: Annotated[
        int | None,
        Flag(
            "Completions per problem (default: the protocol's, 10 for MERA's).",
            "N",
            ("-n", "--n"),
            meaning="completions per problem",
            usual="the protocol's, 10 for MERA's",
            bounds={"ge": 1, "le": MOST_SAMPLES},
        ),
    ] = None
    k: Annotated[
        tuple[int, ...] | None,
        Flag(
            "The k of pass@k (default: 1,5,10 up to n; 1,10,100 for HumanEval).",
            "K,...",
            ("-k", "--k"),
            _JUDGED,
            "the k of pass@k, as in `1,5,10`; none may exceed n",
            "those of 1,5,10 (English sets: 1,10,100) up to n",
            parse=_ks,
        ),
    ] = None
    temperature: Annotated[
        float | None,
        Flag(
            "Sampling temperature (default: the protocol's, 0.6 for MERA's).",
            "T",
            meaning="sampling temperature; how each backend treats it: [generation.md](generation.md)",
            usual="the protocol's",
            bounds={"ge": 0, "le": 100},
        ),
    ] = None
    top_p: Annotated[
        float | None,
        Flag(
            "Sample only from the likeliest tokens up to this probability (default: the protocol's, 1 for MERA's).",
            "P",
            meaning="sample only from the likeliest tokens up to this probability; 1: from all",
            usual="the protocol's",
            bounds={"gt": 0, "le": 1},
        ),
    ] = None
    top_k: Annotated[
        int | None,
        Flag(
            "Sample only from the N likeliest tokens (default: the protocol's; 0: from all).",
            "N",
            meaning="sample only from the N likeliest tokens; 0: from all",
            usual="the protocol's",
            bounds={"ge": 0},
        ),
    ] = None
    max_tokens: Annotated[
        int | None,
        Flag(
            "Most new tokens of a completion (default: the protocol's).",
            "N",
            meaning="most new tokens of a completion",
            usual="the protocol's",
            bounds={"ge": 1},
        ),
    ] = None
    seed: Annotated[
        int | None,
        Flag(
            "Seed of the sampling (default: the protocol's, 1234).",
            "N",
            meaning="seed of the sampling",
            usual="the protocol's",
            bounds={"ge": 0},
        ),
    ] = None
    sampling: Annotated[
        str,
        Flag(
            "codeeval (default), or mera: sample as MERA's harness does with this backend.",
            "NAME",
            meaning="`codeeval`, or `mera`: sample as MERA's harness does with this backend, "
            "[mera.md](mera.md#sampling-as-mera-does)",
        ),
    ] = "codeeval"
    template: Annotated[
        str,
        Flag(
            "Form of the prompt: auto (default: what the model was trained on), code-user, gpt4-correct, chat, none, or a file.",
            "NAME",
            meaning="form of the prompt: `auto`, `code-user`, `gpt4-correct`, `chat`, `none`, or your own file: "
            "[generation.md](generation.md#prompts-and-templates)",
            usual="`auto`: what the model was trained on",
        ),
    ] = "auto"
    system: Annotated[
        str | None,
        Flag(
            "System prompt: a text, @FILE, or mera (the one that MERA publishes).",
            "TEXT",
            meaning="system prompt: a text, `@FILE`, `@@TEXT` for a text that begins with @, or `mera` for the one that "
            "MERA publishes",
            usual="none",
        ),
    ] = None
    protocol: Annotated[
        str | None,
        Flag(
            "Rules of the score: mera-code, mera-1.2, mera-1.1, humaneval, humanevalplus, mbpp, mbppplus or strict (default: the "
            "set's own). Every sample is also judged under strict.",
            "NAME",
            verbs=_JUDGED,
            meaning="rules of the score: `mera-code`, `mera-1.2`, `mera-1.1`, `humaneval`, `humanevalplus`, `mbpp`, "
            "`mbppplus` or "
            "`strict`, [scoring.md](scoring.md); every sample is also judged under `strict`",
            usual="the set's own: `mera-code`, or that of the set's name; `strict` for an English set asked in a chat",
        ),
    ] = None
    sandbox: Annotated[
        str,
        Flag(
            "Where programs run: auto (docker if an engine answers, else local), docker or local.",
            "KIND",
            verbs=_PLACED,
            meaning="where programs run: `auto` (docker if an engine answers, else local), `docker` or `local`",
        ),
    ] = "auto"
    python: Annotated[
        str | None,
        Flag(
            "Execute programs with this Python, with --sandbox local (default: the one that runs codeeval).",
            "PATH",
            verbs=_PLACED,
            meaning="execute programs with this Python (3.11 or newer, by its path or its name) in the local sandbox: "
            "[sandbox.md](sandbox.md#other-pythons-and-packages)",
            usual="the one that runs codeeval",
        ),
    ] = None
    workers: Annotated[
        int | None,
        Flag(
            "Number of sandbox workers (default: one per processor).",
            "N",
            ("-j", "--workers"),
            _PLACED,
            "number of sandbox workers",
            "one per processor",
            said="-j",
            bounds={"ge": 1, "le": 1024},
        ),
    ] = None
    cluster: Annotated[
        str | None,
        Flag(
            "Execute programs on a Ray cluster, -j workers per node: auto, local, HOST:PORT or ray://HOST:PORT.",
            "ADDRESS",
            verbs=_PLACED,
            meaning="execute programs on the nodes of a Ray cluster: `auto` (the one of `RAY_ADDRESS` or this machine), "
            "`local` (started "
            "for this run), `HOST:PORT`, `ray://HOST:PORT`; `-j` then counts per node: [cluster.md](cluster.md)",
            usual="this machine alone",
        ),
    ] = None
    cluster_options: Annotated[
        dict[str, str],
        Flag(
            "num_cpus=N, resource.NAME=N, patience_s=N, engine_gpus=N and others; may be repeated.",
            "KEY=VALUE",
            ("--cluster-option",),
            verbs=_PLACED,
            meaning="`num_cpus=N` (1) or `resource.NAME=N`, free resources that a node must have; `placement_group=NAME` and "
            "`namespace=NAME`; `patience_s=N` (60), seconds to wait for a cluster without a head or nodes; `engine_gpus=N`, "
            "`engine_cpus=N`, `engine_resource.NAME=N`, `engines=here`: where `-M replicas=N` places models, "
            "[cluster.md](cluster.md); may be repeated",
            said="--cluster-option",
            parse=_options,
        ),
    ] = field(default_factory=dict)
    limit: Annotated[
        int | None,
        Flag(
            "Only the first N problems.",
            "N",
            verbs=_SCORED,
            meaning="only the first N problems",
            usual="all",
            bounds={"ge": 1},
        ),
    ] = None
    problems: Annotated[
        str | None,
        Flag(
            "Only these problems, e.g. 1,5-9.",
            "IDS",
            verbs=_SCORED,
            meaning="only these problems, as in `1,5-9`",
            usual="all",
        ),
    ] = None
    rename: Annotated[
        bool,
        Flag(
            "Give functions and arguments neutral names, to check whether the model has memorised the set.",
            meaning="give functions and arguments neutral names, to check whether the model has memorised the set: "
            "[mera.md](mera.md#has-the-model-seen-the-set)",
        ),
    ] = False
    instructions: Annotated[
        str | None,
        Flag(
            "Run every problem with all of the set's instructions, or with 1,3-5: how much the wording matters.",
            "all|N,...",
            meaning="run every problem with `all` instructions of the set, or with `1,3-5`: how much the wording matters, "
            "[mera.md](mera.md#how-far-does-the-score-depend-on-the-wording)",
        ),
    ] = None
    model_options: Annotated[
        dict[str, str],
        Flag(
            "An option of the backend; may be repeated.",
            "KEY=VALUE",
            ("-M", "--model-option"),
            meaning="`KEY=VALUE`, an option of the backend; may be repeated",
            said="-M",
            parse=_options,
        ),
    ] = field(default_factory=dict)
    out: Annotated[
        Path | None,
        Flag(
            "Folder of the run (default: a new one below runs/).",
            "RUN_DIR",
            ("-o", "--out"),
            _SCORED,
            "folder of the run",
            "a new one below `runs/`",
            said="-o",
        ),
    ] = None
    dedup: Annotated[
        bool,
        Flag(
            "Execute identical programs of a problem once (default), or each of them.",
            verbs=_SCORED,
            meaning="execute identical programs of a problem once, or each of them",
            names=("--dedup/--no-dedup",),
            said="--no-dedup",
        ),
    ] = True
    isolation: Annotated[
        Literal["warm", "fresh"],
        Flag(
            "warm (default: a worker executes many programs), or fresh: a new worker for every program.",
            "KIND",
            verbs=_PLACED,
            meaning="`warm`: a worker executes many programs; `fresh`: a new worker for every program",
        ),
    ] = "warm"
    cpu_s: Annotated[
        float | None,
        Flag(
            "CPU limit of one sample in seconds, under strict or for your own file (default: the protocol's).",
            "S",
            verbs=_SCORED,
            meaning="CPU limit of one sample in seconds; only under `strict`, or for your own file without `--protocol`, because "
            "published protocols have fixed limits",
            usual="the protocol's",
            bounds={"gt": 0, "le": 3600},
        ),
    ] = None
    wall_s: Annotated[
        float | None,
        Flag(
            "Wall limit of one sample in seconds (default: in proportion to --cpu-s).",
            "S",
            verbs=_SCORED,
            meaning="wall limit of one sample in seconds, for programs that wait instead of computing",
            usual="in proportion to `--cpu-s`",
            bounds={"gt": 0, "le": 86_400},
        ),
    ] = None
    memory_mb: Annotated[
        int | None,
        Flag(
            "Memory limit of one sample in MiB (default: the protocol's).",
            "MIB",
            verbs=_SCORED,
            meaning="memory limit of one sample in MiB",
            usual="the protocol's",
            bounds={"ge": 64, "le": 1_048_576},
        ),
    ] = None
    results: Annotated[
        Path | None,
        Flag(
            "Also write one JSON object per sample to FILE.",
            "FILE",
            verbs=_SHOWN,
            meaning="also write one JSON object per sample to this file",
        ),
    ] = None
    answers: Annotated[
        Path | None,
        Flag(
            "Expected outputs of a set that hides them: JSON or JSONL, id -> outputs.",
            "FILE",
            verbs=_JUDGED,
            meaning="expected outputs of a set that hides them: [mera.md](mera.md#hidden-answers)",
        ),
    ] = None
    rerank: Annotated[
        str | None,
        Flag(
            "Afterwards score the samples with this reward model: best-of-k beside pass@k.",
            "MODEL",
            meaning="afterwards score the samples with this reward model: best-of-k beside pass@k, [below](#codeeval-rerank)",
        ),
    ] = None
    rerank_options: Annotated[
        dict[str, str],
        Flag(
            "An option of the reward model; may be repeated.",
            "KEY=VALUE",
            ("--rerank-option",),
            "run rerank",
            "`KEY=VALUE`, an option of the reward model; may be repeated",
            said="--rerank-option",
            parse=_options,
        ),
    ] = field(default_factory=dict)
    format: Annotated[
        str,
        Flag(
            "Form of the output: auto, human, json or quiet.",
            "FORMAT",
            verbs=_SHOWN,
            meaning="`auto`, `human`, `json` (one document) or `quiet` (one line, no progress; on stderr only what went wrong)",
        ),
    ] = "auto"


#: The settings by name, in the order of `--print-config`.
NAMES = tuple(each.name for each in fields(Settings))


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table: a setting, its type without None, and its flag."""

    name: str
    type: Any
    flag: Flag

    @property
    def names(self) -> tuple[str, ...]:
        """Its flags, a short one first if there is one."""
        return self.flag.names or (f"--{self.name.replace('_', '-')}",)


@cache
def table() -> dict[str, Setting]:
    """Every setting by name."""
    hints = get_type_hints(Settings, include_extras=True)
    return {name: Setting(name, hints[name].__origin__, hints[name].__metadata__[0]) for name in NAMES}


def of_verb(verb: str) -> tuple[Setting, ...]:
    """The settings for which a verb has flags."""
    return tuple(found for found in table().values() if verb in found.flag.verbs.split())


def flag(name: str) -> str:
    """A setting's flag, as messages name it."""
    return table()[name].flag.said or f"--{name.replace('_', '-')}"

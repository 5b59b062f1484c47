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
            "Folder, Hugging Face id, served name, or a .jsonl of completions.",
            "MODEL",
            ("-m", "--model"),
            meaning="a folder, a Hugging Face id, the name at a server, or a `.jsonl` of completions",
            usual="the demo model, for `rustarter` only",
        ),
    ] = None
    backend: Annotated[
        str | None,
        Flag(
            "hf, vllm, openai or replay (default: by what MODEL is).",
            "NAME",
            meaning="`hf`, `vllm`, `openai` or `replay`",
            usual="by what the model is",
        ),
    ] = None
    base_url: Annotated[
        str | None,
        Flag(
            "An OpenAI-compatible server; may be repeated.",
            "URL",
            meaning="an OpenAI-compatible server (chooses `openai`); several, or a list with commas, share the work: "
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
            "Completions per problem (default: the protocol's, 10).",
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
            "Default: the protocol's, 0.6.",
            "T",
            meaning="sampling; what each backend makes of it: [generation.md](generation.md)",
            usual="the protocol's",
            bounds={"ge": 0, "le": 100},
        ),
    ] = None
    top_p: Annotated[
        float | None,
        Flag("Default: 1, no cut.", "P", meaning="sampling", usual="the protocol's", bounds={"gt": 0, "le": 1}),
    ] = None
    top_k: Annotated[
        int | None,
        Flag("Default: 0, no cut.", "N", meaning="sampling", usual="the protocol's", bounds={"ge": 0}),
    ] = None
    max_tokens: Annotated[
        int | None,
        Flag(
            "New tokens at most (default: the protocol's).",
            "N",
            meaning="new tokens at most",
            usual="the protocol's",
            bounds={"ge": 1},
        ),
    ] = None
    seed: Annotated[
        int | None,
        Flag("Default: the protocol's, 1234.", "N", meaning="sampling", usual="the protocol's", bounds={"ge": 0}),
    ] = None
    sampling: Annotated[
        str,
        Flag(
            "codeeval (default), or mera: as MERA's harness samples on this backend.",
            "NAME",
            meaning="`codeeval`, or `mera`: as MERA's harness samples on this backend, [mera.md](mera.md#sampling-as-mera-does)",
        ),
    ] = "codeeval"
    template: Annotated[
        str,
        Flag(
            "auto (default: what the model was made for), code-user, gpt4-correct, chat, none, or a file.",
            "NAME",
            meaning="`auto`, `code-user`, `gpt4-correct`, `chat`, `none`, or a file of your own: "
            "[generation.md](generation.md#prompts-and-templates)",
            usual="`auto`: what the model was made for",
        ),
    ] = "auto"
    system: Annotated[
        str | None,
        Flag(
            "System prompt: a text, @FILE, or mera (the published one).",
            "TEXT",
            meaning="system prompt: a text, `@FILE`, `@@TEXT` for a text that begins with @, or `mera` for the published one",
            usual="none",
        ),
    ] = None
    protocol: Annotated[
        str | None,
        Flag(
            "mera-code, mera-1.2, mera-1.1, humaneval, humanevalplus, mbpp, mbppplus (default: the set's own) or strict, which "
            "is always scored too.",
            "NAME",
            verbs=_JUDGED,
            meaning="`mera-code`, `mera-1.2`, `mera-1.1`, `humaneval`, `humanevalplus`, `mbpp`, `mbppplus` or `strict`; every "
            "sample is also judged under `strict`",
            usual="the set's own: `mera-code`, or that of the set's name; `strict` for an English set asked in a chat",
        ),
    ] = None
    sandbox: Annotated[
        str,
        Flag(
            "auto (docker where an engine answers, else local), docker or local.",
            "KIND",
            verbs=_PLACED,
            meaning="`auto` (docker where an engine answers, else local), `docker` or `local`",
        ),
    ] = "auto"
    python: Annotated[
        str | None,
        Flag(
            "Execute programs with this Python, under --sandbox local (default: the one of codeeval).",
            "PATH",
            verbs=_PLACED,
            meaning="execute programs with this Python (3.11 or newer, by its path or its name) in the local sandbox: "
            "[sandbox.md](sandbox.md#other-pythons-and-packages)",
            usual="the one that codeeval runs in",
        ),
    ] = None
    workers: Annotated[
        int | None,
        Flag(
            "Sandbox workers (default: one per processor).",
            "N",
            ("-j", "--workers"),
            _PLACED,
            "sandbox workers",
            "one per processor",
            said="-j",
            bounds={"ge": 1, "le": 1024},
        ),
    ] = None
    cluster: Annotated[
        str | None,
        Flag(
            "Execute on a Ray cluster: auto, local, HOST:PORT or ray://HOST:PORT.",
            "ADDRESS",
            verbs=_PLACED,
            meaning="execute on the nodes of a Ray cluster: `auto` (the one of `RAY_ADDRESS` or this machine), `local` (started "
            "for this run), `HOST:PORT`, `ray://HOST:PORT`; `-j` is per node then: [cluster.md](cluster.md)",
            usual="this machine alone",
        ),
    ] = None
    cluster_options: Annotated[
        dict[str, str],
        Flag(
            "What a node must have to spare, or a placement group; may be repeated.",
            "KEY=VALUE",
            ("--cluster-option",),
            verbs=_PLACED,
            meaning="`num_cpus=N` (1) or `resource.NAME=N`, what a node must have to spare; `placement_group=NAME` and "
            "`namespace=NAME`; `patience_s=N` (60), how long a cluster without a head or a node is waited for; `engine_gpus=N`, "
            "`engine_cpus=N`, `engine_resource.NAME=N`, `engines=here`: where `-M replicas=N` places models; may be repeated",
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
            "Give every function and its arguments neutral names: a look at memorisation.",
            meaning="give functions and arguments neutral names: a first look at memorisation, [mera.md](mera.md)",
        ),
    ] = False
    instructions: Annotated[
        str | None,
        Flag(
            "Every problem under all of the set's instructions, or under 1,3-5.",
            "all|N,...",
            meaning="every problem under `all` instructions of the set, or under `1,3-5`: how far the score depends on them, "
            "[mera.md](mera.md)",
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
            "Execute identical programs of a problem once (default) or each.",
            verbs=_SCORED,
            meaning="execute identical programs of a problem once, or each",
            names=("--dedup/--no-dedup",),
            said="--no-dedup",
        ),
    ] = True
    isolation: Annotated[
        Literal["warm", "fresh"],
        Flag(
            "warm (default), or fresh: a new worker for every program.",
            "KIND",
            verbs=_PLACED,
            meaning="`warm`, or `fresh`: a new worker for every program",
        ),
    ] = "warm"
    cpu_s: Annotated[
        float | None,
        Flag(
            "CPU seconds of one sample, under strict or for a file of your own (default: the protocol's).",
            "S",
            verbs=_SCORED,
            meaning="CPU time of one sample in seconds; under `strict`, or for a file of your own without `--protocol`: "
            "published protocols keep theirs",
            usual="the protocol's",
            bounds={"gt": 0, "le": 3600},
        ),
    ] = None
    wall_s: Annotated[
        float | None,
        Flag(
            "Seconds of one sample by the clock (default: in proportion to --cpu-s).",
            "S",
            verbs=_SCORED,
            meaning="the same by the clock, the backstop on a busy machine",
            usual="in proportion to `--cpu-s`",
            bounds={"gt": 0, "le": 86_400},
        ),
    ] = None
    memory_mb: Annotated[
        int | None,
        Flag(
            "Memory of one sample in MiB (default: the protocol's).",
            "MIB",
            verbs=_SCORED,
            meaning="memory of one sample in MiB",
            usual="the protocol's",
            bounds={"ge": 64, "le": 1_048_576},
        ),
    ] = None
    results: Annotated[
        Path | None,
        Flag(
            "Also write one JSON object per sample.",
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
            meaning="expected outputs for a set that hides them: [mera.md](mera.md)",
        ),
    ] = None
    rerank: Annotated[
        str | None,
        Flag(
            "Then score with this reward model: best-of-k beside pass@k.",
            "MODEL",
            meaning="then score the samples with this reward model: best-of-k beside pass@k, see below",
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
            "auto, human, json or quiet.",
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

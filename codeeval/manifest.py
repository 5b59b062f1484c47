"""Everything needed to judge or repeat a run: what a MERA submission page asks for, and digests.

The manifest is written once, as JSON, when a run file is created; fields are only ever added. Unknown fields of a newer
version are kept, so that an older reader does not lose them.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
    model_validator,
)

from codeeval import bounded_json
from codeeval.errors import DataError, first_fault
from codeeval.i18n import msg

#: Options with values that are never stored (except `max_tokens`).
SECRET = re.compile(
    r"(^|[-_])key$|((api|access|secret|private)[-_]?keys?([-_]?id)?|token|password|passwd|secret|credentials?|authorization|bearer)$",
    re.IGNORECASE,
)
#: Secrets inside a value: in a URL, and in fields of a JSON object.
_IN_ADDRESS = re.compile(r"(://)[^/@\s]++@|([?&][\w-]*(?:key|token|secret|password|sig)=)[^&#\s]++", re.IGNORECASE)
_IN_JSON = re.compile(
    r'''("[\w-]*(?:(?:api|access|private)[-_]?key|(?:api|access|auth|hf|bearer)[-_]?token|password|passwd|secret|authorization)"'''
    r'''\s*+:\s*+)"(?:[^"\\]|\\.)*+"''',
    re.IGNORECASE,
)


class _ManifestPart(BaseModel):
    model_config = ConfigDict(frozen=True, extra="allow")


_FIRST_YEAR, _LAST_YEAR = 1970, 9998
#: The most values in a manifest, which has a few hundred.
MAX_VALUES = 20_000
#: The end of every note about a run that does not count as a score of the set.
NO_SCORE = "so this is no score of the set itself"


class TaskInfo(_ManifestPart):
    """Which problems were asked. `digest` covers the whole set, `problems_digest` the selected ones, in order;
    `altered` names what was changed in them: "renamed", or "instruction 3"."""

    name: str
    source: str
    digest: str
    n_problems: int
    n_selected: int
    problems_digest: str
    altered: tuple[str, ...] = ()


class SamplingInfo(_ManifestPart):
    """Generation parameters; `max_tokens` counts new tokens. None: unknown, because the completions came from a file.
    `harness`: whose sampling procedure is followed, codeeval's or MERA's."""

    n: int
    temperature: float | None
    top_p: float | None
    top_k: int | None
    max_tokens: int | None
    stop: tuple[str, ...]
    seed: int | None
    harness: Literal["codeeval", "mera"] = "codeeval"


class PromptInfo(_ManifestPart):
    """The chat template by name or path, the system prompt, and a digest over all prompts in the order of the problems.
    `template_text`: the text of a template file. `asked`: the value of --template; `why`: the reason for what was
    used."""

    template: str
    template_digest: str = ""
    system: str | None = None
    few_shot: int = 0
    digest: str = ""
    template_text: str | None = None
    asked: str | None = None
    why: str | None = None


class ModelInfo(_ManifestPart):
    """The model and what runs it. `location` is where the backend finds it. `describe` is what the backend reports:
    precision, batch size, context length, GPUs, CUDA and library versions, revision, licence and size if it has
    them."""

    name: str
    location: str
    backend: str
    options: dict[str, str] = Field(default_factory=dict)
    describe: dict[str, str] = Field(default_factory=dict)

    @property
    def end_tokens(self) -> tuple[str, ...]:
        """The tokens with which the model's own tokenizer ends a text, if the backend reported them."""
        return tuple(self.describe.get("end_tokens", "").split())


class RewardInfo(_ManifestPart):
    """A reward model that ranks the samples. `describe` is what it reported once loaded, digests included."""

    name: str
    location: str
    options: dict[str, str] = Field(default_factory=dict)
    describe: dict[str, str] = Field(default_factory=dict)


class SandboxInfo(_ManifestPart):
    """Where programs were executed, and what each sample could use.

    `limits_by_protocol`: protocol -> kind of problem (codeeval/scoring/limits.py) -> limits; `limits` are those of the
    requested protocol for the first kind. Files written before this field existed have only `limits`, taken from the
    protocol, whatever its problems were given (`codeeval.store.runcounts.limits_of` tells what was executed)."""

    backend: str
    isolation: str = "warm"
    workers: int = 1
    limits: dict[str, float] = Field(default_factory=dict)
    limits_by_protocol: dict[str, dict[str, dict[str, float]]] = Field(default_factory=dict)
    describe: dict[str, str] = Field(default_factory=dict)
    why: str = ""

    @property
    def image(self) -> str:
        """What programs ran in, by its tag where it has one; empty if that is not known."""
        return self.describe.get("image_tag") or self.describe.get("image", "")

    @model_serializer(mode="wrap")
    def _without_nothing(self, handler: SerializerFunctionWrapHandler) -> dict[str, object]:
        """A file without limits by protocol is written back unchanged."""
        found: dict[str, object] = handler(self)
        return found if self.limits_by_protocol else {k: v for k, v in found.items() if k != "limits_by_protocol"}


def _moment(text: str) -> str:
    """Raises ValueError for what is no moment, in every time zone."""
    found = datetime.fromisoformat(text)
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        raise ValueError(msg("{text} is no moment at which a run was made", text=text))
    return text


class HostInfo(_ManifestPart):
    """The machine on which the host part ran."""

    platform: str
    python: str
    cpus: int


class Manifest(_ManifestPart):
    """One run. `protocols`: all that its samples are judged under, the requested one first."""

    codeeval_version: str
    code_revision: str | None
    created_at: Annotated[str, AfterValidator(_moment)]
    kind: str  # "run" (completions were generated) or "score" (they came from a file)
    command: tuple[str, ...]
    task: TaskInfo
    protocol: str
    protocols: tuple[str, ...]
    k: tuple[Annotated[int, Field(ge=1)], ...]
    sampling: SamplingInfo
    prompt: PromptInfo
    model: ModelInfo
    sandbox: SandboxInfo
    host: HostInfo
    versions: dict[str, str]
    dedup: bool = True
    samples_file: str | None = None
    samples_digest: str | None = None
    skipped_samples: int = 0  # rows that could not be read and were left out by --skip-bad-rows
    notes: tuple[str, ...] = ()
    rankers: tuple[RewardInfo, ...] = ()
    #: relative and absolute tolerance of floats under `strict`; None in files of versions that compared them exactly
    float_tolerance: tuple[float, float] | None = None

    @model_validator(mode="after")
    def _judged_as_requested(self) -> Self:
        if self.protocol not in self.protocols:
            raise ValueError(msg("the requested protocol is not among those of the run"))
        return self

    @property
    def renamed(self) -> bool:
        """Whether the problems had other names. (Before `altered` existed, only the note recorded it.)"""
        return "renamed" in self.task.altered or any(note.startswith("renamed: ") for note in self.notes)

    def to_json(self) -> str:
        return self.model_dump_json()

    @classmethod
    def from_json(cls, text: str, where: str) -> Manifest:
        """Raises DataError if the text is not a manifest of codeeval."""
        try:
            bounded_json.refuse_many(text, MAX_VALUES)
            return cls.model_validate_json(text)
        except ValidationError as error:
            found = first_fault(error)
            raise DataError(
                msg("{where}, field {field}", where=f"{where}, manifest", field=found.field),
                found.said,
                msg("The file is damaged."),
            ) from None
        except ValueError as error:
            raise DataError(f"{where}, manifest", str(error), msg("The file is damaged.")) from None


def no_score(notes: Sequence[str]) -> str | None:
    """The note on why a run's numbers do not count as a score of the set, if there is one."""
    return next((note for note in notes if note.endswith(NO_SCORE)), None)


def command_line(argv: Sequence[str] | None = None) -> tuple[str, ...]:
    """How the program was called, printable, without the values of options that look secret."""
    words = [hidden(printable(word)) for word in (sys.argv[1:] if argv is None else argv)]
    for index, word in enumerate(words):
        name, equals, _ = word.partition("=")
        if equals and SECRET.search(name):
            words[index] = f"{name}=***"
        elif index and words[index - 1].startswith("-") and SECRET.search(words[index - 1]):
            words[index] = "***"
    return ("codeeval", *words)


def hidden(text: str) -> str:
    """`text` without secrets in a URL (`https://user:password@host?key=…`) or in a JSON object's fields."""
    shown = _IN_ADDRESS.sub(lambda found: "://***@" if found[1] else f"{found[2]}***", text)
    return _IN_JSON.sub(r'\1"***"', shown)


def has_secret(text: str) -> bool:
    return hidden(text) != text


def printable(text: str) -> str:
    """Text that every encoding can represent: lone surrogates (in file names, in model output) become escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def clean(values: Mapping[str, object]) -> dict[str, str]:
    """A mapping as the manifest stores it: printable text, without values that are None and without values of names
    that look secret."""
    return {
        printable(str(name)): "***" if SECRET.search(str(name)) else hidden(printable(str(value)))
        for name, value in values.items()
        if value is not None
    }

"""One exception tree for everything that codeeval itself can report.

    CodeevalError
    ├── UsageError              exit 2: a flag, a file or a row is wrong; the message says what, where and what to do
    │   └── DataError           a problem, sample or run file: carries file, line/row and field
    ├── NothingToEvaluate       exit 5
    ├── GenerationError         exit 3: the model's backend failed; finished samples are kept
    ├── StoreError              exit 3: the run file can't be written (disk full, read-only, locked)
    └── Interrupted             exit 130: Ctrl-C or SIGTERM; the message says how to continue the run

`sandbox.SandboxError` (exit 3) is not in this tree: the sandbox is independent of codeeval.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from codeeval.i18n.messages import at, msg


def install(extra: str) -> str:
    """The command that installs what an extra of this package needs. It names the packages listed in the installed
    metadata, because codeeval itself need not be on any index: so it works for a checkout, a git address and a
    wheel."""
    from importlib.metadata import PackageNotFoundError, requires

    try:
        listed = [line.partition(";") for line in requires("codeeval") or ()]
    except PackageNotFoundError:
        listed = []
    marks = (f"extra == '{extra}'", f'extra == "{extra}"')
    wanted = [what.strip() for what, _, mark in listed if mark.strip() in marks]
    if not wanted:  # run from a source tree that was never installed, or installed before it had this extra
        return f"pip install -e '.[{extra}]' in the folder of the repository"
    return "pip install " + " ".join(f"'{each}'" for each in wanted)


@dataclass(frozen=True, slots=True)
class Fault:
    """What pydantic found first: where, of which kind (pydantic's name), with which value, and a message that says what."""

    where: tuple[str, ...]
    kind: str
    value: object
    said: str

    @property
    def field(self) -> str:
        """Dotted; empty where it is the whole."""
        return ".".join(self.where)


def first_fault(error: Any) -> Fault:
    """Of pydantic's ValidationError."""
    found = error.errors()[0]
    return Fault(tuple(map(str, found["loc"])), found["type"], found["input"], _said(found))


def _said(found: Mapping[str, Any]) -> str:
    """The text of one of codeeval's validators, or pydantic's own sentence."""
    kind, context, said = found["type"], found.get("ctx", {}), str(found["msg"])
    if kind == "value_error":
        return str(context["error"])
    bound = next((f"{context[name]:.15g}" for name in ("ge", "le", "gt", "lt") if name in context), "")
    made = {
        "missing": msg("Field required"),
        "extra_forbidden": msg("Extra inputs are not permitted"),
        "bool_type": msg("Input should be a valid boolean"),
        "bool_parsing": msg("Input should be a valid boolean, unable to interpret input"),
        "dict_type": msg("Input should be a valid dictionary"),
        "finite_number": msg("Input should be a finite number"),
        "float_type": msg("Input should be a valid number"),
        "int_type": msg("Input should be a valid integer"),
        "list_type": msg("Input should be a valid list"),
        "string_type": msg("Input should be a valid string"),
        "tuple_type": msg("Input should be a valid tuple"),
        "int_parsing": msg("Input should be a valid integer, unable to parse string as an integer"),
        "float_parsing": msg("Input should be a valid number, unable to parse string as a number"),
        "greater_than_equal": msg("Input should be greater than or equal to {n}", n=bound),
        "less_than_equal": msg("Input should be less than or equal to {n}", n=bound),
        "greater_than": msg("Input should be greater than {n}", n=bound),
        "less_than": msg("Input should be less than {n}", n=bound),
        "literal_error": msg("Input should be {names}", names=context.get("expected", "")),
    }.get(kind)
    if made == said:
        return made
    kept = said.removeprefix("Input should be ")
    return said if kept == said else msg("Input should be {names}", names=kept)


class CodeevalError(Exception):
    """Base of all errors that are shown as one clear line and become an exit code."""

    exit_code = 3


class UsageError(CodeevalError):
    """The user's input is wrong."""

    exit_code = 2


class DataError(UsageError):
    """A file's content is wrong. `where` reads like `tasks.jsonl, row 3, field inputs.tests`."""

    def __init__(self, where: str, what: str, hint: str = "") -> None:
        self.where, self.what, self.hint = where, what, hint
        super().__init__(at(where, what, hint))


class NothingToEvaluate(CodeevalError):
    """No problem or no sample is left after the filters."""

    exit_code = 5


class GenerationError(CodeevalError):
    """The model could not be loaded or stopped answering."""


class StoreError(CodeevalError):
    """The run file could not be read or written."""


class Interrupted(CodeevalError):
    """Ctrl-C or SIGTERM, after everything finished was stored."""

    exit_code = 130

    @classmethod
    def before_the_end(cls, run: Path | str) -> Self:
        """Of a run, or of a folder of runs."""
        return cls(
            msg(
                "interrupted; everything that had finished is kept\n  Continue with: codeeval run --resume {run}",
                run=run,
            )
        )


@contextmanager
def resumable(run: Path) -> Iterator[None]:
    """Raise Interrupted instead of KeyboardInterrupt: the run exists, whatever has been done in it."""
    try:
        yield
    except KeyboardInterrupt:
        raise Interrupted.before_the_end(run) from None

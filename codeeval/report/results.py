"""One JSON object per sample: what `--results FILE` writes."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

from codeeval.errors import StoreError, UsageError
from codeeval.files import reason, written
from codeeval.i18n import at, msg
from codeeval.store import Reading, RunReader, StoredJudgement

Key = tuple[str, int]


def results(reader: RunReader) -> Iterator[dict[str, object]]:
    """Every sample of a run in the order of problems and indices. `verdict`, `passed` and `outputs` are null while a
    sample is pending; `verdict` and `passed` are null if the expected outputs are hidden. `rewards` are the scores of
    the manifest's reward models, in order; `reading` says how `strict` read the completion."""
    manifest = reader.manifest()
    passed: dict[Key, dict[str, bool | None]] = {}
    readings: dict[Key, Reading] = {}
    requested: dict[Key, StoredJudgement] = {}
    for protocol in manifest.protocols:
        for row in reader.judgements(protocol):
            key = (row.problem_id, row.index)
            passed.setdefault(key, {})[protocol] = row.judgement.passed if row.judgement else None
            if row.reading is not None:
                readings[key] = row.reading
            if protocol == manifest.protocol:
                requested[key] = row
    rewards = [
        {(row.problem_id, row.index): row.score for row in reader.rewards(position)}
        for position in range(len(manifest.rankers))
    ]
    for sample in reader.samples():
        key = (sample.problem_id, sample.index)
        found = _result(reader, key, requested.get(key), passed.get(key, {}), readings.get(key))
        yield found | {"rewards": [scores.get(key) for scores in rewards]}


def _result(
    reader: RunReader,
    key: Key,
    row: StoredJudgement | None,
    passed: dict[str, bool | None],
    reading: Reading | None,
) -> dict[str, object]:
    judgement = row.judgement if row else None
    outcome = reader.outcome(row.problem_id, row.job_digest) if row and row.job_digest else None
    return {
        "problem_id": key[0],
        "index": key[1],
        "verdict": judgement.verdict.value if judgement else None,
        "passed": judgement.passed if judgement else None,
        "passed_by_protocol": passed,
        "outputs": row.outputs if row else None,
        "error": judgement.error if judgement else None,
        "signature": judgement.signature if judgement else None,
        "cpu_ms": outcome.cpu_ms if outcome else None,
        "reading": reading.to_json() if reading else None,
    }


def check_writable(path: Path, flag: str = "--results") -> None:
    """Raise UsageError if `path`, the value of `flag`, can't be written, before the work rather than after it."""
    try:
        if path.is_dir():
            raise UsageError(msg("{flag} {path}: this is a folder; name a file in it", flag=flag, path=path))
        if not path.parent.is_dir():
            raise UsageError(
                msg("{flag} {path}: the folder {folder} does not exist", flag=flag, path=path, folder=path.parent)
            )
        if not os.access(path if path.exists() else path.parent, os.W_OK):
            raise UsageError(msg("{flag} {path}: no permission to write there", flag=flag, path=path))
    except OSError as error:
        raise UsageError(msg("{flag} {path}: {reason}", flag=flag, path=path, reason=reason(error))) from None


def write_results(reader: RunReader, path: Path) -> None:
    """Write all results atomically as JSON Lines, in ASCII so that any text survives. Raises StoreError."""
    try:
        with written(path) as stream:
            for result in results(reader):
                stream.write(json.dumps(result).encode("ascii") + b"\n")
    except OSError as error:
        raise StoreError(at(f"--results {path}", reason(error), "The run itself is kept.")) from None

"""Runs -> MERA's zips: the submission with one file per set, and `logs_public.zip`, which publishing requires.

MERA's script writes one file per set into a folder, puts `logs_public.zip` beside them, and archives the folder. The
members here have the same bytes as that script's for the same completions, and the archive equals what
`shutil.make_archive` makes of files last modified on 1980-01-01, the sets first and the logs last: equal runs give
equal zips.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from codeeval.errors import StoreError, UsageError
from codeeval.files import reason, written
from codeeval.i18n import msg
from codeeval.mera.write import FILE_NAMES, checked_document, protocol_of
from codeeval.store import RunReader

LOGS = "logs_public.zip"
_EPOCH = (1980, 1, 1, 0, 0, 0)
#: Mode of a regular, world-readable file, as in archives of `shutil`.
_MODE = 0o100644


def write_submission(runs: Sequence[Path], output: Path) -> None:
    """Write one zip of all runs. Raises UsageError for runs that can't be submitted (together), StoreError for
    `output`."""
    _check_together(runs)
    sets = dict(checked_document(run) for run in runs)
    names = sorted(sets, key=[*FILE_NAMES.values(), *sets].index)
    members = [(name, json.dumps(sets[name], ensure_ascii=False, indent=4)) for name in names]
    _write(output, _archive([*((name, _bytes(text)) for name, text in members), (LOGS, _logs(runs))]))


def write_logs(runs: Sequence[Path], output: Path) -> None:
    """Write `logs_public.zip` of the runs. Raises UsageError and StoreError."""
    _check_together(runs)
    _write(output, _logs(runs))


def _logs(runs: Sequence[Path]) -> bytes:
    from codeeval.exports.lm_eval import documents

    found: dict[str, str] = {}
    for run in runs:
        documents(run, found)
    return _archive((name, _bytes(text)) for name, text in found.items())


def _check_together(runs: Sequence[Path]) -> None:
    """Raise UsageError for a run of a set that MERA does not have, two runs of one set, and runs judged by different
    versions of MERA."""
    seen: dict[str, Path] = {}
    protocols: dict[str, Path] = {}
    for run in runs:
        with RunReader(run) as reader:
            name = reader.manifest().task.name
            protocols.setdefault(protocol_of(reader), run)
        if name in seen:
            raise UsageError(
                msg(
                    "{run} and {other}: both are of {task}, and a submission holds one run of each set\n  Name one of them.",
                    run=seen[name],
                    other=run,
                    task=name,
                )
            )
        seen[name] = run
    if len(protocols) > 1:
        shown = ", ".join(f"{run} under {protocol}" for protocol, run in protocols.items())
        raise UsageError(
            msg(
                "the runs were judged by different versions of MERA: {runs}\n  A submission goes to one leaderboard: "
                "judge them alike with `codeeval rescore RUN --protocol NAME`.",
                runs=shown,
            )
        )


def doubts(runs: Sequence[Path]) -> tuple[str, ...]:
    """Notes on runs that were packed together, line by line."""
    models: dict[str, Path] = {}
    for run in runs:
        with RunReader(run) as reader:
            models.setdefault(reader.manifest().model.name, run)
    if len(models) < 2:
        return ()
    shown = ", ".join(f"{run} of {name}" for name, run in models.items())
    return (msg("warning: the runs are of different models, and a submission is of one: {runs}", runs=shown),)


def _write(output: Path, data: bytes) -> None:
    try:
        with written(output) as stream:
            stream.write(data)
    except OSError as error:
        raise StoreError(msg("{output}: {reason}", output=output, reason=reason(error))) from error


def _archive(members: Iterable[tuple[str, bytes]]) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, _MODE << 16
            archive.writestr(info, data)
    return whole.getvalue()


def _bytes(text: str) -> bytes:
    """UTF-8; a lone surrogate, on which MERA's script fails, stays as an escape."""
    return text.encode("utf-8", "backslashreplace")

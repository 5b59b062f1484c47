"""A submitted zip -> the files of known tasks in it. Untrusted input: bounded, and never extracted to disk."""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from codeeval import bounded_json
from codeeval.errors import DataError, UsageError
from codeeval.files import most_unpacked, reason
from codeeval.i18n import literal, msg
from codeeval.zip_sizes import refuse_false_size

#: Ten samples of 164 problems with ten tests and outputs of 8,000 characters.
MAX_FILE_BYTES = 128 * 1024 * 1024
#: Exact names in the root of the zip: the site accepts no others.
NAMES = ("ruHumanEval.json", "ruCodeEval.json")
#: What zipfile raises for a damaged archive; ValueError covers names that are not UTF-8 and impossible dates.
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    struct.error,
)

#: One sample: its list, or "timed out".
SampleOutputs = tuple[str | None, ...] | str


@dataclass(frozen=True, slots=True)
class SubmissionEntry:
    """One problem's row as in the file: `raw` is its `outputs`, unchecked; `place` counts from 0."""

    place: int
    problem_id: object
    raw: object


@dataclass(frozen=True, slots=True)
class SubmissionFile:
    """One task's file. `problems` says what is wrong with the file itself; `others` are the zip's other members."""

    name: str
    entries: tuple[SubmissionEntry, ...]
    problems: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


def read_submission(path: Path, name: str | None = None) -> SubmissionFile:
    """The file `name` of a submission (default: the only one of NAMES, otherwise the only JSON file).

    Raises UsageError (no such file, not a zip, several candidates) and DataError (a member that can't be read).
    """
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise UsageError(msg("{path}: not a file; a submission is a zip of JSON files", path=path))
    try:
        with zipfile.ZipFile(path) as archive:
            members = [item for item in archive.infolist() if not item.filename.endswith("/")]
            member, problems = _choose(path, [item.filename for item in members], name)
            info = archive.getinfo(member)
            most = most_unpacked(info.compress_size, MAX_FILE_BYTES)
            if info.file_size > most:
                raise DataError(
                    msg("{path}: {member}", path=path, member=member), msg("larger than {n} MiB", n=most >> 20)
                )
            refuse_false_size(archive, info)
            data = archive.read(member)
    except OSError as error:
        raise UsageError(msg("{path}: can't be read: {reason}", path=path, reason=reason(error))) from error
    except BROKEN as error:
        raise unreadable(path, str(error)) from error
    entries, more = _entries(f"{path}: {member}", data)
    others = tuple(item.filename for item in members if item.filename != member)
    return SubmissionFile(member, entries, (*problems, *more), others)


def unreadable(path: Path, why: str) -> UsageError:
    """The error for an archive that can't be read."""
    return UsageError(
        msg(
            "{path}: not a readable zip ({reason}); a submission is a zip of JSON files", path=path, reason=literal(why)
        )
    )


def _choose(path: Path, names: list[str], wanted: str | None) -> tuple[str, list[str]]:
    if wanted is not None:
        if wanted in names:
            return wanted, []
        raise UsageError(
            msg(
                "{path}: there is no {name} in it; it holds {others}",
                path=path,
                name=wanted,
                others=", ".join(sorted(names)[:8]) or "nothing",
            )
        )
    exact = [name for name in names if name in NAMES]
    if len(exact) == 1:
        return exact[0], []
    if len(exact) > 1:
        raise UsageError(
            msg("{path}: it holds {names}; say which with --file NAME", path=path, names=" and ".join(sorted(exact)))
        )
    near = [name for name in names if name.rsplit("/", 1)[-1].lower() in {known.lower() for known in NAMES}]
    if len(near) == 1:
        proper = next(known for known in NAMES if known.lower() == near[0].rsplit("/", 1)[-1].lower())
        return near[0], [
            msg(
                "the site looks for {name} in the root of the zip, and finds nothing under {other}",
                name=proper,
                other=near[0],
            )
        ]
    plain = [name for name in names if name.endswith(".json") and "/" not in name]
    if len(plain) == 1:
        return plain[0], []
    raise UsageError(
        msg(
            "{path}: no {names} in it; it holds {others}",
            path=path,
            names=" or ".join(NAMES),
            others=", ".join(sorted(names)[:8]) or "nothing",
        )
    )


def _entries(where: str, data: bytes) -> tuple[tuple[SubmissionEntry, ...], list[str]]:
    try:
        value = bounded_json.loads(data.decode("utf-8-sig"))
    except ValueError as error:
        raise DataError(
            where,
            msg("not JSON in UTF-8: {reason}", reason=error),
            msg("Write it with json.dump(…, ensure_ascii=False)."),
        ) from None
    rows = value.get("data") if isinstance(value, dict) else None
    rows = rows.get("test") if isinstance(rows, dict) else None
    if not isinstance(rows, list):
        raise DataError(
            where,
            msg("no list under data.test"),
            msg("The file is {example}.", example='{"data": {"test": [{"outputs": …, "meta": …}]}}'),
        )
    return tuple(_entry(place, row) for place, row in enumerate(rows)), []


def _entry(place: int, row: object) -> SubmissionEntry:
    meta = row.get("meta") if isinstance(row, dict) else None
    problem_id = meta.get("id") if isinstance(meta, dict) else None
    return SubmissionEntry(place, problem_id, row.get("outputs") if isinstance(row, dict) else None)

"""Inspect's logs: samples of `.eval` files, read by inspect_ai itself, and of JSON logs."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from codeeval.errors import DataError, UsageError
from codeeval.files import MAX_STREAM_BYTES, most_unpacked
from codeeval.i18n import msg
from codeeval.sample_rows import Row, UnusableRowError, split_id
from codeeval.samples.entries import Entry

_ATTACHED = "attachment://"
#: The fields of a sample that are needed; an agent's transcript can be a thousand times as large.
_FIELDS = {"id", "epoch", "output", "error", "attachments"}
#: The log states that don't lack requested samples.
_DONE = "success"


class Inspect:
    """A sample of a log: `{"id", "epoch", "output": {"choices": [{"message": {"content": …}}], "completion": …}, …}`.

    The epochs of a problem are its successive samples. A sample that ended in an error has no answer and stays
    pending."""

    name = "inspect"

    def claims(self, row: Row) -> bool:
        return "id" in row and "epoch" in row and isinstance(row.get("output"), dict)

    def whose(self, row: Row) -> tuple[str | None, str]:
        return split_id(row["id"])

    def entries(self, row: Row, line: int) -> Iterator[Entry]:
        task, problem_id = self.whose(row)
        output, attached = row["output"], row.get("attachments")
        assert isinstance(output, dict)
        for place, error in (("sample", row.get("error")), ("model", output.get("error"))):
            if error:
                said = error.get("message") if isinstance(error, dict) else error
                raise UnusableRowError(
                    msg(
                        "the {place} ended in an error, so there is no answer: {reason}",
                        place=place,
                        reason=str(said)[:200],
                    )
                )
        choices = output.get("choices")
        if not isinstance(choices, list) or not choices:
            raise UnusableRowError(msg("the log has no answer of the model for this sample"))
        kept = attached if isinstance(attached, dict) else {}
        only = output.get("completion") if len(choices) == 1 else None
        for choice in choices:
            text, thought = _answer(choice, kept)
            # a solver may have set a different answer than the model's last message
            chosen = _resolved(only, kept) if isinstance(only, str) and only else text
            yield Entry(problem_id, chosen, line, task, thought=thought)


def _answer(choice: object, attached: Mapping[str, object]) -> tuple[str, str | None]:
    """(text, thought) of a choice's message."""
    message = choice.get("message") if isinstance(choice, dict) else None
    content = message.get("content") if isinstance(message, dict) else None
    if content is None:
        return "", None
    if isinstance(content, str):
        return _resolved(content, attached), None
    if not isinstance(content, list):
        raise UnusableRowError(msg("the message of the model is neither a text nor a list of parts"))
    parts = [part for part in content if isinstance(part, dict)]
    texts = [_resolved(part.get("text"), attached) for part in parts if part.get("type") == "text"]
    thoughts = [_resolved(part.get("reasoning"), attached) for part in parts if part.get("type") == "reasoning"]
    return "".join(texts), "\n".join(thoughts) or None


def _resolved(value: object, attached: Mapping[str, object]) -> str:
    """Look up long texts, which a log stores separately by hash. Raises UnusableRowError if one is missing."""
    if not isinstance(value, str):
        raise UnusableRowError(msg("a part of the model's message is not text"))
    if not value.startswith(_ATTACHED):
        return value
    found = attached.get(value.removeprefix(_ATTACHED))
    if not isinstance(found, str):
        raise UnusableRowError(msg("the model's answer is an attachment that the log lacks"))
    return found


def is_log(value: object) -> bool:
    """Whether a value is a log as one JSON document."""
    return isinstance(value, dict) and isinstance(value.get("eval"), dict) and "status" in value


def log_notes(status: object) -> tuple[str, ...]:
    """What a reader of the score must know about a log in this state."""
    if status == _DONE:
        return ()
    return (
        msg(
            "Inspect's log says {state}: samples that it does not have are not in the score",
            state=repr(str(status)[:20]),
        ),
    )


def is_eval_file(archive: zipfile.ZipFile) -> bool:
    """Whether this is Inspect's `.eval`: a zip with a header and a member per sample."""
    names = set(archive.namelist())
    return "header.json" in names or "_journal/start.json" in names


def eval_rows(path: Path, archive: zipfile.ZipFile) -> tuple[Iterator[Row], tuple[str, ...]]:
    """The samples of a `.eval` file as rows, and notes. Raises UsageError if inspect_ai is missing and DataError for a
    log that it can't read."""
    most = most_unpacked(path.stat().st_size, MAX_STREAM_BYTES)
    if sum(item.file_size for item in archive.infolist()) > most:
        raise DataError(str(path), msg("more than {n} MiB when unpacked", n=most >> 20), msg("Split the log."))
    try:
        from inspect_ai.log import read_eval_log
    except ImportError as error:
        raise UsageError(
            msg(
                "{path}: a log of Inspect is read by inspect_ai, which is not installed: pip install inspect_ai\n  Or "
                "turn it into JSON where it is: inspect log dump FILE > log.json",
                path=path,
            )
        ) from error
    try:
        log: Any = read_eval_log(str(path), resolve_attachments=True)
        rows = [sample.model_dump(mode="json", include=_FIELDS) for sample in log.samples or []]
        return iter(rows), log_notes(log.status)
    except Exception as error:  # whatever inspect_ai's reader raises for an unknown file
        first = (str(error).strip().splitlines() or ["no message"])[0][:200]
        raise DataError(
            str(path), msg("inspect_ai can't read the log ({kind}: {reason})", kind=type(error).__name__, reason=first)
        ) from error

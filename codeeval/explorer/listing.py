"""The list of samples selected by a filter, as values: the page "samples", its downloads, and `codeeval samples`."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields

from codeeval.explorer.agreement import agreement
from codeeval.explorer.annotations import TAGS_OFFERED, Annotation, readable_notes, tags_of
from codeeval.explorer.breakdown import choices
from codeeval.explorer.filters import PENDING, Filter
from codeeval.explorer.library import RunFile
from codeeval.explorer.matrix import MISSING
from codeeval.explorer.numbers import RunNumbers
from codeeval.explorer.observed import failing_line
from codeeval.explorer.overview import RunRow, run_row
from codeeval.explorer.query import Key, Matching, matching
from codeeval.explorer.search import COMMAND_S, Found
from codeeval.store.views import RunViews
from codeeval.types import Judgement, Sample

ROWS_PER_PAGE = 100
NO_NOTE = Annotation()
#: A cell that begins with one of these is a formula to a spreadsheet, and may come from a model.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
#: How many characters of a line of code a row shows.
_LINE = 200


@dataclass(frozen=True, slots=True)
class ListedSample:
    """One sample. `code` is the verdict, or its relation to the consensus, or `pending`, or `missing`; `ended_by`: how
    its generation ended; `line` and `text`: where and what in its program failed, if known; `tag` and `note`: a
    person's note; `found`: the line that matches the filter's pattern."""

    problem_id: str
    index: int
    entry_point: str
    code: str
    signature: str
    error: str
    ended_by: str
    line: int | None
    text: str
    tag: str = ""
    note: str = ""
    found: str = ""


@dataclass(frozen=True, slots=True)
class SamplesPage:
    """A page of the list. `n_samples` and `n_problems` count all pages; `field_choices`: further filters; `refused`:
    why nothing was searched; `tags` of the run's notes, with their numbers, and all `notes`."""

    run: RunRow
    filter: Filter
    rows: tuple[ListedSample, ...]
    page: int
    pages: int
    n_samples: int
    n_problems: int
    field_choices: dict[str, tuple[str, ...]]
    refused: str = ""
    tags: tuple[tuple[str, int], ...] = ()
    notes: int = 0


def samples_page(run: RunFile, numbers: RunNumbers, reader: RunViews, chosen: Filter, found: Matching) -> SamplesPage:
    """`found`: the samples that the filter selects. Raises DataError and StoreError."""
    pages = max(1, -(-found.n_samples // ROWS_PER_PAGE))
    page = min(chosen.page, pages)
    keys = found.keys(reader, (page - 1) * ROWS_PER_PAGE, page * ROWS_PER_PAGE)
    rows = tuple(sample_rows(numbers, reader, keys, found.lines))
    n_problems = sum(n > 0 for n in found.counts)
    notes = readable_notes(reader.run_dir)
    return SamplesPage(
        run_row(run, numbers),
        chosen,
        rows,
        page,
        pages,
        found.n_samples,
        n_problems,
        choices(numbers.heads),
        tags=tuple(tags_of(notes)[:TAGS_OFFERED]),
        notes=len(notes),
    )


def refused_page(run: RunFile, numbers: RunNumbers, chosen: Filter, why: str) -> SamplesPage:
    """The list for a search that can't be made: its form, and why."""
    return SamplesPage(run_row(run, numbers), chosen, (), 1, 1, 0, 0, choices(numbers.heads), why)


def every_row(numbers: RunNumbers, reader: RunViews, chosen: Filter) -> Iterator[ListedSample]:
    """The whole list, row by row. Raises PatternError, DataError and StoreError, before the first row."""
    found = matching(numbers, reader, chosen, COMMAND_S)
    return sample_rows(numbers, reader, found.keys(reader), found.lines)


def sample_rows(numbers: RunNumbers, reader: RunViews, keys: Iterable[Key], lines: Found) -> Iterator[ListedSample]:
    heads = {head.id: head for head in numbers.heads}
    notes = readable_notes(reader.run_dir)
    known: tuple[str, dict[int, str]] = "", {}
    for pid, index in keys:
        row, sample = reader.judgement(numbers.protocol, pid, index), reader.sample(pid, index)
        execution = reader.execution(pid, row.job_digest) if row is not None and row.job_digest else None
        found = row.judgement if row is not None else None
        if row is not None and found is None and known[0] != pid:
            known = pid, agreement(reader, numbers.protocol, pid)
        ended = numbers.endings.get(pid, {}).get(index)
        line, _ = failing_line(row, execution.outcome if execution else None)
        yield ListedSample(
            problem_id=pid,
            index=index,
            entry_point=heads[pid].entry_point,
            code=_code(found, known[1].get(index) if row is not None else None, sample),
            signature=found.signature if found else ended.signature if ended else "",
            error=(found.error or "") if found else ended.error if ended else "",
            ended_by=sample.finish_reason if sample else "",
            line=line,
            text=_line_of(execution.source, line) if execution and line else "",
            tag=notes.get((pid, index), NO_NOTE).tag,
            note=notes.get((pid, index), NO_NOTE).note,
            found=lines.get(pid, {}).get(index, ""),
        )


def _code(found: Judgement | None, agrees: str | None, sample: Sample | None) -> str:
    if sample is None:
        return MISSING
    return found.verdict.value if found else agrees or PENDING


def _line_of(program: str, line: int) -> str:
    lines = program.split("\n", line)
    return lines[line - 1].strip()[:_LINE] if 0 < line <= len(lines) else ""


def as_json_lines(rows: Iterable[ListedSample]) -> Iterator[str]:
    """One JSON object per line, in ASCII."""
    return (json.dumps(asdict(row)) + "\n" for row in rows)


def as_document(rows: Iterable[ListedSample]) -> dict[str, object]:
    """One JSON document with all rows."""
    return {"schema": 1, "samples": [asdict(row) for row in rows]}


def as_csv(rows: Iterable[ListedSample]) -> Iterator[str]:
    """CSV with a header. A cell that a spreadsheet would evaluate is prefixed with an apostrophe."""
    yield _csv_line([spec.name for spec in fields(ListedSample)])
    for row in rows:
        yield _csv_line([_cell(value) for value in asdict(row).values()])


def _csv_line(cells: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    text = text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\0")
    return f"'{text}" if text.startswith(FORMULA) else text

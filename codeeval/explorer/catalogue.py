"""All samples of a run in a few bytes each, for the filters of an export, where a script does what a server does
otherwise.

A sample is the number of its kind: what the matrix shows of it, its failure group, its failures of format, the largest
of the offered time thresholds that it exceeds, and the tag of its note.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from markupsafe import Markup

from codeeval.explorer.annotations import readable_notes
from codeeval.explorer.breakdown import choices
from codeeval.explorer.filters import SLOW_MS, format_id, group_id
from codeeval.explorer.links import CHUNK, Links
from codeeval.explorer.matrix import CELLS_PER_PAGE, MISSING, PROBLEMS_PER_PAGE, WAITING, codes_of, title
from codeeval.explorer.numbers import RunNumbers
from codeeval.explorer.query import has_field
from codeeval.explorer.shapes import GLYPHS
from codeeval.explorer.text import plain
from codeeval.explorer.words import cause, translator
from codeeval.store.tallies import Head
from codeeval.store.views import RunViews

#: The most searchable characters of all statements together.
_SEARCHED = 400_000

#: The last is None if there is no note.
Kind = tuple[str, str, tuple[str, ...], int, str | None]


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """One problem. `text` is the searchable text; `kinds` has one number per sample; `indices` is given only if they
    are not 0, 1, 2, …; `fields` are indices into the list of all fields with their values."""

    href: str
    samples: str
    id: str
    name: str
    title: str
    text: str
    hidden: bool
    n: int
    c: int
    kinds: tuple[int, ...]
    indices: tuple[int, ...] | None
    fields: tuple[int, ...]


def catalogue(run: str, numbers: RunNumbers, reader: RunViews, link: Links, lang: str) -> Markup:
    """JSON for a <script>. Raises DataError and StoreError."""
    kinds: dict[Kind, int] = {}
    t = translator(lang)
    fields = [f"{name}:{value}" for name, values in choices(numbers.heads).items() for value in values]
    rows = _rows(run, numbers, reader, link, (kinds, fields))
    value = {
        "rows": [asdict(row) for row in rows],
        "kinds": list(kinds),
        "fields": fields,
        "glyphs": {code: (glyph, t(code)) for code, glyph in GLYPHS.items()},
        "waiting": sorted(WAITING),
        "noted": t("with a note"),
        "chunk": CHUNK,
        "perPage": [CELLS_PER_PAGE, PROBLEMS_PER_PAGE],
        "groups": {group_id(group.signature): plain(cause(group.signature, lang)) for group in numbers.all_groups},
    }
    return Markup(json.dumps(value, separators=(",", ":")).replace("<", "\\u003c"))


def _rows(
    run: str, numbers: RunNumbers, reader: RunViews, link: Links, known: tuple[dict[Kind, int], list[str]]
) -> list[CatalogueRow]:
    kinds, fields = known
    slow, formats, notes = _times(numbers, reader), _formats(numbers, reader), readable_notes(reader.run_dir)
    rows = []
    each = _SEARCHED // max(1, len(numbers.heads))
    for head in numbers.heads:
        marks = reader.marks(numbers.protocol, [head.id])[head.id]
        group = {mark.index: group_id(mark.signature) for mark in marks if mark.signature}
        group |= {index: group_id(how.signature) for index, how in numbers.endings.get(head.id, {}).items()}
        codes = codes_of(head, marks, numbers, reader)
        found = []
        for index, code in codes.items():
            key = (head.id, index)
            note = notes.get(key) if code != MISSING else None
            tag = plain(note.tag) if note is not None else None
            kind = (code, group.get(index, ""), formats.get(key, ()), slow.get(key, 0), tag)
            found.append(kinds.setdefault(kind, len(kinds)))
        indices = None if list(codes) == list(range(len(codes))) else tuple(codes)
        places = tuple(at for at, name in enumerate(fields) if has_field(head, name))
        rows.append(_row(head, (run, link), numbers, each, (tuple(found), indices, places)))
    return rows


def _row(
    head: Head,
    place: tuple[str, Links],
    numbers: RunNumbers,
    searched: int,
    samples: tuple[tuple[int, ...], tuple[int, ...] | None, tuple[int, ...]],
) -> CatalogueRow:
    run, link = place
    n, c = numbers.counts[numbers.protocol][head.id]
    return CatalogueRow(
        href=link.problem(run, head.id),
        samples=link.samples(run, head.id),
        id=plain(head.id),
        name=plain(head.entry_point),
        title=plain(title(head.prompt)),
        text=plain(head.prompt[:searched]),
        hidden=head.hidden,
        n=n,
        c=c,
        kinds=samples[0],
        indices=samples[1],
        fields=samples[2],
    )


def _times(numbers: RunNumbers, reader: RunViews) -> dict[tuple[str, int], int]:
    return {
        (pid, index): max(ms for ms in SLOW_MS if ms <= cpu_ms)
        for pid, index, cpu_ms in reader.slower(numbers.protocol, min(SLOW_MS))
    }


def _formats(numbers: RunNumbers, reader: RunViews) -> dict[tuple[str, int], tuple[str, ...]]:
    found = {(pid, index): names for pid, index, names in reader.format_failures()}
    for pid, by_index in numbers.hidden_formats.items():
        found |= {(pid, index): names for index, names in by_index.items()}
    return {key: tuple(map(format_id, names)) for key, names in found.items()}

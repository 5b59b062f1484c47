"""What every reader returns: entries, and the rows that gave none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from codeeval import i18n
from codeeval.manifest import Manifest
from codeeval.reading.extract import defines
from codeeval.sample_rows import BadRow, Unit, place
from codeeval.types import Problem, Sample

#: The field of an lm-eval row that is scored.
RESPONSES = ("resps", "filtered_resps")
#: `resps` is what the model wrote. Every protocol here has its own extraction, which starts from exactly that; and
#: MERA's filter has already executed the code, so its `filtered_resps` hold outputs, not code.
DEFAULT_RESPONSES = "resps"


@dataclass(frozen=True, slots=True)
class Entry:
    """One completion, and its problem: `problem_id` (with `task`, the part before its slash), or `position`, the
    problem's index in the set from 0.

    `program`: whether it is a self-contained program; None: it is one if it defines the function. `prompt`: the
    function to be completed, if the log has it. `shown`: the prompt that the completion continues, if it is the log's
    rather than the set's. `context`: a text that names the function if the position is right. `sample`: carries what a
    run of codeeval records about it. `source` counts files from 0; `line` counts lines or rows from 1."""

    problem_id: str
    text: str
    line: int
    task: str | None = None
    program: bool | None = False
    prompt: str | None = None
    sample: Sample | None = None
    position: int | None = None
    shown: str | None = None
    context: str | None = None
    thought: str | None = None
    source: int = 0
    unit: Unit = "line"


@dataclass(frozen=True, slots=True)
class FoundSamples:
    """The entries of one or several files in order, the rows that could not be used, and what else a reader of the
    score must know. `origin` is the manifest of a run of codeeval; `digest` is the sha256 of the file, or of the
    digests of several."""

    path: str
    format: str
    entries: tuple[Entry, ...]
    bad: tuple[BadRow, ...] = ()
    notes: tuple[str, ...] = ()
    origin: Manifest | None = None
    digest: str = ""
    files: tuple[str, ...] = ()

    def by_problem(self) -> dict[str, list[Entry]]:
        """problem id -> its samples in order."""
        grouped: dict[str, list[Entry]] = {}
        for entry in self.entries:
            grouped.setdefault(entry.problem_id, []).append(entry)
        return grouped

    @property
    def lost(self) -> tuple[BadRow, ...]:
        """The rows without which the score would cover fewer samples than there are."""
        return tuple(row for row in self.bad if row.lost)

    def place(self, row: Entry | BadRow) -> str:
        """`line 7`, with the file's name if there are several."""
        where = place(row.unit, row.line)
        return i18n.joined(", ", (PurePath(self.files[row.source]).name, where)) if len(self.files) > 1 else where


def joined(found: Sequence[FoundSamples], digest: str) -> FoundSamples:
    """Several files as one, in order."""
    entries = (replace(entry, source=number) for number, one in enumerate(found) for entry in one.entries)
    bad = (replace(row, source=number) for number, one in enumerate(found) for row in one.bad)
    return FoundSamples(
        path=found[0].path if len(found) == 1 else f"{found[0].path} and {len(found) - 1} more",
        format=" + ".join(dict.fromkeys(name for one in found for name in one.format.split(" + "))),
        entries=tuple(entries),
        bad=tuple(bad),
        notes=tuple(dict.fromkeys(note for one in found for note in one.notes)),
        digest=digest,
        files=tuple(one.path for one in found),
    )


def to_sample(problem: Problem, entry: Entry, index: int) -> Sample:
    """The sample of an entry. A completion of another prompt than the set's becomes a program together with that
    prompt."""
    if entry.sample is not None:
        return replace(entry.sample, index=index)
    text, program = entry.text, entry.program
    if program is None:
        program = defines(text, problem.entry_point)
    if not program and entry.shown is not None and entry.shown != problem.prompt:
        text, program = entry.shown + text, True
    return Sample(problem.id, index, "", text, thought=entry.thought, is_program=program)

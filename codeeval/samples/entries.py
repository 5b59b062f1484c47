"""What every reader gives: entries, and the rows that gave none."""

from __future__ import annotations

from dataclasses import dataclass, replace

from codeeval.manifest import Manifest
from codeeval.samples.samples_file import BadRow
from codeeval.types import Problem, Sample

#: Which field of an lm-eval row is scored.
RESPONSES = ("resps", "filtered_resps")
#: `resps` is what the model wrote. Every protocol here has an extraction of its own, which begins with exactly that; and
#: MERA's filter has executed the code already, so that its `filtered_resps` hold outputs, not code.
DEFAULT_RESPONSES = "resps"


@dataclass(frozen=True, slots=True)
class Entry:
    """One completion. `whole`: it may be a whole program instead of a continuation. `prompt`: the function that was to be
    completed, where the log has it. `sample`: with what a run of ours knows of it."""

    problem_id: str
    text: str
    line: int
    task: str | None = None
    whole: bool = False
    prompt: str | None = None
    sample: Sample | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A file's entries in its order, the rows that could not be used, and what else a reader of the score must know.
    `origin` is the manifest of a run of ours; `digest` the sha256 of the file."""

    path: str
    format: str
    entries: tuple[Entry, ...]
    bad: tuple[BadRow, ...] = ()
    notes: tuple[str, ...] = ()
    origin: Manifest | None = None
    digest: str = ""

    def by_problem(self) -> dict[str, list[Entry]]:
        """problem id -> its successive samples."""
        grouped: dict[str, list[Entry]] = {}
        for entry in self.entries:
            grouped.setdefault(entry.problem_id, []).append(entry)
        return grouped


def to_sample(problem: Problem, entry: Entry, index: int) -> Sample:
    """The sample that an entry is. A whole program that begins with the prompt is the rest of it; any other follows the
    prompt on a line of its own, where it defines the function again."""
    if entry.sample is not None:
        return replace(entry.sample, index=index)
    text = entry.text
    if entry.whole:
        text = text.removeprefix(problem.prompt) if text.startswith(problem.prompt) else "\n" + text
    return Sample(problem.id, index, "", text)

"""The samples of a problem, and their groups by cause and program, as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from codeeval.explorer.agreement import hidden_code
from codeeval.explorer.filters import PENDING
from codeeval.scoring.grade import Ending
from codeeval.store import StoredJudgement
from codeeval.store.views import RunViews

#: How many programs are shown, each the most frequent of its group.
PROGRAMS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class ProblemSample:
    """A sample as the problem's page shows it. `code` is the verdict, or its relation to the consensus."""

    index: int
    code: str
    signature: str
    error: str
    program: str
    failed: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ProgramGroup:
    """Samples with the same program. `source` is given only for the most frequent of a group."""

    digest: str
    samples: tuple[int, ...]
    source: str | None = None


@dataclass(frozen=True, slots=True)
class SampleGroup:
    """Samples with one cause (or that passed), by identical program, the most frequent program first."""

    code: str
    signature: str
    error: str
    n: int
    programs: tuple[ProgramGroup, ...]


def samples_of(
    known: tuple[Sequence[StoredJudgement], Mapping[int, Ending]],
    there: Sequence[int],
    agreed: tuple[str | None, ...] | None,
) -> tuple[ProblemSample, ...]:
    judged, endings = known
    by_index = {row.index: row for row in judged}
    return tuple(_sample(index, by_index.get(index), agreed, endings.get(index)) for index in there)


def _sample(
    index: int, row: StoredJudgement | None, agreed: tuple[str | None, ...] | None, ended: Ending | None
) -> ProblemSample:
    """`ended`: how the program ended, if the answers are hidden."""
    if row is None:
        return ProblemSample(index, PENDING, "", "", "", ())
    found = row.judgement
    if found is None:
        cause = (ended.signature, ended.error) if ended else ("", "")
        return ProblemSample(index, hidden_code(row.outputs, agreed), *cause, row.job_digest or "", ())
    return ProblemSample(
        index, found.verdict.value, found.signature, found.error or "", row.job_digest or "", found.failed_calls
    )


def groups_of(samples: Sequence[ProblemSample]) -> tuple[SampleGroup, ...]:
    """By code and signature; failures first, the largest group first, then what passed, then what is pending."""
    members: dict[tuple[str, str], list[ProblemSample]] = {}
    for sample in samples:
        members.setdefault((sample.code, sample.signature), []).append(sample)
    groups = [_group(*key, found) for key, found in members.items()]
    last = {"passed": 1, PENDING: 2}
    return tuple(sorted(groups, key=lambda group: (last.get(group.code, 0), -group.n, group.signature, group.code)))


def _group(code: str, signature: str, found: list[ProblemSample]) -> SampleGroup:
    by_program: dict[str, list[int]] = {}
    for sample in found:
        by_program.setdefault(sample.program, []).append(sample.index)
    programs = [ProgramGroup(digest, tuple(indices)) for digest, indices in by_program.items()]
    programs.sort(key=lambda program: (-len(program.samples), program.samples))
    return SampleGroup(code, signature, found[0].error, len(found), tuple(programs))


def with_sources(groups: tuple[SampleGroup, ...], reader: RunViews, problem_id: str) -> tuple[SampleGroup, ...]:
    """Add the text of the most frequent program of the first groups."""
    result = []
    for number, group in enumerate(groups):
        first = group.programs[0]
        execution = reader.execution(problem_id, first.digest) if number < PROGRAMS_SHOWN and first.digest else None
        if execution is not None:
            group = replace(group, programs=(replace(first, source=execution.source), *group.programs[1:]))
        result.append(group)
    return tuple(result)

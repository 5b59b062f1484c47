"""A run as shown in lists, and the page "run" as a value."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field

from codeeval.explorer.annotations import TAGS_OFFERED, readable_notes, tags_of
from codeeval.explorer.breakdown import FieldTable, breakdown, choices
from codeeval.explorer.filters import AGREEMENT, Filter
from codeeval.explorer.hidden import FORMATS_READ
from codeeval.explorer.library import RunFile
from codeeval.explorer.matrix import Matrix, matrix
from codeeval.explorer.numbers import FormatCount, RunNumbers
from codeeval.report.values import Difference, FailureGroup
from codeeval.report.waterfall import verbatim_of
from codeeval.stats import KEstimate
from codeeval.store.views import RunViews

#: The most failure groups on a page.
GROUPS_SHOWN = 100


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run as shown in the list, under `protocol` (one of `protocols`, the first of which was requested); `error`: why
    nothing else is known; `resume`: the command that continues a run that ended before it was complete."""

    slug: str
    name: str
    error: str = ""
    task: str = ""
    model: str = ""
    protocol: str = ""
    protocols: tuple[str, ...] = ()
    kind: str = ""
    created_at: str = ""
    n_problems: int = 0
    n_selected: int = 0
    n_samples: int = 0
    n_wanted: int = 0
    pending: int = 0
    hidden: int = 0
    complete: bool = False
    going: bool = False
    pass_at_k: dict[int, KEstimate] | None = None
    resume: str = ""
    template: str = ""
    temperature: float | None = None
    per_problem: int = 0
    backend: str = ""

    @property
    def verbatim(self) -> str:
        """The protocol that `strict` is compared with."""
        return verbatim_of(self.protocols)


@dataclass(frozen=True, slots=True)
class RunPage:
    """One run. The counts are those of `codeeval report --format json`, under the same names; `tags` are those of its
    `notes`, with their numbers; `agreement`: samples of problems with hidden answers by their relation to the consensus;
    `formats_read`: how many of those that do not agree were checked for failures of format (None: all)."""

    run: RunRow
    filter: Filter
    matrix: Matrix
    schema: int
    task: str
    model: str
    protocol: str
    complete: bool
    n_problems: int
    n_selected: int
    n_samples: int
    n_wanted: int
    pending: int
    hidden: int
    pass_at_k: dict[int, KEstimate]
    scores: dict[str, dict[int, KEstimate]]
    verdicts: dict[str, int]
    verdicts_by_protocol: dict[str, dict[str, int]]
    failure_groups: tuple[FailureGroup, ...]
    differences: tuple[Difference, ...]
    format_failures: tuple[FormatCount, ...]
    repaired: dict[int, KEstimate] | None
    warnings: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    hidden_groups: tuple[FailureGroup, ...] = ()
    reasons: tuple[str, ...] = ()
    fields: tuple[FieldTable, ...] = ()
    field_choices: dict[str, tuple[str, ...]] = field(default_factory=dict)
    tags: tuple[tuple[str, int], ...] = ()
    notes: int = 0
    agreement: dict[str, int] = field(default_factory=dict)
    formats_read: int | None = None


def run_row(run: RunFile, numbers: RunNumbers | str) -> RunRow:
    if isinstance(numbers, str):
        return RunRow(run.slug, run.name, error=numbers)
    manifest = numbers.manifest
    return RunRow(
        slug=run.slug,
        name=run.name,
        task=manifest.task.name,
        model=manifest.model.name,
        protocol=numbers.protocol,
        protocols=numbers.protocols,
        kind=manifest.kind,
        created_at=manifest.created_at,
        n_problems=numbers.n_problems,
        n_selected=manifest.task.n_selected,
        n_samples=numbers.n_samples,
        n_wanted=numbers.n_wanted,
        pending=numbers.pending,
        hidden=numbers.hidden,
        complete=numbers.complete,
        going=numbers.going,
        pass_at_k=numbers.scores[numbers.protocol],
        resume=""
        if numbers.complete or numbers.going
        else shlex.join(["codeeval", "run", "--resume", str(run.path.parent)]),
        template=manifest.prompt.template,
        temperature=manifest.sampling.temperature,
        per_problem=manifest.sampling.n,
        backend=manifest.model.backend,
    )


def run_page(run: RunFile, numbers: RunNumbers, reader: RunViews, chosen: Filter) -> RunPage:
    """Raises DataError and StoreError."""
    row = run_row(run, numbers)
    notes = readable_notes(reader.run_dir)
    return RunPage(
        run=row,
        filter=chosen,
        matrix=matrix(numbers, reader, chosen),
        schema=1,
        task=row.task,
        model=row.model,
        protocol=row.protocol,
        complete=row.complete,
        n_problems=row.n_problems,
        n_selected=row.n_selected,
        n_samples=row.n_samples,
        n_wanted=row.n_wanted,
        pending=row.pending,
        hidden=row.hidden,
        pass_at_k=numbers.scores[numbers.protocol],
        scores=numbers.scores,
        verdicts=numbers.verdicts[numbers.protocol],
        verdicts_by_protocol=numbers.verdicts,
        failure_groups=numbers.groups,
        differences=numbers.differences,
        format_failures=numbers.formats,
        repaired=numbers.repaired,
        warnings=numbers.warnings,
        facts=_facts(numbers),
        hidden_groups=numbers.hidden_groups,
        reasons=numbers.reasons,
        fields=breakdown(numbers),
        field_choices=choices(numbers.heads),
        tags=tuple(tags_of(notes)[:TAGS_OFFERED]),
        notes=len(notes),
        agreement=numbers.agreement,
        formats_read=FORMATS_READ if _unlike(numbers) > FORMATS_READ else None,
    )


def _unlike(numbers: RunNumbers) -> int:
    """Samples of problems with hidden answers that do not agree with the consensus."""
    return sum(n for code, n in numbers.agreement.items() if code != AGREEMENT[0])


def _facts(numbers: RunNumbers) -> tuple[tuple[str, str], ...]:
    """What has to be known about how the run was made."""
    manifest = numbers.manifest
    sampling, sandbox = manifest.sampling, manifest.sandbox
    facts: dict[str, object] = {
        "model": f"{manifest.model.name} ({manifest.model.backend})",
        "template": manifest.prompt.template,
        "samples per problem": sampling.n,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "max tokens": sampling.max_tokens,
        "seed": sampling.seed,
        "stop sequences": " ".join(map(repr, sampling.stop)),
        "sandbox": f"{sandbox.backend}, {sandbox.isolation}, {sandbox.describe.get('image', '')}".strip(", "),
        "task source": manifest.task.source,
        "task digest": manifest.task.digest[:16],
        "created": manifest.created_at,
        "codeeval": manifest.codeeval_version,
        "command": " ".join(manifest.command),
    }
    return tuple((name, str(value)) for name, value in facts.items() if value not in (None, ""))

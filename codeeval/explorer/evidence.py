"""What all samples of a problem share, loaded once."""

from __future__ import annotations

from dataclasses import dataclass, field

from codeeval.explorer.numbers import RunNumbers
from codeeval.explorer.problem import ProblemHead
from codeeval.explorer.sample_model import Near, Seen
from codeeval.i18n import at, msg, recognised
from codeeval.scoring.consensus import consensus
from codeeval.store import PlannedProblem, StoredJudgement
from codeeval.store.records import Incident
from codeeval.store.views import RunViews


@dataclass(frozen=True, slots=True)
class ProblemEvidence:
    """What all samples of a problem share: judgements per protocol, indices, incidents; `by_program`: the samples of
    each executed program; `seen`: cached views of programs that several samples wrote."""

    head: ProblemHead
    planned: PlannedProblem
    judged: dict[str, dict[int, StoredJudgement]]
    there: tuple[int, ...]
    failed: tuple[int, ...]
    by_program: dict[str, tuple[int, ...]]
    incidents: dict[int, tuple[str, ...]]
    agreed: tuple[str | None, ...] | None
    failure_before: Near | None
    failure_after: Near | None
    seen: dict[str, Seen] = field(default_factory=dict)

    @classmethod
    def read(cls, numbers: RunNumbers, reader: RunViews, planned: PlannedProblem, head: ProblemHead) -> ProblemEvidence:
        """Raises DataError and StoreError."""
        pid = planned.problem.id
        names = dict.fromkeys((numbers.protocol, *numbers.protocols))
        judged = {name: {row.index: row for row in reader.judgements(name, pid)} for name in names}
        incidents: dict[int, tuple[str, ...]] = {}
        if numbers.pending:
            for incident in reader.incidents():
                if incident.problem_id == pid:
                    told = _told(incident)
                    incidents[incident.index] = (*incidents.get(incident.index, ()), told)
        agreed = None
        if planned.problem.expected is None:
            agreed = consensus([row.outputs for row in judged[numbers.protocol].values()])
        return cls(
            head,
            planned,
            judged,
            reader.indices(pid),
            tuple(index for index, row in judged[numbers.protocol].items() if _failed(row)),
            _by_program(judged[numbers.protocol]),
            incidents,
            agreed.outputs if agreed else None,
            _failure_beyond(numbers, reader, pid, forward=False),
            _failure_beyond(numbers, reader, pid, forward=True),
        )


def _told(incident: Incident) -> str:
    why = recognised(incident.reason)
    stage, _, protocol = incident.stage.partition(":")
    if stage == "execution":
        return msg("execution:{protocol}: {why}", protocol=protocol, why=why)
    return msg("generation: {why}", why=why) if stage == "generation" else at(incident.stage, why)


def _by_program(judged: dict[int, StoredJudgement]) -> dict[str, tuple[int, ...]]:
    found: dict[str, list[int]] = {}
    for index, row in judged.items():
        if row.job_digest is not None:
            found.setdefault(row.job_digest, []).append(index)
    return {digest: tuple(indices) for digest, indices in found.items()}


def _failed(row: StoredJudgement) -> bool:
    return row.judgement is not None and not row.judgement.passed


def _failure_beyond(numbers: RunNumbers, reader: RunViews, problem_id: str, *, forward: bool) -> Near | None:
    """The first failure of the next problems, or the last of the previous ones."""
    ids = [head.id for head in numbers.heads]
    at = ids.index(problem_id)
    for pid in ids[at + 1 :] if forward else reversed(ids[:at]):
        n, c = numbers.counts[numbers.protocol][pid]
        index = reader.failure(numbers.protocol, pid, last=not forward) if n > c else None
        if index is not None:
            return Near(pid, index)
    return None

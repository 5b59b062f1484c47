"""Convert values to rows of a run file's tables, and back."""

from __future__ import annotations

from dataclasses import fields
from operator import attrgetter

from codeeval.store.columns import Row as Row
from codeeval.store.columns import selection
from codeeval.store.packing import packer, unpacker
from codeeval.store.records import (
    Counterfactual,
    Incident,
    PlannedProblem,
    Reading,
    StoredExecution,
    StoredJudgement,
    StoredReward,
)
from codeeval.types import Judgement, Problem, Sample

#: What a query selects for the functions below; s, j, c and r are the aliases of the tables in it.
PROBLEM_COLUMNS = selection("problems", first=1)
SAMPLE_COLUMNS = selection("samples", "s")
JUDGEMENT_COLUMNS = selection("judgements", "j", first=1)
COUNTERFACTUAL_COLUMNS = selection("counterfactuals", "c")
REWARD_COLUMNS = selection("rewards", "r", first=1)

_pack_problem, _unpack_problem = packer("problems"), unpacker("problems", first=1)
_pack_sample, _unpack_sample = packer("samples"), unpacker("samples")
_values_of_sample = attrgetter(*(spec.name for spec in fields(Sample)))
_pack_execution = packer("executions")
_pack_incident, _unpack_incident = packer("incidents"), unpacker("incidents")
_pack_judgement, _unpack_judgement = packer("judgements"), unpacker("judgements", first=1)
_pack_counterfactual, _unpack_counterfactual = packer("counterfactuals"), unpacker("counterfactuals")
_pack_reward, _unpack_reward = packer("rewards"), unpacker("rewards", first=1)


def problem_row(position: int, planned: PlannedProblem) -> Row:
    problem = planned.problem
    stated = (problem.id, problem.instruction, problem.prompt, problem.entry_point, problem.calls, problem.expected)
    more = (problem.canonical_solution, problem.extra, planned.prompt, planned.prompt_digest, planned.wanted)
    return _pack_problem((position, *stated, *more, problem.tests, problem.oracle))


def problem_of(row: Row) -> PlannedProblem:
    values = _unpack_problem(row)
    return PlannedProblem(Problem(*values[:8], *values[11:]), *values[8:11])


def sample_row(sample: Sample) -> Row:
    return _pack_sample(_values_of_sample(sample))


def sample_of(row: Row) -> Sample:
    return Sample(*_unpack_sample(row))


def execution_row(execution: StoredExecution) -> Row:
    return _pack_execution(execution)


def incident_row(incident: Incident) -> Row:
    return _pack_incident((incident.problem_id, incident.index, incident.stage, incident.reason))


def incident_of(row: Row) -> Incident:
    return Incident(*_unpack_incident(row))


def judged_row(
    protocol: str,
    key: tuple[str, int, str | None],
    outputs: tuple[str | None, ...] | str,
    judgement: Judgement | None,
    reading: Reading | None,
) -> Row:
    """All columns. `key`: problem, index, and digest of the job; the others are as in StoredJudgement."""
    if judgement is None:
        return _pack_judgement((protocol, *key, None, None, outputs, None, None, None, None, reading))
    found = (judgement.verdict, judgement.passed, outputs, judgement.call, judgement.error, judgement.signature)
    return _pack_judgement((protocol, *key, *found, judgement.failed_calls, reading))


def judgement_row(row: StoredJudgement) -> Row:
    """All columns except the protocol."""
    key = (row.problem_id, row.index, row.job_digest)
    return judged_row("", key, row.outputs, row.judgement, row.reading)[1:]


def judgement_of(row: Row) -> StoredJudgement:
    pid, index, digest, verdict, passed, outputs, *why, reading = _unpack_judgement(row)
    judgement = None if verdict is None else Judgement(verdict, passed, outputs, *why)
    return StoredJudgement(pid, index, digest, outputs, judgement, reading)


def counterfactual_row(row: Counterfactual) -> Row:
    key = (row.problem_id, row.index)
    return _pack_counterfactual((*key, row.classes, row.steps, row.job_digest, row.verdict, row.passed))


def counterfactual_of(row: Row) -> Counterfactual:
    return Counterfactual(*_unpack_counterfactual(row))


def reward_row(ranker: int, row: StoredReward) -> Row:
    return _pack_reward((ranker, row.problem_id, row.index, row.score, row.cut))


def reward_of(row: Row) -> StoredReward:
    return StoredReward(*_unpack_reward(row))

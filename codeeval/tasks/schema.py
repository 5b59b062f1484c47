"""Determine a problem file's schema from the fields of its first row, and turn its rows into problems."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from codeeval.errors import DataError
from codeeval.i18n import msg
from codeeval.sample_rows import COMPLETION_FIELDS, first_field
from codeeval.tasks import evalplus, human_eval, mbpp, mera
from codeeval.tasks.rows import SourceRow
from codeeval.types import Problem


@dataclass(frozen=True, slots=True)
class Schema:
    """`protocol` judges problems in this schema unless another one is requested."""

    protocol: str
    problem_of: Callable[[SourceRow], Problem]


MERA = Schema("mera-code", mera.problem_of)
HUMANEVAL, MBPP = Schema("humaneval", human_eval.problem_of), Schema("mbpp", mbpp.problem_of)
HUMANEVALPLUS, MBPPPLUS = Schema("humanevalplus", evalplus.problem_of), Schema("mbppplus", evalplus.problem_of)
#: Fields of every row in MERA's schema, and of no row of completions.
_PROBLEM_FIELDS = {"inputs", "instruction"}


def schema_of(row: SourceRow) -> Schema:
    """The row's schema; MERA's if nothing indicates another, because its reader explains best what is missing."""
    fields = row.value if isinstance(row.value, Mapping) else {}
    if "inputs" in fields:
        return MERA
    if "base_input" in fields:
        return MBPPPLUS if evalplus.is_mbpp(row) else HUMANEVALPLUS
    if "test_list" in fields:
        return MBPP
    return HUMANEVAL if {"prompt", "test"} <= fields.keys() else MERA


def refuse_completions(row: SourceRow) -> None:
    """Raises DataError if the row is a completion, not a problem."""
    fields = row.value if isinstance(row.value, Mapping) else {}
    field = first_field(fields, COMPLETION_FIELDS)
    rows = isinstance(row.value, list)
    if rows or (field is not None and not _PROBLEM_FIELDS & fields.keys()):
        raise DataError(
            row.where if rows else msg("{where}, field {field}", where=row.where, field=field),
            msg("a row of completions, not a problem"),
            msg(
                "Completions are scored by `codeeval score -t SET --samples FILE`; -t names the set of their problems."
            ),
        )


def problems(rows: Sequence[SourceRow]) -> tuple[tuple[Problem, ...], str]:
    """The problems of a set, in order, and its protocol. Raises DataError, naming file, row or line, and field."""
    schema = schema_of(rows[0]) if rows else MERA
    if rows and schema is MERA:
        refuse_completions(rows[0])
    if schema is MERA:
        return mera.problems(rows), schema.protocol
    found: dict[str, str] = {}
    result = []
    for row in rows:
        problem = schema.problem_of(row)
        if problem.id in found:
            raise DataError(
                msg("{where}, field {field}", where=row.where, field="task_id"),
                msg("the id {problem} was used before, in {place}", problem=repr(problem.id), place=found[problem.id]),
                "Give every problem an id of its own (what stands before the slash does not count).",
            )
        found[problem.id] = row.where
        result.append(problem)
    return tuple(result), schema.protocol

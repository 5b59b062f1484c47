"""codeeval from Python: the tutorial runs, and bad input is named."""

from __future__ import annotations

import asyncio
import gc
import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cli_runs import RAISES, RIGHT, ROOT, WRONG, codeeval, document, environment, write_samples, write_tasks

import codeeval as package
from codeeval.errors import NothingToEvaluate, UsageError
from codeeval.evaluation.pipeline import Progress
from codeeval.store import RunReader, TimeSplit
from codeeval.tasks import load
from codeeval.types import Task
from sandbox import Limits

BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)
GUIDE = ROOT / "docs" / "python.md"


@pytest.mark.local
def test_the_tutorial_runs(tmp_path: Path) -> None:
    """The blocks of docs/python.md, one after the other in one process, as a reader would type them."""
    blocks = BLOCK.findall(GUIDE.read_text("utf-8"))
    assert len(blocks) >= 5
    program = "import warnings\nwarnings.simplefilter('error')\n" + "\n".join(blocks)
    program = program.replace("k=[1, 2])", "k=[1, 2], sandbox='local')").replace(
        'Execution("auto"', 'Execution("local"'
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert "2 of 3" in done.stdout
    assert "ZeroDivisionError" in done.stdout
    assert (tmp_path / "run.svg").read_text("utf-8").startswith("<?xml")


def contents(folder: Path) -> dict[str, object]:
    """All that a run file holds, but for what was measured and for what names where the completions came from."""
    with RunReader(folder) as reader:
        manifest = reader.manifest().model_dump(
            exclude={"created_at", "command", "model", "samples_file", "samples_digest", "code_revision", "notes"}
        )
        outcomes = {key: reader.outcome(*key) for key in sorted(reader.execution_keys())}
        return {
            "manifest": manifest,
            "problems": list(reader.problems()),
            "samples": list(reader.samples()),
            "judgements": {name: list(reader.judgements(name)) for name in reader.manifest().protocols},
            "executions": {
                key: replace(found, cpu_ms=0, wall_ms=0, waited_ms=0, max_rss_kb=0)
                for key, found in outcomes.items()
                if found
            },
            "repairs": list(reader.counterfactuals()),
            "incidents": list(reader.incidents()),
            "sessions": [replace(one, started_at="", command=(), timing=TimeSplit()) for one in reader.sessions()],
        }


@pytest.mark.local
@pytest.mark.parametrize(("kind", "protocol"), [("mera", "strict"), ("mera", "mera-code"), ("tests", "humaneval")])
def test_python_and_the_command_line_write_the_same_run(tmp_path: Path, kind: str, protocol: str) -> None:
    """The same completions give the same run file either way, row by row."""
    write_tasks(tmp_path)
    task = "tasks.jsonl"
    completions = {
        "1": [RIGHT, WRONG, RIGHT, ""],
        "2": [RAISES, RIGHT, "\n  return (", "```python\n" + RIGHT + "\n```"],
    }
    if kind == "tests":
        task, completions = write_human_eval(tmp_path)
    rows = [{"task_id": pid, "completion": text} for pid, texts in completions.items() for text in texts]
    (tmp_path / "samples.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    where = str(tmp_path / task)
    package.evaluate(where, completions, [1, 2], protocol, "local", tmp_path / "mine")
    done = codeeval(
        tmp_path, "score", "-t", where, "--samples", "samples.jsonl", "--protocol", protocol, "--sandbox", "local",
        "-o", "theirs", "-k", "1,2", "--no-beside",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    mine, theirs = contents(tmp_path / "mine"), contents(tmp_path / "theirs")
    for part, found in mine.items():
        assert found == theirs[part], part
    assert mine["samples"]
    assert mine["executions"]


def write_human_eval(folder: Path) -> tuple[str, dict[str, list[str]]]:
    """Two problems with tests that are code."""
    rows = [
        {
            "task_id": f"HumanEval/{number}",
            "prompt": 'def f(n):\n    """More by one."""\n',
            "entry_point": "f",
            "canonical_solution": "    return n + 1\n",
            "test": "def check(candidate):\n    assert candidate(1) == 2\n",
        }
        for number in range(2)
    ]
    (folder / "HumanEval.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    texts = ["    return n + 1\n", "    return n\n"]
    return "HumanEval.jsonl", {"0": texts, "1": texts[::-1]}


@pytest.mark.local
def test_python_and_the_command_line_agree(tmp_path: Path) -> None:
    """The same completions give the same counts and verdicts either way, and the run that Python made is one for both."""
    write_tasks(tmp_path)
    write_samples(tmp_path, {1: [RIGHT, WRONG], 2: [RAISES, RIGHT]})
    task = load(str(tmp_path / "tasks.jsonl"))
    run = package.evaluate(task, {"1": [RIGHT, WRONG], "2": [RAISES, RIGHT]}, [1], "strict", "local", tmp_path / "mine")
    said = document(
        codeeval(
            tmp_path, "score", "-t", "tasks.jsonl", "--samples", "samples.jsonl", "--protocol", "strict", "--sandbox",
            "local", "-o", "theirs", "--format", "json", "-k", 1,
        )
    )  # fmt: skip
    assert run.report().verdicts == said["verdicts"]
    assert run.pass_at_k()[1].estimate == said["pass_at_k"]["1"]["estimate"]
    again = document(codeeval(tmp_path, "report", "mine", "--format", "json"))
    assert again["verdicts"] == said["verdicts"]
    theirs = package.load(tmp_path / "theirs")
    assert run.compare(theirs).difference == 0
    assert [row.verdict for row in theirs.samples()] == ["passed", "wrong_output", "exception", "passed"]
    table = run.to_pandas()
    assert list(table["passed"]) == [True, False, False, True]
    assert list(run.to_pandas("problems")["c"]) == [1, 1]


@pytest.mark.local
def test_a_run_without_a_folder_goes_with_its_object(tmp_path: Path) -> None:
    """Nothing is left of it on the disk once nobody holds it."""
    task = load(str(write_tasks(tmp_path, 1)))
    run = package.evaluate(task, [RIGHT], sandbox="local")
    path = run.path
    assert run.problems()[0].c == 1
    assert path.is_dir()
    del run
    gc.collect()
    assert not path.exists()


@pytest.mark.parametrize(
    ("call", "error", "word"),
    [
        (lambda task: package.evaluate(task, ["a"]), UsageError, "2 problems"),
        (lambda task: package.evaluate(task, "text"), UsageError, "list"),
        (lambda task: package.evaluate(task, {"9": ["a"]}), UsageError, "'9'"),
        (lambda task: package.evaluate(task, {"1": [3]}), UsageError, "str"),  # type: ignore[list-item]
        (lambda task: package.evaluate(task, {}), NothingToEvaluate, "no completions"),
        (lambda task: package.evaluate(task, ["a", "b"], k=[0]), UsageError, "positive"),
        (lambda task: package.evaluate(task, ["a", "b"], protocol="x"), UsageError, "mera-code"),
        (lambda task: package.evaluate(task, ["a", "b"], sandbox="x"), UsageError, "docker"),
        (lambda task: package.evaluate([*task.problems, *task.problems], ["a"] * 4), UsageError, "same id"),
        (lambda task: package.load("nowhere"), UsageError, "no such run"),
    ],
)
def test_bad_input_is_named(
    call: Callable[[object], object], error: type[Exception], word: str, tmp_path: Path
) -> None:
    """Lengths, ids, types and names are checked before anything is started."""
    with pytest.raises(error, match=word):
        call(load(str(write_tasks(tmp_path))))


def test_importing_costs_nothing_until_something_is_used() -> None:
    """`import codeeval` fetches neither numpy nor pydantic; what there is can be listed; what there is not is an error."""
    program = (
        "import sys, codeeval; heavy = {'numpy', 'pydantic', 'sqlite3', 'docker', 'pandas'} & set(sys.modules);"
        "print(sorted(heavy), 'evaluate' in dir(codeeval), hasattr(codeeval, 'nothing'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment(), capture_output=True, text=True, timeout=60
    )
    assert (done.stdout, done.stderr) == ("[] True False\n", "")


def twins(folder: Path) -> Task:
    """Two problems `add`."""
    write_tasks(folder)
    return load(str(folder / "tasks.jsonl"))


@pytest.mark.local
def test_how_completions_are_executed_can_be_chosen(tmp_path: Path) -> None:
    """Workers, limits, progress and repairs reach the sandbox and the run: a loop ends at the limit given, a no-break
    space is repaired, and the manifest says with what."""
    seen: list[Progress] = []
    limits = Limits(cpu_s=0.5, wall_s=30.0)
    how = package.Execution("local", workers=1, limits=limits, progress=seen.append)
    spaced, endless = "\n    return a\u00a0+ b", "\n    while True: pass"
    run = package.evaluate(twins(tmp_path), [[endless, spaced, RIGHT], RIGHT], [1], "strict", how)
    assert [row.verdict for row in run.samples("1")][::2] == ["timeout", "passed"]
    assert seen[-1].judged == 4
    assert (run.manifest.sandbox.workers, run.manifest.sandbox.limits["cpu_s"]) == (1, 0.5)
    waterfall = run.report().waterfall
    assert waterfall is not None
    assert waterfall.levels[-1].pass_at_k[1] == pytest.approx((2 / 3 + 1) / 2)
    plain = package.evaluate(twins(tmp_path), [[spaced], RIGHT], [1], sandbox=package.Execution("local", repairs=False))
    with RunReader(plain.path) as reader:
        assert reader.unexplained() == (("1", 0),)


@pytest.mark.parametrize(
    ("how", "protocol", "said"),
    [
        (package.Execution("podman"), "strict", "auto, docker or local"),
        (package.Execution("local", workers=0), "strict", "workers"),
        (package.Execution("local", limits=Limits(cpu_s=1)), "mera-code", "under strict only"),
    ],
)
def test_an_impossible_execution_is_refused(tmp_path: Path, how: package.Execution, protocol: str, said: str) -> None:
    """Before anything is started."""
    with pytest.raises(UsageError, match=said):
        package.evaluate(twins(tmp_path), [RIGHT, RIGHT], protocol=protocol, sandbox=how)


@pytest.mark.local
def test_several_threads_and_a_running_event_loop(tmp_path: Path) -> None:
    """As in a notebook: called inside of a coroutine, and from two threads of it at once, each with its own answer."""
    task = twins(tmp_path)

    def passed(*completions: str) -> list[bool | None]:
        how = package.Execution("local", workers=1, repairs=False)
        return [row.passed for row in package.evaluate(task, list(completions), [1], sandbox=how).samples()]

    async def cells() -> list[list[bool | None]]:
        here = passed(RIGHT, WRONG)
        return [
            here,
            *await asyncio.gather(asyncio.to_thread(passed, WRONG, RIGHT), asyncio.to_thread(passed, RIGHT, RIGHT)),
        ]

    assert asyncio.run(cells()) == [[True, False], [False, True], [True, True]]

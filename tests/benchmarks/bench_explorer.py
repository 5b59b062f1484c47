"""The explorer's budgets, on synthetic run files: python tests/benchmarks/bench_explorer.py [--n 200] [--problems 164]

Prints, for each page, the seconds until the whole answer is there (by the clock, and of processor time, which says more on
a busy machine), its bytes, and the process's peak memory; then the same of a static export. Only the first page has to
count. A million samples: --problems 5000 --n 200 --runs 1 --no-export, or --problems 164 --n 6098 --runs 1 --no-export.
--runs: that many copies make the pages about many runs. --cold: the file is not in memory when a page is asked for.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from starlette.testclient import TestClient

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "unit")]

from run_values import add_execution, add_judgements, make_manifest  # noqa: E402 - the path comes first

from codeeval.explorer import search  # noqa: E402
from codeeval.explorer.library import Library  # noqa: E402
from codeeval.explorer.security import Gate  # noqa: E402
from codeeval.explorer.server import application  # noqa: E402
from codeeval.explorer.static import export_site  # noqa: E402
from codeeval.manifest import Manifest  # noqa: E402
from codeeval.reading.extract import extract  # noqa: E402
from codeeval.scoring.grade import grade  # noqa: E402
from codeeval.scoring.protocols import get  # noqa: E402
from codeeval.store import Counterfactual, PlannedProblem, RunStore, Session, StoredExecution, StoredJudgement  # noqa: E402
from codeeval.types import Problem, Prompt, Sample, Verdict  # noqa: E402
from sandbox import Observation, Outcome  # noqa: E402

PROTOCOLS = ("mera-code", "strict")
CALLS = 10
PAGES = (
    *("/bench/", "/", "/bench/?protocol=strict", "/bench/?page=3", "/bench/?q=42&sort=hardest"),
    *("/bench/?verdict=passed", "/bench/?verdict=pending", "/bench/?verdict=timeout&slow=1000", "/bench/?slow=1000"),
    *(
        "/bench/samples/?verdict=failed",
        "/bench/samples/?verdict=failed&page=99",
        "/bench/samples/?search=return%5Cs%2Bn",
        "/bench/samples/?search=return",
        "/bench/p/{}/3?verdict=failed",
        "/bench/p/{}/3/diff",
    ),
    *("/bench/?meta=difficulty:hard", "/bench/samples/?meta=topics:lists&verdict=failed"),
    *("/bench/p/{}/", "/bench/p/{}/3", "/bench/p/{}/index.json", "/bench/index.json"),
)
#: Of this run and its copies, which are counted by then.
SERIES_PAGES = (
    "/",
    "/series/bench/",
    "/series/bench/?sort=range&page=2",
    "/series/bench/p/{}",
    "/series/bench/index.json",
)
LEVELS, TOPICS = ("easy", "medium", "hard"), ("lists", "strings", "numbers", "dates", "text")
BODY = "\n    result = []\n    for step in range(n):\n        result.append(step + {shift})\n    return sum(result)  # {tag}\n"


def synthetic(folder: Path, problems: int, n: int, distinct: float = 0.5) -> Path:
    """A finished run: a third passes, the rest is wrong, raises, does not compile or takes too long."""
    planned = [_planned(number, n) for number in range(problems)]
    base = make_manifest()
    task = base.task.model_copy(update={"n_selected": problems})
    manifest = base.model_copy(update={"protocol": PROTOCOLS[0], "protocols": PROTOCOLS, "k": (1, 5, 10), "task": task})
    with RunStore.create(folder, Manifest.model_validate(manifest.model_dump()), planned) as store:
        for one in planned:
            store.add_samples(_samples(one, n, distinct))
            for sample in _samples(one, n, distinct):
                _judge(store, one.problem, sample)
            store.commit()
        store.put_session(Session("2026-01-01T00:00:00+00:00", ("codeeval", "run"), "complete"))
    return folder


def _planned(number: int, n: int) -> PlannedProblem:
    prompt = f'def task_{number}(n: int) -> int:\n    """Верните сумму первых n чисел ({number}).\n\n    >>> f(3)\n    3\n    """'
    calls = tuple(f"{{'n': {i}}}" for i in range(CALLS))
    expected = tuple(str(i * (i - 1) // 2) for i in range(CALLS))
    problem = Problem(
        str(number),
        "Допишите функцию.\n{function}",
        prompt,
        f"task_{number}",
        calls,
        expected,
        None,
        extra=_meta(number),
    )
    return PlannedProblem(problem, Prompt(text=prompt), "digest", n)


def _meta(number: int) -> tuple[tuple[str, str], ...]:
    topics = [TOPICS[number % len(TOPICS)], TOPICS[number % 3]]
    return ("difficulty", json.dumps(LEVELS[number % len(LEVELS)])), ("topics", json.dumps(topics))


def _samples(planned: PlannedProblem, n: int, distinct: float) -> Iterator[Sample]:
    for index in range(n):
        tag = index if index < n * distinct else index % max(1, int(n * distinct))
        yield Sample(planned.problem.id, index, "digest", BODY.format(shift=tag % 5, tag=tag), "stop", 90, 60, index)


def _judge(store: RunStore, problem: Problem, sample: Sample) -> None:
    for name in PROTOCOLS:
        protocol = get(name)
        extraction = extract(problem, sample.completion, protocol.extraction)
        digest = f"{hash((extraction.program, name)) & (1 << 63) - 1:032x}"
        outcome = _outcome(sample.completion, int(sample.completion.rsplit("# ", 1)[1]))
        add_execution(store, StoredExecution(problem.id, digest, protocol.mode, extraction.program, outcome))
        judgement = grade(problem, extraction, outcome, protocol)
        if name == "strict" and not judgement.passed:
            right = sample.index % 3 == 0
            classes = ("lost indentation",) if sample.index % 4 else ()
            repaired = Verdict.PASSED if right else Verdict.WRONG_OUTPUT
            store.add_counterfactuals([Counterfactual(problem.id, sample.index, classes, (), None, repaired, right)])
        add_judgements(store, name, [StoredJudgement(problem.id, sample.index, digest, judgement.outputs, judgement)])


def _outcome(completion: str, tag: int) -> Outcome:
    kind = tag % 10
    if kind == 8:
        failed = Observation("raised", exc_type="SyntaxError", message=f"invalid syntax (line {tag})", line=9)
        return Outcome("syntax_error", (Observation("not_reached"),) * CALLS, failed, cpu_ms=1, wall_ms=5)
    if kind == 9:
        return Outcome("timeout", (Observation("not_reached"),) * CALLS, cpu_ms=4000, wall_ms=4100, limit="cpu")
    if kind == 7:
        raised = Observation("raised", exc_type="ZeroDivisionError", message="division by zero", line=9)
        return Outcome("completed", (raised,) * CALLS, stdout="x" * tag, cpu_ms=3, wall_ms=9)
    shift = 0 if kind < 4 else tag % 5
    texts = (str(i * (i - 1) // 2 + i * shift) for i in range(CALLS))
    return Outcome("completed", tuple(Observation("returned", t, "int", True) for t in texts), cpu_ms=3, wall_ms=9)


def measure(library: Library, pages: tuple[str, ...], *, cold: bool = False) -> Iterator[dict[str, object]]:
    """Each page once, in this order, from one application that has had no request before."""
    client = TestClient(application(library, Gate()), base_url="http://127.0.0.1")
    for page in pages:
        for run in library.runs if cold else ():
            _forget(run.path)
        read, wall, cpu = _bytes_read() if cold else 0, time.perf_counter(), _processor_time()
        answer = client.get(page)
        wall, cpu = time.perf_counter() - wall, _processor_time() - cpu
        assert answer.status_code == 200, (page, answer.text[:300])
        assert "the pattern took too long" not in answer.text, page
        more = {"read_mb": round((_bytes_read() - read) / 1e6, 1)} if cold else {}
        yield {"page": page, "wall_s": round(wall, 3), "cpu_s": round(cpu, 3), "bytes": len(answer.content), **more}


def _forget(path: Path) -> None:
    """Drop a file from the system's memory."""
    with path.open("rb") as stream:
        os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _bytes_read() -> int:
    """What this process has had read from disks."""
    stated = dict(line.split(": ") for line in Path("/proc/self/io").read_text("ascii").splitlines())
    return int(stated["read_bytes"])


def _processor_time() -> float:
    """Of this process and of those that it has waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _measure_series(run: Path, runs: int, problem: int) -> None:
    """The pages about many runs."""
    for number in range(2, runs + 1):
        shutil.copytree(run, run.with_name(f"{run.name}-{number}"))
    library = Library.of([run.parent])
    for one in library.runs:
        library.numbers(one)
    for row in measure(library, tuple(page.format(problem) for page in SERIES_PAGES)):
        print(json.dumps({"runs": runs, **row}), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--problems", type=int, default=164)
    parser.add_argument("--n", type=int, default=200)
    parser.add_argument("--runs", type=int, default=8)
    parser.add_argument("--no-export", action="store_true")
    parser.add_argument("--cold", action="store_true")
    parser.add_argument("--keep", type=Path, help="make the run in this folder, or take the one that is there")
    chosen = parser.parse_args()
    search._WAIT = 1_000  # processor time is measured, so a busy machine must not end a search by the clock
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        run = (chosen.keep or Path(folder)) / "bench"
        if not run.exists():
            synthetic(run, chosen.problems, chosen.n)
        print(f"{chosen.problems * chosen.n} samples made in {time.perf_counter() - start:.1f} s")
        pages = tuple(page.format(chosen.problems // 2) for page in PAGES)
        for row in measure(Library.of([run]), pages, cold=chosen.cold):
            print(json.dumps(row), flush=True)
        if chosen.runs > 1:
            _measure_series(run, chosen.runs, chosen.problems // 2)
        print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB")
        if not chosen.no_export:
            start, cpu = time.perf_counter(), _processor_time()
            export_site([run], Path(folder) / "site")
            files = [path for path in (Path(folder) / "site").rglob("*") if path.is_file()]
            total = sum(path.stat().st_size for path in files)
            took = f"{time.perf_counter() - start:.1f} s, {_processor_time() - cpu:.1f} s of processor time"
            print(f"export {took}, {len(files)} files, {total / 1e6:.0f} MB")


if __name__ == "__main__":
    main()

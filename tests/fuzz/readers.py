"""Every reader of other people's files, each call in a process of its own with ceilings of memory and CPU time.

python tests/fuzz/readers.py 2000 [SEED]      tries so many mutated files, and prints inputs, peak memory and slowest
"""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import sys
import tempfile
import traceback
import zipfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "unit"), str(HERE.parent.parent)]

import mutations  # noqa: E402
from explorer_runs import make_run  # noqa: E402

import codeeval.evaluation.preflight  # noqa: E402
import sandbox  # noqa: E402
import sandbox.front  # noqa: E402
import sandbox.pool  # noqa: E402
from sandbox import Job, Limits, Observation, Outcome  # noqa: E402

#: MiB above what the process has when it starts, and CPU seconds, for files of less than a megabyte.
MAX_MB, MAX_S = 512, 10.0
CODES = {0, 1, 2, 3, 4, 5}
PROBLEMS = HERE.parents[1] / "problems" / "rustarter.jsonl"


class FakePool:
    """Everything that the host does for a job but executing it."""

    workers = 1
    has_worker = True

    def __init__(self, backend: object, workers: int | None, limits: Limits, isolation: str) -> None:
        self.backend, self.limits, self.isolation = backend, limits, isolation

    def map(self, jobs: Iterable[Job]) -> Iterator[Outcome]:
        for job in jobs:
            yield self.submit(job).result()

    def __enter__(self) -> FakePool:
        return self

    def __exit__(self, *_: object) -> None: ...

    def wait_ready(self) -> None: ...

    def submit(self, job: Job) -> Future[Outcome]:
        sandbox.front._body_of(job)
        seen = Observation("returned", text="[" + "1, " * 2_000 + "1]", type_name="list", plain=True)
        found: Future[Outcome] = Future()
        found.set_result(Outcome("completed", (seen,) * len(job.calls), cpu_ms=1, wall_ms=1, guest="fake"))
        return found


class FakeBackend:
    name, why = "fake", "nothing is executed"

    def describe(self) -> dict[str, str]:
        return {}

    def close(self) -> None: ...


def without_sandbox() -> None:
    """Before anything of the command line is imported."""
    sandbox.Pool = sandbox.pool.Pool = FakePool  # type: ignore[misc, assignment]
    sandbox.select = lambda *_, **__: FakeBackend()  # type: ignore[assignment]
    codeeval.evaluation.preflight.preflight = lambda *_, **__: None


@dataclass(frozen=True, slots=True)
class Tried:
    """One call: what was asked, how it ended, MiB at its peak above the start, CPU seconds. `wrong` says what must not be."""

    number: int
    call: str
    code: int
    mb: float
    cpu_s: float
    wrong: str = ""


Seeds = dict[str, Path]


def seeds(folder: Path) -> Seeds:
    """Sound files of each kind."""
    run = make_run(folder / "run", {"1": ["right", "wrong", "raises"], "2": ["slow", "right", "syntax"]}, hidden=())
    hidden = make_run(folder / "hidden", {"1": ["right", "wrong"]}, hidden=("1",))
    problems = folder / "set.jsonl"
    problems.write_bytes(b"".join(PROBLEMS.read_bytes().splitlines(keepends=True)[:3]))
    ids = [json.loads(line)["meta"]["id"] for line in problems.read_text("utf-8").splitlines()]
    samples = folder / "samples.jsonl"
    rows = [{"task_id": pid, "completion": "    return 1\n"} for pid in ids for _ in range(2)]
    samples.write_text("".join(json.dumps(row) + "\n" for row in rows))
    answers = folder / "answers.json"
    answers.write_text(json.dumps({"1": ["2", "3"], "2": ["2", "3"]}))
    submission = folder / "submission.zip"
    with zipfile.ZipFile(submission, "w") as archive:
        rows_ = [{"outputs": [[["2", "3"], ["2", None]]], "meta": {"id": pid}} for pid in (1, 2)]
        archive.writestr("ruHumanEval.json", json.dumps({"data": {"test": rows_}}))
    policy = folder / "policy.toml"
    policy.write_text("schema = 1\nk = [1]\n[tasks.rustarter]\nfloor = 0.5\n[tiers.release]\nmargin = 0.01\n")
    baseline = folder / "baseline.json"
    run_command(["export", "baseline", str(run), "-o", str(baseline)])
    return {
        "run": run,
        "hidden": hidden,
        "set": problems,
        "samples": samples,
        "answers": answers,
        "submission": submission,
        "policy": policy,
        "baseline": baseline,
    }


def run_command(arguments: list[str]) -> int:
    """As `codeeval ARGUMENTS`, in this process."""
    from codeeval.cli.failing import guarded
    from codeeval.cli.main import program

    try:
        return guarded(lambda: program()(arguments, prog_name="codeeval", standalone_mode=False))
    except SystemExit as error:
        return int(error.code or 0)


def pages(run: Path, other: Path) -> int:
    """Every kind of page of the explorer."""
    from starlette.testclient import TestClient

    from codeeval.errors import CodeevalError
    from codeeval.explorer.library import Library
    from codeeval.explorer.security import Gate
    from codeeval.explorer.server import application

    try:
        library = Library.of([run, other])
    except CodeevalError:
        return 2
    names = [each.slug for each in library.runs]
    client = TestClient(application(library, Gate()), base_url="http://127.0.0.1", raise_server_exceptions=True)
    paths = ["/", f"/compare/{names[0]}/{names[1]}/", f"/compare/{names[0]}/{names[1]}/p/1"]
    for name in names:
        paths += [f"/{name}/", f"/{name}/p/1/", f"/{name}/p/1/0", f"/{name}/?protocol=strict", f"/{name}/p/1/0.json"]
    codes = [client.get(path).status_code for path in paths]
    return 0 if set(codes) <= {200, 301, 302, 303, 304, 307, 400, 404, 422, 500, 503} else 99


#: What is asked of a mutated file, by its kind. Capitals are files.
VERBS = {
    "run": (
        *("report RUN", "report RUN --format json", "report RUN --format json --protocol strict", "rescore RUN"),
        *("score -t SET --samples RUN -o OUT", "compare SOUND RUN --allow-different", "pages", "pages", "pages"),
        "gate RUN --baseline BASELINE --junit OUT --allow-different",
        *(
            f"export {name} RUN -o OUT"
            for name in ("html", "csv", "jsonl", "lm-eval", "model-card", "markdown", "mera")
        ),
    ),
    "set": (
        "score -t SET --samples SAMPLES -o OUT",
        "tasks show SET",
        "validate-submission SUBMISSION -t SET",
    ),
    "samples": ("score -t SET --samples SAMPLES -o OUT",),
    "answers": ("rescore RUN --answers ANSWERS", "validate-submission SUBMISSION --answers ANSWERS"),
    "submission": (
        "validate-submission SUBMISSION --answers ANSWERS",
        "validate-submission SUBMISSION",
        "score -t SET --samples SUBMISSION -o OUT",
    ),
    "policy": ("gate RUN --baseline BASELINE --policy POLICY",),
    "baseline": ("gate RUN --baseline BASELINE --junit OUT", "export baseline RUN -o BASELINE"),
}
KINDS = ("run", "run", "run", "set", "set", "samples", "samples", "answers", "submission", "policy", "baseline")
Call = tuple[str, Callable[[], int]]


def prepared(base: Seeds, folder: Path, chance: random.Random) -> Call:
    """One call over one mutated file in `folder`."""
    files = {name: path if path.is_dir() else Path(shutil.copy(path, folder)) for name, path in base.items()}
    kind = chance.choice(KINDS)
    if kind == "run":
        whose = chance.choice(("run", "run", "hidden"))
        files["run"] = Path(shutil.copytree(base[whose], folder / "run"))
        mutations.of_run(files["run"] / "run.sqlite", chance)
    else:
        path = files[kind]
        data = mutations.MUTATORS[path.suffix[1:]](path.read_bytes(), chance)
        if path.suffix == ".jsonl" and chance.random() < 0.2:
            path = files[kind] = path.with_name(path.name + ".gz")
            data = mutations.zipped(data, chance)
        path.write_bytes(data)
    names = {name.upper(): str(path) for name, path in files.items()}
    names |= {"OUT": str(folder / "out"), "SOUND": str(base["run"])}
    words = [names.get(word, word) for word in chance.choice(VERBS[kind]).split()]
    if kind == "answers" or (words[0] == "rescore" and kind != "run"):
        files["run"] = Path(shutil.copytree(base["hidden"], folder / "copy"))
        words = [word.replace(names["RUN"], str(files["run"])) for word in words]
    if words[0] not in ("pages", "tasks", "export") and chance.random() < 0.3:
        words = [*words, "--lang", "ru"]
    told = " ".join(Path(word).name if "/" in word else word for word in words)
    if words == ["pages"]:
        return f"{kind}: {told}", lambda: pages(files["run"], base["run"])
    return f"{kind}: {told}", lambda: run_command(words)


def tried(number: int, call: Call, log: Path) -> Tried:
    """The call in a child process. Its memory is what it needs above what this process has."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    child = os.fork()
    if not child:
        _child(call[1], log)
    _, status, used = os.wait4(child, 0)
    mb, cpu_s = max(0, used.ru_maxrss - before) / 1024, used.ru_utime + used.ru_stime
    code = os.waitstatus_to_exitcode(status)
    said = log.read_text("utf-8", "replace")
    wrong = ""
    if code not in CODES:
        wrong = f"ended by signal {-code}" if code < 0 else f"exit code {code}"
    elif "a bug in codeeval" in said or ("Traceback" in said and not os.environ.get("CODEEVAL_DEBUG")):
        wrong = said[-3_000:]
    elif mb > MAX_MB or cpu_s > MAX_S:
        wrong = f"{mb:.0f} MiB, {cpu_s:.1f} s"
    return Tried(number, call[0], code, round(mb, 1), round(cpu_s, 2), wrong)


def _child(call: Callable[[], int], log: Path) -> None:
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(descriptor, stream)
    space = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize() + (4 << 30)
    resource.setrlimit(resource.RLIMIT_AS, (space, space))
    resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    code = 98
    try:
        code = call()
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def fuzz(count: int, seed: int) -> Iterator[Tried]:
    """So many calls. The same seed gives the same files."""
    without_sandbox()
    with tempfile.TemporaryDirectory() as name:
        base = seeds(Path(name))
        pages(base["run"], base["hidden"])  # what is imported once is imported before
        for number in range(seed, seed + count):
            folder = Path(name, str(number))
            folder.mkdir()
            os.chdir(folder)
            yield tried(number, prepared(base, folder, random.Random(number)), folder / "log")
            os.chdir(name)
            shutil.rmtree(folder)


def main(arguments: list[str]) -> int:
    count, seed = int(arguments[0]), int(arguments[1]) if len(arguments) > 1 else 0
    found = []
    for each in fuzz(count, seed):
        found.append(each)
        if each.wrong:
            print(json.dumps(asdict(each), ensure_ascii=False), flush=True)
    codes = {code: sum(each.code == code for each in found) for code in sorted({each.code for each in found})}
    largest, slowest = max(found, key=lambda each: each.mb), max(found, key=lambda each: each.cpu_s)
    print(f"{len(found)} inputs, exit codes {codes}, {sum(bool(each.wrong) for each in found)} wrong")
    print(f"peak {largest.mb} MiB (input {largest.number}, {largest.call})")
    print(f"slowest {slowest.cpu_s} s (input {slowest.number}, {slowest.call})")
    return int(any(each.wrong for each in found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

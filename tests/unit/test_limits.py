"""One place decides the limits of a sample: what a run states, what its pages show and what must agree between two runs is
what its programs were executed under."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from run_values import make_manifest, problem

from codeeval.errors import DataError, UsageError
from codeeval.evaluation.completions import ask_strings, within
from codeeval.evaluation.reporter import SILENT
from codeeval.evaluation.resume import run_protocols
from codeeval.evaluation.sandbox import Sandbox, limits_from
from codeeval.evaluation.score import score
from codeeval.gate import candidate, judge, load_baseline, load_policy, save_baseline
from codeeval.manifest import Manifest, SandboxInfo
from codeeval.scoring import protocols
from codeeval.scoring.limits import KINDS, ORACLE_LIMITS, TESTS_LIMITS, Kind, limits_for
from codeeval.stats.compare import CompareOptions, compare
from codeeval.store import RunReader, RunStore
from codeeval.store.runcounts import digests, limits_of, run_counts, stating_limits
from codeeval.types import Oracle, Problem, ProblemTests
from sandbox import Job, Limits, Observation, Outcome
from sandbox.outcomes import Ruling

WORKER = Limits(memory_mb=600, pids=32, tmp_mb=16)
PROBLEMS: dict[Kind, Problem] = {
    "calls": problem(),
    "tests": replace(problem(), calls=(), expected=(), tests=ProblemTests("check(f)", names=("f",))),
    "reference": replace(problem(), calls=("{'*': [1]}",), expected=("2",), oracle=Oracle()),
}
FITTING = [
    (kind, name)
    for kind in KINDS
    for name in protocols.names()
    if name == "strict" or (name in protocols.ENGLISH) == (kind != "calls")
]


class Recorder:
    """A pool that executes nothing: it keeps the jobs, and every program returns 2."""

    workers = 1

    def __init__(self) -> None:
        self.jobs: list[Job] = []

    def submit(self, job: Job) -> Future[Outcome]:
        self.jobs.append(job)
        done: Future[Outcome] = Future()
        seen = tuple(Observation("returned", "2", "int", True) for _ in job.calls)
        done.set_result(Outcome("completed", seen, ruling=Ruling("passed") if job.tests else None))
        return done

    def map(self, jobs: Iterable[Job]) -> Iterator[Outcome]:
        return iter([self.submit(job).result() for job in jobs])


def scored(folder: Path, kind: Kind, protocol: str, limits: Limits | None = None) -> tuple[Path, Recorder]:
    """A run of one sample, and the pool that was asked to execute it."""
    pool = Recorder()
    asked = ask_strings([PROBLEMS[kind]], ["\n    return n + 1"], [1], protocol, folder)
    asked = within(asked, limits)
    worker = replace(asked.protocols[0].limits, memory_mb=WORKER.memory_mb, pids=WORKER.pids, tmp_mb=WORKER.tmp_mb)
    info = SandboxInfo(backend="local", limits=asdict(worker), describe={"image": "i"})
    return score(asked, Sandbox(pool, info), SILENT).run_dir, pool


def as_older(folder: Path) -> None:
    """Make of a run what versions wrote that stated the limits of the protocol."""
    with RunStore.open(folder) as store:
        made = store.manifest()
        stated = protocols.get(made.protocol).limits
        if made.protocol.endswith("plus"):
            stated = replace(stated, reply_bytes=Limits().reply_bytes)
        size = {name: getattr(WORKER, name) for name in ("memory_mb", "pids", "tmp_mb")}
        older = made.sandbox.model_copy(update={"limits": {**asdict(stated), **size}, "limits_by_protocol": {}})
        store.put_manifest(made.model_copy(update={"sandbox": older}))


def counts(folder: Path, protocol: str | None = None) -> dict[str, str]:
    with RunReader(folder) as reader:
        return dict(run_counts(reader, protocol).digests)


@pytest.mark.parametrize(("kind", "protocol"), FITTING)
def test_what_a_run_states_is_what_was_executed(tmp_path: Path, kind: Kind, protocol: str) -> None:
    """In the manifest, and in what must agree between two runs; under every protocol of the run."""
    folder, pool = scored(tmp_path / "run", kind, protocol)
    executed = {str(asdict(job.limits)) for job in pool.jobs if job.limits}
    with RunReader(folder) as reader:
        manifest = reader.manifest()
        stated = [limits_of(manifest, name, kind) for name in manifest.protocols]
        assert manifest.sandbox.limits == stated[0]
        text = digests(reader, protocol)["limits"]
    assert {str(asdict(_as_limits(one))) for one in stated} == executed
    assert text == " ".join(f"{name}={stated[0][name]:g}" for name in sorted(stated[0]))


def _as_limits(stated: Mapping[str, float]) -> Limits:
    """JSON does not tell 3 from 3.0."""
    values: dict[str, Any] = {n: value if n in ("cpu_s", "wall_s") else int(value) for n, value in stated.items()}
    return Limits(**values)


@pytest.mark.parametrize(("kind", "protocol"), FITTING)
def test_an_older_run_is_compared_by_what_it_executed(tmp_path: Path, kind: Kind, protocol: str) -> None:
    """Its file states the limits of the protocol; it can be compared with a new run of the same set under each protocol."""
    old, new = scored(tmp_path / "old", kind, protocol)[0], scored(tmp_path / "new", kind, protocol)[0]
    as_older(old)
    for name in dict.fromkeys((protocol, "strict")):
        assert counts(old, name) == counts(new, name)
    with RunReader(old) as one, RunReader(new) as two:
        assert stating_limits(two) == two.manifest()
        if kind == "calls":
            assert "limits_by_protocol" not in one.manifest().to_json()
            assert stating_limits(one) == one.manifest()
        else:
            assert stating_limits(one).sandbox == two.manifest().sandbox


@pytest.mark.parametrize(("kind", "protocol"), FITTING)
def test_a_changed_limit_changes_the_digest(
    tmp_path: Path, kind: Kind, protocol: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever of the three limits it was: the comparison is refused."""
    before = scored(tmp_path / "before", kind, protocol)[0]
    own = protocols.get(protocol)
    longer = replace(own, limits=replace(own.limits, cpu_s=7.0))
    monkeypatch.setitem(protocols.PROTOCOLS, protocol, longer)
    monkeypatch.setattr("codeeval.scoring.limits.TESTS_LIMITS", replace(TESTS_LIMITS, cpu_s=7.0))
    monkeypatch.setattr("codeeval.scoring.limits.ORACLE_LIMITS", replace(ORACLE_LIMITS, cpu_s=7.0))
    after = scored(tmp_path / "after", kind, protocol)[0]
    with RunReader(before) as one, RunReader(after) as two, pytest.raises(UsageError, match="different limits: cpu_s="):
        compare(run_counts(one), run_counts(two), CompareOptions())


def test_limits_chosen_by_hand_stay_those_of_the_run(tmp_path: Path) -> None:
    """In what it states, also when its file is an older one, and in what a later invocation executes."""
    chosen = Limits(cpu_s=1.5, wall_s=9.0, memory_mb=600, pids=32, tmp_mb=16)
    folder, pool = scored(tmp_path / "run", "calls", "strict", chosen)
    assert [job.limits for job in pool.jobs] == [chosen]
    with RunReader(folder) as reader:
        manifest = reader.manifest()
    for sandbox in (manifest.sandbox, manifest.sandbox.model_copy(update={"limits_by_protocol": {}})):
        found = manifest.model_copy(update={"sandbox": sandbox})
        assert limits_of(found, "strict", "calls") == asdict(chosen)
        (protocol,) = run_protocols(found, "")
        assert limits_for(PROBLEMS["calls"], protocol, WORKER) == chosen


def test_a_run_judged_anew_states_what_that_protocol_executed(tmp_path: Path) -> None:
    """`rescore --protocol strict` of an older run makes strict the requested protocol; the file still states MERA's limits."""
    folder = scored(tmp_path / "run", "calls", "mera-code")[0]
    as_older(folder)
    with RunStore.open(folder) as store:
        store.put_manifest(store.manifest().model_copy(update={"protocol": "strict"}))
        assert limits_of(store.manifest(), "strict", "calls")["cpu_s"] == 5.0


@pytest.mark.parametrize(("kind", "protocol"), FITTING)
def test_a_baseline_of_an_earlier_version_is_read_as_what_it_means(tmp_path: Path, kind: Kind, protocol: str) -> None:
    """It states the limits of the protocol. The gate takes the ones that were executed, and says so where they differ."""
    run, path = scored(tmp_path / "run", kind, protocol)[0], tmp_path / "baseline.json"
    with RunReader(run) as reader:
        task = save_baseline(reader, path).tasks["problems"]
        executed = task.digests["limits"]
        stated = asdict(protocols.get(protocol).limits) | {"memory_mb": 600, "pids": 32, "tmp_mb": 16}
        if protocol.endswith("plus"):
            stated["reply_bytes"] = Limits().reply_bytes
        older = " ".join(f"{name}={stated[name]:g}" for name in sorted(stated))
        path.write_text(path.read_text("utf-8").replace(executed, older), "utf-8")
        found = judge([candidate(reader)], load_baseline(path), load_policy(None))
        warned = [text for text in found.tasks[0].warnings if "export it again" in text]
        assert bool(warned) == (older != executed)
        assert not warned or "memory_mb" not in warned[0]  # only what differs
        path.write_text(path.read_text("utf-8").replace(older, older.replace("cpu_s=", "cpu_s=9")), "utf-8")
        with pytest.raises(UsageError, match="different limits"):
            judge([candidate(reader)], load_baseline(path), load_policy(None))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda made: {"limits": {}, "limits_by_protocol": {}},
        lambda made: {"limits_by_protocol": {"another": {}}},
        lambda made: {"limits_by_protocol": {"strict": {"another": {"cpu_s": 1.0}}}},
    ],
)
def test_a_file_that_says_less_or_more_is_still_read(spoil: Callable[[Manifest], dict[str, object]]) -> None:
    """Of an older or a newer version, or made elsewhere."""
    made = make_manifest()
    found = made.model_copy(update={"sandbox": made.sandbox.model_copy(update=spoil(made))})
    assert limits_of(found, "strict", "calls") == limits_of(found, "no such protocol", "calls") == {}


@given(st.dictionaries(st.sampled_from([*asdict(Limits()), "a_newer_one"]), st.floats()))
def test_stored_limits_are_limits_or_damage(stored: dict[str, float]) -> None:
    """Numbers that somebody else wrote never pass as limits that no worker can have, and are never a bug."""
    try:
        found = asdict(limits_from(stored))
    except DataError:
        return
    assert all(value > 0 for value in found.values())
    assert found["cpu_s"] <= 86_400


@pytest.mark.parametrize(("kind", "protocol"), FITTING)
def test_the_page_of_a_sample_shows_what_was_executed(tmp_path: Path, kind: Kind, protocol: str) -> None:
    """Also of an older run."""
    pytest.importorskip("starlette")
    from starlette.testclient import TestClient

    from codeeval.explorer.library import Library
    from codeeval.explorer.security import Gate
    from codeeval.explorer.server import application

    folder, pool = scored(tmp_path / "run", kind, protocol)
    as_older(folder)
    own = next(job.limits for job in pool.jobs if job.limits)
    with TestClient(application(Library.of([folder]), Gate(token="t")), base_url="http://127.0.0.1:8451") as client:
        shown = dict(client.get("/run/p/1/0.json").json()["limits"])
    assert shown == {name: f"{value:.12g}" for name, value in asdict(own).items()}

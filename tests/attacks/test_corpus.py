"""The corpus of hostile and of unusual programs, on every backend: right verdicts, untouched neighbours, no worker lost.

All programs of a backend run once, on two workers side by side, when the first test asks for one of them; only those that
the command line has selected.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from attack_corpus import UNTROUBLED, Bench, Probes, Trial, judge, judge_all, own_probes, problem, read_all, run_all

from codeeval.types import Verdict
from sandbox import Pool, select
from sandbox.backends import Backend

CORPUS = read_all()
BACKENDS = [pytest.param(name, marks=getattr(pytest.mark, name)) for name in ("docker", "local")]
#: One or two of each class for the isolation that costs a container per sample.
FRESH = (
    *("a_str_subclass", "b_parent_exits_child_goes_on", "c_own_memory", "d_swap_code", "e_commit_all_ones"),
    *(
        "f_supervisor_memory",
        "g_output_flood",
        "h_daemon_kills",
        "i_tcp",
        "j_namespaces",
        "k_multiprocessing",
        "k_numpy",
    ),
)


#: They cost their worker, or try to.
WORKER_KILLERS = (
    *(
        "g_deep_folders",
        "g_memory_of_the_supervisor",
        "h_daemon_kills",
        "j_kill_supervisor",
        "g_closes_every_descriptor",
    ),
    *("e_closes_the_region", "e_unmaps_shared", "g_reads_its_own_output", "g_fork_bomb", "g_output_flood"),
)
#: They leave memory of the kernel that outlives their processes.
CHARGED = ("h_names_that_are_not_there", "h_pages_of_files", "h_rules_in_kernel_memory")
#: Prints how many bytes are charged to the worker's group, without the pages of files, which the kernel drops at once.
CHARGE = """
from pathlib import Path

def runs(text):
    group = Path("/sys/fs/cgroup")
    for now, parts in (("memory/memory.usage_in_bytes", "memory/memory.stat"), ("memory.current", "memory.stat")):
        if text == "" and (group / now).exists():
            held = dict(line.split() for line in (group / parts).read_text().splitlines())
            print(int((group / now).read_text()) - int(held["inactive_file"]) - int(held["active_file"]))
            break
    return solve(text)
"""


@pytest.fixture(scope="module", params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> Iterator[Backend]:
    """Each backend in turn."""
    made = select(request.param, lambda line: None)
    yield made
    made.close()


@pytest.fixture(scope="module")
def probes() -> Probes:
    return own_probes()


@pytest.fixture(scope="module")
def benches(backend: Backend, probes: Probes) -> Iterator[tuple[Bench, Bench]]:
    """Two warm workers."""
    first, second = Bench(backend, problem(), probes), Bench(backend, problem(), probes)
    yield first, second
    first.pool.close()
    second.pool.close()


@pytest.fixture(scope="module")
def trials(benches: tuple[Bench, Bench], request: pytest.FixtureRequest) -> dict[str, Trial]:
    """What became of each selected program."""
    ours = [item for item in request.session.items if item.path == request.path]  # others have a `name` as well
    calls = [item.callspec for item in ours if isinstance(item, pytest.Function) and hasattr(item, "callspec")]
    selected = {str(call.params["name"]) for call in calls if "name" in call.params}
    return run_all(benches, [CORPUS[name] for name in sorted(selected)], CORPUS)


@pytest.mark.parametrize("name", sorted(CORPUS))
def test_program(trials: dict[str, Trial], benches: tuple[Bench, Bench], name: str) -> None:
    """The program gets its verdict, and the samples after it neither see it nor get another verdict."""
    program, trial = CORPUS[name], trials[name]
    assert trial.seen.verdict in program.verdicts, trial.seen.detail
    assert trial.right.verdict == "passed", trial.right.detail
    assert trial.right.stdout.splitlines() == benches[0].clean.stdout.splitlines()
    assert trial.wrong.verdict == "wrong_output", trial.wrong.detail
    assert program.may_cost_worker or trial.workers_lost == 0


@pytest.mark.parametrize("killer", WORKER_KILLERS)
def test_jobs_in_flight_keep_their_verdicts(benches: tuple[Bench, Bench], probes: Probes, killer: str) -> None:
    """What already waits in the same worker's channel is not touched when the worker suffers."""
    program = CORPUS[killer]
    right, wrong = (probes.right, UNTROUBLED), (probes.wrong, UNTROUBLED)
    seen = judge_all(
        benches[0].pool, problem(), [right, (program.text, program.limits), right, wrong, right, wrong, right]
    )
    assert [one.verdict for one in seen[2:]] == ["passed", "wrong_output"] * 2 + ["passed"], seen
    assert seen[1].verdict in program.verdicts, seen[1].detail


@pytest.mark.parametrize("name", CHARGED)
def test_the_next_sample_is_charged_for_nothing(benches: tuple[Bench, Bench], name: str) -> None:
    """Directly after a program that leaves memory of the kernel, the group of the worker has its usual charge."""
    bench, program = benches[0], CORPUS[name]
    before = bench.run(CHARGE, UNTROUBLED).stdout
    if not before:
        pytest.skip("workers have no control groups here")
    assert bench.run(program.text, program.limits).verdict in program.verdicts
    assert int(bench.run(CHARGE, UNTROUBLED).stdout) - int(before) < 32 << 20


def test_the_probe_is_the_same_on_every_worker(benches: tuple[Bench, Bench]) -> None:
    """Otherwise comparing what it prints would mean nothing."""
    assert benches[0].clean.stdout.count("\n") == 5
    assert benches[0].clean.stdout == benches[1].clean.stdout
    assert {bench.clean.verdict for bench in benches} == {"passed"}


@pytest.mark.parametrize(
    "one", [name if name in FRESH else pytest.param(name, marks=pytest.mark.slow) for name in CORPUS]
)
def test_program_in_a_worker_of_its_own(fresh: Pool, one: str) -> None:
    """The verdicts are the same where every sample gets its own worker."""
    program = CORPUS[one]
    seen = judge(fresh, problem(), program.text, program.limits)
    assert seen.verdict in program.verdicts, seen.detail


@pytest.fixture(scope="module")
def fresh(backend: Backend) -> Iterator[Pool]:
    """A pool that gives every sample its own worker."""
    with Pool(backend, workers=2, limits=UNTROUBLED, isolation="fresh") as pool:
        yield pool


def test_the_corpus_is_large_and_sound() -> None:
    """Enough programs of each kind, every declared verdict exists, and only right programs may pass."""
    hostile = [one for one in CORPUS.values() if not one.name.startswith("k_")]
    assert len(hostile) >= 110
    assert sum(one.passes for one in CORPUS.values()) >= 50
    assert {one.name[0] for one in CORPUS.values()} == set("abcdefghijk")
    for one in CORPUS.values():
        assert one.verdicts <= set(Verdict), one.name
        assert (one.verdicts == {Verdict.PASSED}) is one.passes, one.name
        assert not one.after or one.after in CORPUS, one.name

"""Assert-style tests against programs that want to pass them without being right: none does, and nobody else is touched."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from assert_corpus import AssertBench, AssertTrial, assert_job, passed, read_asserts, run_asserts
from attack_corpus import UNTROUBLED

from sandbox import Pool, select

CORPUS = read_asserts()
BACKENDS = [pytest.param(name, marks=getattr(pytest.mark, name)) for name in ("docker", "local")]
#: One of each class for the isolation that costs a container per sample.
FRESH = (
    *("a_mock_any", "b_exits_with_the_last_call", "c_everything_mapped", "d_check", "e_answers_before_the_questions"),
    *("f_judge_mem", "g_output_flood", "h_waits_for_the_next_judge", "j_kill_judge", "k_process_pool", "k_wrong"),
)


@pytest.fixture(scope="module", params=BACKENDS)
def benches(request: pytest.FixtureRequest) -> Iterator[list[AssertBench]]:
    """Two warm workers of each backend."""
    backend = select(request.param, lambda line: None)
    made = [AssertBench(backend) for _ in range(2)]
    yield made
    for bench in made:
        bench.pool.close()
    backend.close()


@pytest.fixture(scope="module")
def trials(benches: list[AssertBench], request: pytest.FixtureRequest) -> dict[str, AssertTrial]:
    """What became of each selected program."""
    ours = [item for item in request.session.items if item.path == request.path]
    calls = [item.callspec for item in ours if isinstance(item, pytest.Function) and hasattr(item, "callspec")]
    selected = {str(call.params["name"]) for call in calls if "name" in call.params}
    return run_asserts(benches, [CORPUS[name] for name in sorted(selected)])


@pytest.mark.parametrize("name", sorted(CORPUS))
def test_assert_program(trials: dict[str, AssertTrial], benches: list[AssertBench], name: str) -> None:
    """The program passes exactly if it is right, and the samples after it neither see it nor get another verdict."""
    program, trial = CORPUS[name], trials[name]
    assert passed(trial.seen) == program.passes, trial.seen
    assert trial.seen.status in program.statuses, trial.seen
    assert passed(trial.right), trial.right
    assert trial.right.stdout == benches[0].clean.stdout
    assert trial.wrong.ruling is not None
    assert (trial.wrong.status, trial.wrong.ruling.status) == ("completed", "failed")
    assert trial.wrong.ruling.exc_type == "AssertionError"
    assert trial.workers_lost == 0


def test_the_assert_corpus_is_large_and_sound(benches: list[AssertBench]) -> None:
    """Enough of each kind; the probe prints the same on every worker."""
    hostile = [one for one in CORPUS.values() if not one.name.startswith("k_")]
    assert len(hostile) >= 100
    assert not any(one.passes for one in hostile)
    assert sum(one.passes for one in CORPUS.values()) >= 35
    assert {one.name[0] for one in CORPUS.values()} >= set("abcdefghjk")
    assert benches[0].clean.stdout == benches[1].clean.stdout != ""


@pytest.fixture(scope="module", params=BACKENDS)
def fresh(request: pytest.FixtureRequest) -> Iterator[Pool]:
    """A pool that gives every sample its own worker."""
    backend = select(request.param, lambda line: None)
    with Pool(backend, workers=2, limits=UNTROUBLED, isolation="fresh") as pool:
        yield pool
    backend.close()


@pytest.mark.parametrize(
    "one", [name if name in FRESH else pytest.param(name, marks=pytest.mark.slow) for name in sorted(CORPUS)]
)
def test_assert_program_in_a_worker_of_its_own(fresh: Pool, one: str) -> None:
    """The same where every sample gets its own worker."""
    program = CORPUS[one]
    seen = fresh.submit(assert_job(program.text, program.limits)).result(timeout=300)
    assert passed(seen) == program.passes, seen
    assert seen.status in program.statuses, seen

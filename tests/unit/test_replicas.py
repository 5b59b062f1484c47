"""Several engines side by side: the samples of one, whoever answers and whatever happens to the others."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import sys
import time
from collections.abc import Generator, Iterator, Sequence
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fake_engines import FakeEngine, engines_of

from codeeval.errors import GenerationError, UsageError
from codeeval.generators import create
from codeeval.generators.base import Served, problem_seed
from codeeval.generators.common import devices, engine_set
from codeeval.generators.hf.replicas import HFReplicas
from codeeval.generators.registry import check_model
from codeeval.generators.vllm.generator import VLLMGenerator
from codeeval.generators.vllm.settings import VLLMSettings
from codeeval.generators.vllm.worker.engine import _EngineServer
from codeeval.prompts.templates import build_prompt
from codeeval.stops import MERA_STOPS
from codeeval.tasks.bundled import bundled
from codeeval.types import Problem, Prompt, Request, Sample, Sampling

SAMPLING = Sampling(n=4, stop=MERA_STOPS, max_tokens=48)
DEMO = str(bundled("demo-model"))


def requests(count: int = 16) -> list[Request]:
    with bundled("rustarter.jsonl").open(encoding="utf-8") as stream:
        rows = [json.loads(line) for line in stream][:count]
    problems = [Problem(str(r["meta"]["id"]), r["instruction"], r["inputs"]["function"], "f", (), None) for r in rows]
    return [Request(one.id, build_prompt(one, "code-user"), tuple(range(SAMPLING.n))) for one in problems]


def in_order(samples: Iterator[Sample] | list[Sample]) -> list[Sample]:
    return sorted(samples, key=lambda one: (one.problem_id, one.index))


@pytest.fixture(scope="module")
def whole() -> list[Sample]:
    """What one model writes."""
    single = create("hf", DEMO)
    found = in_order(single.generate(requests(), SAMPLING))
    single.close()
    return found


def replicated() -> HFReplicas:
    made = create("hf", DEMO, {"replicas": "2"})
    assert isinstance(made, HFReplicas)
    return made


@pytest.fixture(scope="module")
def two() -> Iterator[HFReplicas]:
    """Each start takes seconds, so most tests share a pair, those that kill models too. What lives ends with `close`."""
    made = replicated()
    yield made
    pids = made.pids.values()
    made.close()
    made.close()
    assert all(map(gone, pids))


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.hf
def test_two_models_write_what_one_writes(two: HFReplicas, whole: list[Sample]) -> None:
    """Both take part and are counted; what is left of a problem is asked for as with one; they end with `close`."""
    assert in_order(two.generate(requests(), SAMPLING)) == whole
    counts = two.answered()
    assert isinstance(two, Served)
    assert sorted(counts) == ["replica 1", "replica 2"]
    assert all(counts.values())
    assert sum(counts.values()) == len(whole)
    some = Request("3", requests()[3].prompt, (1, 3))
    assert in_order(two.generate([some], SAMPLING)) == [
        one for one in whole if one.problem_id == "3" and one.index in (1, 3)
    ]
    described = two.describe()
    assert (described["engine"], described["data_parallel_size"]) == ("hf", 2)


@pytest.fixture
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_set, "FIRST_PAUSE_S", 0.01)


@pytest.mark.hf
def test_a_call_that_is_given_up_leaves_nothing_to_the_next(two: HFReplicas, whole: list[Sample]) -> None:
    samples = two.generate(requests(), SAMPLING)
    next(samples)
    assert isinstance(samples, Generator)
    samples.close()
    assert in_order(two.generate(requests(), SAMPLING)) == whole


@pytest.mark.hf
def test_what_one_model_refuses_is_refused_by_several(two: HFReplicas, tmp_path: Path) -> None:
    """A prompt that does not fit costs its problem; a model that is none, or cut short, is the error of a single one."""
    long = Request("long", Prompt("x " * 5000), (0,))
    found: list[Sample] = []
    with pytest.raises(GenerationError, match="problem long: the prompt has"):
        found.extend(two.generate([long, *requests(1)], SAMPLING))
    assert len(found) == SAMPLING.n
    with pytest.raises(UsageError, match="leave -M replicas out"):
        list(two.generate(requests(1), Sampling(n=4, harness="mera")))
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises((UsageError, GenerationError)) as one:
        create("hf", str(tmp_path))
    with pytest.raises(type(one.value)) as several:
        create("hf", str(tmp_path), {"replicas": "2"})
    assert str(several.value) == str(one.value)


@pytest.mark.hf
def test_kill_9_of_one_model_gives_its_problems_to_the_other(
    two: HFReplicas, whole: list[Sample], no_pause: None
) -> None:
    """Every sample once, as it would have been. The model comes back under its name, with a process of its own, and takes its
    part of the next call."""
    found: list[Sample] = []
    first = two.pids["replica 1"]
    for sample in two.generate(requests(), SAMPLING):
        found.append(sample)
        if len(found) == 10:
            os.kill(two.pids["replica 1"], signal.SIGKILL)
    assert in_order(found) == whole
    deadline = time.monotonic() + 300
    while "replica 1" not in two.pids:
        assert time.monotonic() < deadline
        assert in_order(two.generate(requests(2), SAMPLING)) == [one for one in whole if one.problem_id in ("0", "1")]
    pids, before = two.pids, two.answered()
    assert first not in pids.values()
    assert gone(first)
    assert in_order(two.generate(requests(), SAMPLING)) == whole
    assert sorted(two.answered()) == ["replica 1", "replica 2"]
    assert two.answered()["replica 1"] > before["replica 1"]


@pytest.mark.hf
def test_the_only_model_that_is_left_is_waited_for(two: HFReplicas, whole: list[Sample], no_pause: None) -> None:
    """All are killed in the middle: they come back, and nothing is missing."""
    found, before = [], sum(two.answered().values())
    for sample in two.generate(requests(), SAMPLING):
        found.append(sample)
        if len(found) == 10:
            for pid in two.pids.values():
                os.kill(pid, signal.SIGKILL)
    assert in_order(found) == whole
    assert sum(two.answered().values()) - before == len(whole)


@pytest.mark.hf
def test_no_model_is_left(whole: list[Sample], no_pause: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once none is started again, the error says how the last one ended, and what had come is kept."""
    monkeypatch.setattr(engine_set, "MAX_RESTARTS", 0)
    two = replicated()
    samples = two.generate(requests(), SAMPLING)
    found = [next(samples) for _ in range(10)]
    for pid in two.pids.values():
        os.kill(pid, signal.SIGKILL)
    with pytest.raises(GenerationError, match=r"(?s)replica [12] ended by signal SIGKILL.*kept"):
        found.extend(samples)
    assert set(found) < set(whole)
    with pytest.raises(
        GenerationError, match=r"replica [12] is not started again: replica [12] ended by signal SIGKILL"
    ):
        list(two.generate(requests(2), SAMPLING))
    two.close()


@pytest.mark.parametrize(
    ("backend", "model", "options", "message"),
    [
        (
            "openai",
            "m",
            {"replicas": "2", "base_url": "http://127.0.0.1:1/v1"},
            "replicas=…: backend openai has no such",
        ),
        ("replay", "README.md", {"replicas": "2"}, "replicas=…: backend replay has no such"),
        pytest.param("hf", DEMO, {"replicas": "0"}, "an integer of at least 1", marks=pytest.mark.hf),
        pytest.param("hf", DEMO, {"replicas": "2", "device": "cuda:0"}, "one device can't be", marks=pytest.mark.hf),
    ],
)
def test_where_there_are_no_replicas(backend: str, model: str, options: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        check_model(backend, model, options)


def test_two_names_of_one_setting() -> None:
    """vLLM's own name of it is known as well."""
    assert (
        VLLMSettings.parse({"replicas": "3"}).replicas == VLLMSettings.parse({"data_parallel_size": "3"}).replicas == 3
    )
    with pytest.raises(UsageError, match="two names of one setting"):
        VLLMSettings.parse({"replicas": "2", "data_parallel_size": "3"})


def test_gpus_are_dealt_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each engine sees its own, by the names that the caller's environment has for them; too few are an error."""
    monkeypatch.delenv(devices.VISIBLE, raising=False)
    assert [devices.part(number, 2, devices.visible(4)) for number in range(2)] == ["0,1", "2,3"]
    monkeypatch.setenv(devices.VISIBLE, "GPU-a,GPU-b,GPU-c")
    names = devices.visible(8)
    assert [devices.part(number, 1, names) for number in range(3)] == ["GPU-a", "GPU-b", "GPU-c"]
    devices.check_enough(3, 1, names)
    with pytest.raises(UsageError, match="replicas=4: with 1 GPU per engine 4 are needed, and 3 can be seen"):
        check_model("vllm", "owner/model", {"replicas": "4", "python": sys.executable})
    devices.check_enough(8, 1, [])  # no GPU is known: the engine says what is missing
    with pytest.raises(UsageError, match=r"replicas=2: with 2 GPUs per engine 4 are needed, and 3 can be seen"):
        devices.check_enough(2, 2, names)


# --- vLLM, without its engines -----------------------------------------------------------------------------------


def replicas(*dies_after: int | None, later: Sequence[int | None] = ()) -> tuple[VLLMGenerator, list[FakeEngine]]:
    """A generator over engines that end after so many answers; `later`: those that replace them, in this order."""
    generator = VLLMGenerator.__new__(VLLMGenerator)
    engines, others = ([FakeEngine(left) for left in each] for each in (dies_after, later))
    settings = VLLMSettings(replicas=len(engines))
    vars(generator).update(_name="m", _settings=settings, _facts={"context_length": 99})
    vars(generator).update(_engines=engines_of(engines, *others))
    return generator, [*engines, *others]


ASKED = [Request(str(pid), Prompt("text"), (0, 1, 2)) for pid in range(4)]
OWN = Sampling(n=3, stop=MERA_STOPS, max_tokens=5)


def test_an_engine_that_ends_gives_its_samples_to_the_others() -> None:
    """Each once and with its own seed, whoever answers; the manifest is told how many each did."""
    whole, _ = replicas(None)
    generator, engines = replicas(4, None)
    found = list(generator.generate(ASKED, OWN))
    assert sorted(found, key=lambda one: (one.problem_id, one.index)) == list(whole.generate(ASKED, OWN))
    assert generator.answered() == {"replica 1": 4, "replica 2": 8}
    list(generator.generate(ASKED[:1], OWN))
    assert [message["op"] for message in engines[1].sent[-2:]] == ["encode", "add"]
    assert whole.answered() == {}


def test_no_engine_is_left(no_pause: None) -> None:
    """What had come stays; the error says why the last one is not started again."""
    generator, _ = replicas(4, 2)
    found: list[Sample] = []
    with pytest.raises(GenerationError, match=r"replica [12] is not started again: no such engine(.|\n)*kept"):
        found.extend(generator.generate(ASKED, OWN))
    assert len(found) == 6


class Unprepared(FakeEngine):
    """Ends when it is given prompts to encode."""

    def send(self, message: dict[str, Any]) -> None:
        if message["op"] == "encode":
            self._inbox.put((self, {"event": "ended"}))
        else:
            super().send(message)


def test_engines_that_end_before_the_first_sample_are_waited_for(no_pause: None) -> None:
    """All are lost while they encode the prompts: the one that comes back does all; the error says if none does."""
    whole, _ = replicas(None)
    generator, _ = replicas(None, None)
    vars(generator).update(_engines=engines_of([Unprepared(), Unprepared()], FakeEngine()))
    found = list(generator.generate(ASKED, OWN))
    assert sorted(found, key=lambda one: (one.problem_id, one.index)) == list(whole.generate(ASKED, OWN))
    vars(generator).update(_engines=engines_of([Unprepared(), Unprepared()]))
    with pytest.raises(GenerationError, match=r"ended(.|\n)*kept"):
        next(generator.generate(ASKED, OWN))


def test_a_sample_that_ends_engines_is_left_out() -> None:
    """After two of them, so that the third goes on with the others."""
    generator, engines = replicas(None, None, None)

    def send(engine: FakeEngine, message: dict[str, Any]) -> None:
        deadly = any(
            request["params"]["seed"] == problem_seed(OWN.seed, "2") + 1 for request in message.get("requests", ())
        )
        engine.left = 0 if deadly else None
        FakeEngine.send(engine, message)

    for engine in engines:
        engine.send = partial(send, engine)  # type: ignore[method-assign]
    found: list[Sample] = []
    with pytest.raises(GenerationError, match="problem 2"):
        found.extend(generator.generate(ASKED, OWN))
    keys = [(one.problem_id, one.index) for one in found]
    assert {key for key in keys if key[0] != "2"} == {(str(pid), index) for pid in (0, 1, 3) for index in range(3)}


class Holding(FakeEngine):
    """Answers nothing until it is told to drop something; then all, as if that had crossed the answers."""

    def __init__(self) -> None:
        super().__init__()
        self.held: list[dict[str, Any]] = []
        self.holds = True

    def send(self, message: dict[str, Any]) -> None:
        if message["op"] == "drop":
            self.holds = False
            self.sent.append(message)
            super().send({"op": "add", "requests": self.held})
        elif message["op"] == "add" and self.holds:
            self.held.extend(message["requests"])
        else:
            super().send(message)


def test_an_engine_that_comes_back_gets_what_others_have_not_begun(no_pause: None) -> None:
    """Each sample is yielded once, by the engine that has it; what the other may be at work on stays there."""
    whole, _ = replicas(None)
    generator, (_, _, back) = replicas(1, None, later=[None])
    holding = Holding()
    vars(generator).update(_engines=engines_of([FakeEngine(1), holding], back))
    vars(generator)["_facts"]["batch_size"] = 2
    found = list(generator.generate(ASKED, OWN))
    assert sorted(found, key=lambda one: (one.problem_id, one.index)) == list(whole.generate(ASKED, OWN))
    (dropped,) = [message["ids"] for message in holding.sent if message["op"] == "drop"]
    (added,) = [message["requests"] for message in back.sent if message["op"] == "add"]
    assert [one["params"] for one in added] == [one["params"] for one in holding.held if one["id"] in dropped]
    assert {one["id"] for one in added}.isdisjoint(dropped)
    assert len(dropped) == 11 // 2
    assert generator.answered() == {"replica 1": 1 + len(dropped), "replica 2": 11 - len(dropped)}


def test_samples_that_were_not_begun_are_not_blamed(no_pause: None) -> None:
    """Three ends take down what the engines worked on, one sample each, not those that waited."""
    generator, _ = replicas(0, 0, later=[0, None, None])
    vars(generator)["_facts"]["batch_size"] = 1
    found: list[Sample] = []
    with contextlib.suppress(GenerationError):  # a sample that was begun twice may be left out
        found.extend(generator.generate(ASKED, OWN))
    assert len(found) >= len(ASKED) * OWN.n - 1


def test_a_request_that_is_dropped_is_answered_no_more() -> None:
    """One that is finished by now is nothing to the engine."""
    aborted: list[list[str]] = []
    server = _EngineServer(
        SimpleNamespace(llm_engine=SimpleNamespace(abort_request=aborted.append)), None, lambda message: None
    )
    server._open.update({"1", "2"})
    inbox = queue.SimpleQueue[dict[str, Any]]()
    for message in ({"op": "drop", "ids": ["1", "0"]}, {"op": "cancel"}, {"op": "quit"}):
        inbox.put(message)
    server.serve(inbox)
    assert aborted == [["1"], ["2"]]
    assert not server._open

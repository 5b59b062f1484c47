"""The backend for servers against servers that people run: `transformers serve`, and vLLM's own."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from real_servers import transformers_serve, vllm_server

from codeeval.errors import GenerationError
from codeeval.generators import create
from codeeval.generators.base import problem_seed
from codeeval.prompts.templates import build_prompt
from codeeval.stops import MERA_STOPS, cut_at_stop
from codeeval.tasks import load
from codeeval.tasks.bundled import bundled
from codeeval.types import Prompt, Request, Sample, Sampling

SAMPLING = Sampling(n=4, stop=MERA_STOPS, max_tokens=48)


def requests(count: int = 4, template: str = "code-user", n: int = 4) -> list[Request]:
    problems = load("rustarter").problems[:count]
    return [Request(p.id, build_prompt(p, template), tuple(range(n))) for p in problems]


def ask(
    url: str, model: str, asked: list[Request], sampling: Sampling, **options: str
) -> dict[tuple[str, int], Sample]:
    made = create("openai", model, {"base_url": url, "patience": "60", **options})
    with contextlib.closing(made):
        samples = list(made.generate(asked, sampling))
    found = {(s.problem_id, s.index): s for s in samples}
    assert len(found) == len(samples)
    assert set(found) == {(r.problem_id, i) for r in asked for i in r.indices}
    for sample in samples:
        assert cut_at_stop(sample.completion, sampling.stop) == (sample.completion, None)
        assert sample.tokens_in is not None
    return found


@pytest.fixture(scope="module")
def sloppy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Address and model of `transformers serve`, with a copy of the demo model that says do_sample."""
    if importlib.util.find_spec("fastapi") is None:
        pytest.skip("no `transformers serve`: pip install 'transformers[serving]'")
    folder = tmp_path_factory.mktemp("served") / "model"
    shutil.copytree(bundled("demo-model"), folder)
    path = folder / "generation_config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**config, "do_sample": True, "top_k": 0}), encoding="utf-8")
    with transformers_serve(sys.executable, folder) as url:
        yield url, str(folder)


@pytest.mark.hf
@pytest.mark.slow
def test_transformers_serve_samples(sloppy: tuple[str, str]) -> None:
    """All indices arrive, cut at all five stops, though the server ignores n and keeps stops; every sample
    has its own seed."""
    url, model = sloppy
    one = ask(url, model, requests(2), SAMPLING, concurrency="2")
    several = ask(url, model, requests(2), SAMPLING, concurrency="2", n="4")
    assert len({s.completion for s in one.values()}) > 2
    assert {k: s.seed for k, s in several.items()} == {k: problem_seed(1234, k[0]) + k[1] for k in one}


@pytest.mark.hf
@pytest.mark.slow
def test_transformers_serve_chat(sloppy: tuple[str, str]) -> None:
    """Messages go to its chat interface."""
    url, model = sloppy
    found = ask(url, model, requests(2, "chat", 2), replace(SAMPLING, n=2))
    assert all(sample.finish_reason in ("stop", "length", "unknown") for sample in found.values())


@pytest.fixture(scope="module")
def exact() -> Iterator[str]:
    """Address of a server of vLLM with the demo model."""
    with vllm_server(os.environ.get("CODEEVAL_VLLM_PYTHON") or sys.executable, Path(bundled("demo-model"))) as url:
        yield url


@pytest.mark.vllm
@pytest.mark.slow
def test_vllm_server_repeats_its_samples(exact: str) -> None:
    """With seeds per sample a float32 server gives the same samples again: alone, in other company, several at a time."""
    whole = ask(exact, "tiny", requests(), SAMPLING)
    assert len({s.completion for s in whole.values()}) > 4
    assert {s.finish_reason for s in whole.values()} <= {"stop", "length"}
    for n in ("1", "4"):
        part = [replace(r, indices=(1, 2)) for r in reversed(requests())]
        again = ask(exact, "tiny", part, SAMPLING, n=n)
        assert {k: s.completion for k, s in again.items()} == {k: whole[k].completion for k in again}


@pytest.mark.vllm
@pytest.mark.slow
def test_vllm_server_is_recognised(exact: str) -> None:
    """Its version is in the description; the stop stays in `raw`, and behind it is text only with keep_raw, which changes no
    completion."""
    made = create("openai", "tiny", {"base_url": exact})
    assert str(made.describe()["server"]).startswith("vllm ")
    made.close()
    cut = ask(exact, "tiny", requests(12), SAMPLING)
    kept = ask(exact, "tiny", requests(12), SAMPLING, keep_raw="1")
    assert {k: s.completion for k, s in kept.items()} == {k: s.completion for k, s in cut.items()}
    pairs = [(s.raw, kept[key].raw) for key, s in cut.items() if s.raw is not None]
    assert pairs
    assert all(short is not None and long is not None and long.startswith(short) for short, long in pairs)
    assert any(short is not None and long is not None and len(long) > len(short) for short, long in pairs)


@pytest.mark.vllm
@pytest.mark.slow
def test_vllm_server_refuses_a_prompt_beyond_its_context(exact: str) -> None:
    """The server's refusal names the problem, and the other problem is answered."""
    made = create("openai", "tiny", {"base_url": exact})
    long = Request("long", Prompt(text="ж" * 6000), (0,))
    got: list[Sample] = []
    with pytest.raises(GenerationError, match="problem long: the server refused"):
        got.extend(made.generate([long, *requests(1)], SAMPLING))
    assert len(got) == 4
    made.close()


@pytest.mark.vllm
@pytest.mark.slow
def test_vllm_server_chat_and_unknown_model(exact: str) -> None:
    """Its chat interface applies the model's template; another name is an error at once."""
    assert len(ask(exact, "tiny", requests(2, "chat", 2), replace(SAMPLING, n=2))) == 4
    with pytest.raises(Exception, match="has no such model"):
        ask(exact, "huge", requests(1), SAMPLING)

"""`--sampling mera`: what MERA's harness does on each backend, and that nothing of it happens without being asked for."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fake_engines import FakeEngine, engines_of
from misbehaving_server import Behaviour, serving

from codeeval.errors import GenerationError, UsageError
from codeeval.evaluation.request import ask
from codeeval.evaluation.settings import Settings
from codeeval.generators import create
from codeeval.generators.base import problem_seed
from codeeval.generators.common.context import cut_left
from codeeval.generators.vllm import as_mera as vllm_mera
from codeeval.generators.vllm.generator import VLLMGenerator
from codeeval.generators.vllm.settings import VLLMSettings
from codeeval.generators.vllm.worker.token_ids import TemplateProblem, encode_as_mera
from codeeval.mera.sampling import SEED, build_prompt, check, template_of, user_turn
from codeeval.stops import MERA_STOPS
from codeeval.tasks.bundled import bundled
from codeeval.types import Problem, Prompt, Request, Sample, Sampling, Task

SAMPLING = Sampling(n=3, stop=MERA_STOPS, max_tokens=24, harness="mera")
PROBLEM = Problem("1", "Допишите.\n{function}\n", 'def f(n):\n    """{x}"""', "f", ("{'n': 1}",), None)


def test_the_instruction_is_formatted() -> None:
    """Doubled braces become single ones, braces of the function stay, and white space around it goes."""
    assert user_turn(PROBLEM) == 'Допишите.\ndef f(n):\n    """{x}"""'
    doubled = replace(PROBLEM, instruction="{{}} {function} {tests}")
    assert user_turn(doubled) == doubled.instruction.format(function=doubled.prompt, tests="[{'n': 1}]").strip()


@pytest.mark.parametrize(
    "instruction", ["{other}", "{function.__class__}", "{function:>999999999}", "{function!r}", "{", "}"]
)
def test_an_instruction_that_can_not_be_filled_in(instruction: str) -> None:
    """No field that MERA's sets don't have, and no format that could cost any memory."""
    with pytest.raises(UsageError, match="problem 1: MERA's harness can't fill in the instruction"):
        user_turn(replace(PROBLEM, instruction=instruction))


def test_a_system_prompt_without_a_template_is_joined_without_a_separator() -> None:
    """With a chat template it is a message of its own."""
    assert build_prompt(PROBLEM, "none", "Система.").text == "Система." + user_turn(PROBLEM)
    assert build_prompt(PROBLEM, "none").text == user_turn(PROBLEM)
    assert build_prompt(PROBLEM, "chat", "s").messages == (("system", "s"), ("user", user_turn(PROBLEM)))


def test_the_chat_template_is_on_for_instruct_models(tmp_path: Path) -> None:
    """A folder says whether it has one, a server is asked for chat, and a name on the Hub has to be told."""
    assert template_of("name", "openai") == "chat"
    assert template_of(str(tmp_path), "hf") == "none"
    (tmp_path / "tokenizer_config.json").write_text('{"chat_template": "{{ messages }}"}')
    assert template_of(str(tmp_path), "hf") == "chat"
    with pytest.raises(UsageError, match="--template chat for an instruct model"):
        template_of("owner/name", "hf")


def test_where_mera_could_not_sample() -> None:
    """Sets of another schema, and completions of a file."""
    task = Task("humaneval", "", "", (PROBLEM,), "humaneval")
    with pytest.raises(UsageError, match="is not a set in MERA's schema"):
        check(task, "hf")
    with pytest.raises(UsageError, match="nothing is sampled"):
        check(replace(task, protocol="mera-code"), "replay")


def test_it_is_a_setting(tmp_path: Path) -> None:
    """It reaches the sampling that the manifest keeps; codeeval's own way stays the default; a template that was named stays."""
    common: dict[str, Any] = {"out": tmp_path / "run"}
    assert ask(Settings(**common)).sampling.harness == "codeeval"
    asked = ask(Settings(**common, sampling="mera", backend="hf"))
    assert (asked.sampling.harness, asked.template.name) == ("mera", "chat")
    assert asked.planned[0].prompt == build_prompt(asked.task.problems[0], "chat")
    server = {**common, "sampling": "mera", "model": "m", "base_url": "http://127.0.0.1:1/v1"}
    assert ask(Settings(**server)).template.name == "chat"
    assert ask(Settings(**server, template="none")).template.name == "none"
    vllm = ask(Settings(**common, sampling="mera", backend="vllm"), opens=False)  # it need not be installed
    assert vllm.model.options["seed"] == str(SEED)


def answers(behaviour: Behaviour, prompt: Prompt, sampling: Sampling, **options: str) -> tuple[list[Sample], list[Any]]:
    with serving(behaviour) as server:
        made = create("openai", "m", {"base_url": server.url, "patience": "20", **options})
        try:
            return list(made.generate([Request("1", prompt, tuple(range(sampling.n)))], sampling)), list(server.asked)
        finally:
            made.close()


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key in the environment, and no other server."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-tests-0123456789")
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)


@pytest.mark.usefixtures("key")
def test_a_chat_server_is_asked_as_mera_asks() -> None:
    """One sample per request, one seed for all, four stops, no other parameter, and no cut of what comes back."""
    chat = Prompt(None, (("user", "u"),))
    samples, asked = answers(Behaviour(tail="\nprint(1)"), chat, SAMPLING, n="3")
    assert len(asked) == 3
    for body in asked:
        assert set(body) == {"model", "messages", "temperature", "max_tokens", "seed", "stop"}
        assert (body["seed"], body["stop"]) == (SEED, list(MERA_STOPS[:4]))
    assert [sample.seed for sample in samples] == [SEED] * 3
    assert all(sample.completion.endswith("\nprint(1)") and sample.raw is None for sample in samples)


@pytest.mark.usefixtures("key")
def test_what_the_user_adds_is_sent() -> None:
    """Cuts where they cut, and whatever is in extra_body; a text is asked with four stops as well."""
    sampling = replace(SAMPLING, top_p=0.9, top_k=7)
    _, asked = answers(Behaviour(), Prompt("text"), sampling, extra_body='{"min_p": 0.1}')
    assert {tuple(body["stop"]) for body in asked} == {MERA_STOPS[:4]}
    assert {(body["top_p"], body["top_k"], body["min_p"]) for body in asked} == {(0.9, 7, 0.1)}


@pytest.mark.usefixtures("key")
def test_a_server_that_refuses_a_parameter_ends_the_run() -> None:
    """Without it another thing would be measured; only the limit of tokens has another name."""
    chat = Prompt(None, (("user", "u"),))
    with pytest.raises(GenerationError, match="stop"):
        answers(Behaviour(refuses=("stop",)), chat, SAMPLING)
    _, asked = answers(Behaviour(refuses=("max_tokens",)), chat, SAMPLING)
    assert asked[-1]["max_completion_tokens"] == SAMPLING.max_tokens


def test_vllm_has_one_stream_and_every_stop() -> None:
    """No seed of a request's own: that of the engine counts."""
    assert vllm_mera.params(SAMPLING, keep_raw=False) == {
        "temperature": 0.6,
        "top_p": 1.0,
        "top_k": 0,
        "max_tokens": 24,
        "stop": list(MERA_STOPS),
        "include_stop_str_in_output": True,
        "seed": None,
    }


def test_vllm_is_asked_as_mera_asks() -> None:
    """Prompts without BOS, cut from the left; no seed of a request's own; every index gets a sample, cut at all five stops."""
    generator = VLLMGenerator.__new__(VLLMGenerator)
    engine = FakeEngine()
    vars(generator).update(
        _name="m",
        _settings=VLLMSettings(),
        _facts={"context_length": 30},
        _engines=engines_of([engine]),
    )
    samples = list(generator.generate([Request("1", Prompt("text"), (0, 1, 2))], SAMPLING))
    encode, add = engine.sent
    assert encode == {"op": "encode", "prompts": [["text", ()]], "mera": False}
    assert [request["ids"] for request in add["requests"]] == [[4, 5, 6, 7, 8, 9]] * 3
    assert {request["params"]["seed"] for request in add["requests"]} == {None}
    assert sorted((one.index, one.completion, one.seed) for one in samples) == [(at, "x", SEED) for at in range(3)]
    engine.sent.clear()
    list(generator.generate([Request("1", Prompt("text"), (0,))], replace(SAMPLING, harness="codeeval", max_tokens=5)))
    assert engine.sent[0]["mera"] is None
    assert engine.sent[1]["requests"][0]["params"]["seed"] == problem_seed(SEED, "1")


def test_a_template_that_refuses_the_system_role_is_asked_without_it() -> None:
    """As MERA's harness does; what it refuses for another reason stays an error."""

    class Tokenizer:
        chat_template = "refuses"

        def apply_chat_template(self, turns: list[dict[str, str]], **_: object) -> str:
            if turns[0]["role"] == "system" or "bad" in turns[0]["content"]:
                raise ValueError("no")
            return turns[0]["content"]

        def __call__(self, text: str, add_special_tokens: bool) -> dict[str, list[int]]:
            return {"input_ids": [*([0] if add_special_tokens else []), *map(ord, text)]}

    messages = (("system", "s"), ("user", "u"))
    assert encode_as_mera(Tokenizer(), None, messages, bos=False) == [ord("u")]
    assert encode_as_mera(Tokenizer(), None, messages, bos=True) == [0, ord("u")]
    for refused in ((("user", "bad"),), (("system", "s"), ("user", "bad"))):
        with pytest.raises(TemplateProblem):
            encode_as_mera(Tokenizer(), None, refused, bos=False)


def test_prompts_are_cut_from_the_left() -> None:
    """What is left is the end of the prompt, and room for all new tokens."""
    assert cut_left("m", [1, 2, 3, 4], 2, 5) == [2, 3, 4]
    assert cut_left("m", [1, 2], 2, 5) == cut_left("m", [1, 2], 2, None) == [1, 2]
    with pytest.raises(GenerationError, match="leave none for a prompt"):
        cut_left("m", [1], 5, 5)


def made(folder: Path, asked: list[Request], sampling: Sampling, **options: str) -> list[Sample]:
    generator = create("hf", str(folder), options)
    try:
        return list(generator.generate(asked, sampling))
    finally:
        generator.close()


def with_generation_config(folder: Path, **values: object) -> Path:
    copy = Path(shutil.copytree(bundled("demo-model"), folder / f"model-{len(list(folder.iterdir()))}"))
    (copy / "generation_config.json").write_text(json.dumps({"eos_token_id": [1, 2], **values}), encoding="utf-8")
    return copy


@pytest.mark.hf
def test_transformers_draws_as_lm_eval_does(tmp_path: Path) -> None:
    """One stream from one seed, sample by sample, the longest prompt first; the same as calls in a row of a second writing."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = bundled("demo-model")
    asked = [Request("a", Prompt("def f(n):"), (0, 1)), Request("b", Prompt("def longer_name(number):"), (0, 1))]
    found = {(one.problem_id, one.index): one for one in made(Path(str(folder)), asked, SAMPLING)}
    tokenizer = AutoTokenizer.from_pretrained(str(folder))
    model = AutoModelForCausalLM.from_pretrained(str(folder), dtype=torch.float32).eval()
    torch.set_num_threads(1)
    wanted = {}
    with torch.random.fork_rng(), torch.no_grad():
        torch.manual_seed(SEED)
        for request in reversed(asked):
            assert request.prompt.text is not None
            ids = tokenizer([request.prompt.text], return_tensors="pt", add_special_tokens=False)
            length = ids["input_ids"].shape[1]
            for index in request.indices:
                (row,) = model.generate(
                    **ids,
                    max_length=length + SAMPLING.max_tokens,
                    do_sample=True,
                    temperature=0.6,
                    pad_token_id=tokenizer.pad_token_id if tokenizer.pad_token_id is not None else 0,
                    stop_strings=list(MERA_STOPS),
                    tokenizer=tokenizer,
                )
                text = tokenizer.decode(row[length:], skip_special_tokens=True)
                for stop in MERA_STOPS:
                    text = text.split(stop)[0]
                wanted[request.problem_id, index] = text
    assert {key: sample.completion for key, sample in found.items()} == wanted
    assert {sample.seed for sample in found.values()} == {SEED}


@pytest.mark.hf
def test_the_models_own_generation_config_counts(tmp_path: Path) -> None:
    """A top_k of 1 makes all samples alike under MERA's way, and changes nothing under codeeval's."""
    asked = [Request("1", Prompt("def f(n):"), (0, 1, 2))]
    own = with_generation_config(tmp_path, top_k=1)
    assert len({one.completion for one in made(own, asked, replace(SAMPLING, temperature=5.0))}) == 1
    usual = replace(SAMPLING, temperature=5.0, harness="codeeval")
    assert len({one.completion for one in made(own, asked, usual)}) > 1


@pytest.mark.hf
def test_a_long_prompt_loses_its_beginning(tmp_path: Path) -> None:
    """codeeval refuses it; MERA's harness takes its end."""
    asked = [Request("1", Prompt("x = 1\n" * 5_000), (0,))]
    (sample,) = made(Path(str(bundled("demo-model"))), asked, replace(SAMPLING, n=1))
    config = json.loads(bundled("demo-model").joinpath("config.json").read_text("utf-8"))
    assert sample.tokens_in == config["max_position_embeddings"] - SAMPLING.max_tokens


@pytest.mark.hf
def test_bos_is_added_only_when_asked_for() -> None:
    """One token more."""
    asked = [Request("1", Prompt("def f(n):"), (0,))]
    folder = Path(str(bundled("demo-model")))
    without, with_bos = (
        made(folder, asked, replace(SAMPLING, n=1), **options)[0].tokens_in for options in ({}, {"add_bos_token": "1"})
    )
    usual = made(folder, asked, replace(SAMPLING, n=1, harness="codeeval"))[0].tokens_in
    assert (without, with_bos) == ((usual or 0) - 1, usual)


@pytest.mark.hf
def test_thoughts_are_not_kept_apart() -> None:
    """MERA's harness has another way for them."""
    with pytest.raises(UsageError, match="leave -M think_tokens out"):
        made(Path(str(bundled("demo-model"))), [Request("1", Prompt("x"), (0,))], SAMPLING, think_tokens="5")

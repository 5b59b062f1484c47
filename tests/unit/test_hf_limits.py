"""The transformers backend at its limits: memory, adapters, thoughts; and chat templates in the style of Llama 3.1."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from adapters import save_adapter

from codeeval.errors import GenerationError, UsageError
from codeeval.generators import create
from codeeval.generators.base import problem_seed
from codeeval.generators.common.digests import files_digest
from codeeval.generators.common.tokens import tokenize
from codeeval.generators.hf.generator import HFGenerator
from codeeval.prompts.templates import build_prompt, mera_system_prompt, render
from codeeval.stops import MERA_STOPS
from codeeval.tasks import load
from codeeval.tasks.bundled import bundled
from codeeval.types import Prompt, Request, Sample, Sampling

pytestmark = pytest.mark.hf

SAMPLING = Sampling(n=5, stop=MERA_STOPS, max_tokens=40)


def requests(count: int = 2, n: int = 5) -> list[Request]:
    problems = load("rustarter").problems[:count]
    return [Request(p.id, build_prompt(p, "code-user"), tuple(range(n))) for p in problems]


def demo(**options: str) -> HFGenerator:
    made = create("hf", str(bundled("demo-model")), options)
    assert isinstance(made, HFGenerator)
    return made


def texts(samples: Iterator[Sample]) -> dict[tuple[str, int], str]:
    return {(sample.problem_id, sample.index): sample.completion for sample in samples}


class SmallMemory:
    """A model on a device that holds `most` sequences at a time."""

    def __init__(self, model: Any, most: int) -> None:
        self._model, self._most = model, most
        self.rows: list[int] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def generate(self, inputs: Any, **how: Any) -> Any:
        import torch

        self.rows.append(how["num_return_sequences"])
        if how["num_return_sequences"] > self._most:
            raise torch.OutOfMemoryError("out of memory")
        return self._model.generate(inputs, **how)


def test_halves_the_batch_when_memory_is_short(caplog: pytest.LogCaptureFixture) -> None:
    """Five samples where two fit: halves, each with a seed of its own, told once, and remembered for the next problem."""
    made = demo()
    small = SmallMemory(made._model.model, 2)
    made._model.model = small
    with caplog.at_level(logging.WARNING, logger="codeeval"):
        samples = list(made.generate(requests(), SAMPLING))
    assert len(texts(iter(samples))) == len(samples) == 10
    assert small.rows == [5, 2, 1, 2, 2, 1, 2]
    first = problem_seed(1234, samples[0].problem_id)
    assert [s.seed for s in samples[:5]] == [first, first, first + 2, first + 3, first + 3]
    assert caplog.messages.count(caplog.messages[0]) == 1
    assert "-M rows=2" in caplog.text
    made.close()


def test_no_memory_for_a_single_sample() -> None:
    """There is nothing left to halve: a clear error."""
    made = demo()
    made._model.model = SmallMemory(made._model.model, 0)
    with pytest.raises(GenerationError, match="out of memory while drawing a single sample"):
        list(made.generate(requests(1), SAMPLING))
    made.close()


def test_adapter(tmp_path: Path) -> None:
    """An adapter changes what is written and is in the description; a folder without one is refused."""
    pytest.importorskip("peft", reason="adapters need peft: the extra lora")
    save_adapter(tmp_path, bundled("demo-model"))
    greedy = replace(SAMPLING, temperature=0, n=1)
    plain, adapted = demo(), demo(lora=str(tmp_path))
    assert texts(plain.generate(requests(2, 1), greedy)) != texts(adapted.generate(requests(2, 1), greedy))
    assert adapted.describe()["lora_sha256"] == files_digest([tmp_path / "adapter_model.safetensors"])
    assert plain.describe()["lora_sha256"] is None
    (tmp_path / "adapter_config.json").write_text("{}", "utf-8")
    with pytest.raises(GenerationError, match="can't apply the adapter"):
        demo(lora=str(tmp_path))
    with pytest.raises(UsageError, match="no adapter there"):
        demo(lora=str(tmp_path / "none"))


def test_thoughts_have_their_own_budget() -> None:
    """A model that does not think is sampled as without the option; a thought that the prompt opens ends at its budget."""
    plain, thinking = demo(), demo(think_tokens="7")
    assert texts(thinking.generate(requests(), SAMPLING)) == texts(plain.generate(requests(), SAMPLING))
    opened = Request("1", Prompt(text="Решите.<think>"), (0, 1))
    for sample in thinking.generate([opened], SAMPLING):
        assert (sample.completion, sample.finish_reason, sample.tokens_out) == ("", "length", 7)
        assert sample.thought


def test_a_prompt_beyond_the_context_costs_its_problem_only() -> None:
    """The others are answered first."""
    first, second = requests()
    made = demo()
    got: list[Sample] = []
    with pytest.raises(GenerationError, match=rf"problem {first.problem_id}: the prompt has"):
        got.extend(made.generate([replace(first, prompt=Prompt(text="ж" * 6000)), second], SAMPLING))
    assert {s.problem_id for s in got} == {second.problem_id}
    made.close()


#: In the style of the Llama 3.1 family: BOS from the template itself, a header per turn, the system turn always there.
LLAMA_STYLE = """{{- bos_token }}
{%- if messages[0]['role'] == 'system' %}
    {%- set system_message = messages[0]['content']|trim %}
    {%- set messages = messages[1:] %}
{%- else %}
    {%- set system_message = "" %}
{%- endif %}
{{- "<|start_header_id|>system<|end_header_id|>\\n\\n" + system_message + "<|eot_id|>" }}
{%- for message in messages %}
    {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n' + message['content']|trim + '<|eot_id|>' }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}
{%- endif %}
"""


@pytest.fixture(scope="module")
def llama_style(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo model with that template."""
    folder = tmp_path_factory.mktemp("llama") / "model"
    shutil.copytree(bundled("demo-model"), folder)
    (folder / "chat_template.jinja").write_text(LLAMA_STYLE, encoding="utf-8")
    return folder


def test_llama_template_with_the_system_prompt_of_mera(llama_style: Path) -> None:
    """The tokenizer's own Jinja makes the text, MERA's system prompt is in its place whole, and BOS comes once."""
    system = mera_system_prompt()
    problem = load("rustarter").problems[0]
    shown = tokenize(str(llama_style), build_prompt(problem, "chat", system))
    user = problem.instruction.replace("{function}", problem.prompt).strip()
    assert shown.text == (
        f"<s><|start_header_id|>system<|end_header_id|>\n\n{system.strip()}<|eot_id|>"
        f"<|start_header_id|>user<|end_header_id|>\n\n{user}<|eot_id|>"
        "<|start_header_id|>assistant<|end_header_id|>\n\n"
    )
    assert shown.ids[0] == 0
    assert shown.ids.count(0) == 1
    assert shown.warning is None
    made = create("hf", str(llama_style))
    assert isinstance(made, HFGenerator)
    assert tuple(made.encode(build_prompt(problem, "chat", system))) == shown.ids
    made.close()


def test_a_template_that_refuses_a_role(llama_style: Path) -> None:
    """Its own words, as a usage error."""
    (llama_style / "chat_template.jinja").write_text("{{ raise_exception('no system role') }}", encoding="utf-8")
    with pytest.raises(UsageError, match="refuses the messages: no system role"):
        tokenize(str(llama_style), render("chat", [("user", "x")], "s"))


def test_a_model_without_a_tokenizer(tmp_path: Path) -> None:
    """`--show-prompt` needs one."""
    with pytest.raises(UsageError, match="can't load its tokenizer"):
        tokenize(str(tmp_path), Prompt(text="x"))

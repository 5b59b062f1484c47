"""The vLLM backend against the real engine. `CODEEVAL_VLLM_PYTHON` names the interpreter that has it; a CPU is enough.

Engines start in some 15 s, so most tests share one.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from adapters import save_adapter
from chain_model import save_chain_model
from mistral_vocabulary import openchat_tokenizer

from codeeval.errors import CodeevalError, GenerationError, UsageError
from codeeval.generators import create
from codeeval.generators.base import problem_seed
from codeeval.generators.common.digests import files_digest
from codeeval.generators.vllm.generator import VLLMGenerator
from codeeval.prompts.templates import build_prompt, prompt_digest, render
from codeeval.stops import MERA_STOPS, cut_at_stop
from codeeval.tasks import load
from codeeval.tasks.bundled import bundled
from codeeval.types import Prompt, Request, Sample, Sampling

pytestmark = [pytest.mark.vllm, pytest.mark.slow]

SAMPLING = Sampling(n=4, stop=MERA_STOPS, max_tokens=48)
LEAN = {"kv_cache_memory_bytes": str(64 * 2**20), "max_model_len": "1024"}


def engine(model: Path | str, **options: str) -> VLLMGenerator:
    made = create("vllm", str(model), {**LEAN, **options})
    assert isinstance(made, VLLMGenerator)
    return made


@pytest.fixture(scope="module")
def demo() -> Iterator[VLLMGenerator]:
    made = engine(bundled("demo-model"))
    yield made
    made.close()


def requests(count: int = 6, n: int = 4) -> list[Request]:
    problems = load("rustarter").problems[:count]
    return [Request(p.id, build_prompt(p, "code-user"), tuple(range(n))) for p in problems]


def by_key(samples: Iterator[Sample]) -> dict[tuple[str, int], Sample]:
    return {(sample.problem_id, sample.index): sample for sample in samples}


def test_every_index_once_cut_and_counted(demo: VLLMGenerator) -> None:
    """Samples carry digest, counts, seed and reason, and are cut as our rule cuts."""
    asked = requests()
    samples = list(demo.generate(asked, SAMPLING))
    found = by_key(iter(samples))
    assert len(samples) == len(found) == 24
    assert set(found) == {(r.problem_id, i) for r in asked for i in r.indices}
    prompts = {r.problem_id: r.prompt for r in asked}
    for sample in samples:
        assert sample.prompt_digest == prompt_digest(prompts[sample.problem_id])
        assert sample.seed == problem_seed(1234, sample.problem_id) + sample.index
        assert sample.tokens_in == len(demo.encode([prompts[sample.problem_id]])[0].ids)
        assert sample.tokens_out is not None
        assert 0 < sample.tokens_out <= 48
        whole = sample.completion if sample.raw is None else sample.raw
        assert cut_at_stop(whole, MERA_STOPS)[0] == sample.completion
        assert sample.raw is None or sample.finish_reason == "stop"
    assert any(s.raw is not None for s in samples)
    assert len({s.completion for s in samples}) > 8


def test_any_samples_can_be_asked_again(demo: VLLMGenerator) -> None:
    """Company, order and gaps change nothing: an exact resume rests on it."""
    asked = requests()
    whole = by_key(demo.generate(asked, SAMPLING))
    part = [replace(request, indices=request.indices[1::2]) for request in reversed(asked)]
    again = by_key(demo.generate(part, SAMPLING))
    assert len(again) == 12
    assert again == {key: whole[key] for key in again}
    assert by_key(demo.generate(asked, replace(SAMPLING, seed=5))) != whole


def test_a_run_that_is_left_does_not_disturb_the_next(demo: VLLMGenerator) -> None:
    """Closing the iterator cancels what is open; the engine then answers as if nothing had been."""
    whole = by_key(demo.generate(requests(2), SAMPLING))
    left = demo.generate(requests(40, 4), SAMPLING)
    next(left)
    left.close()  # type: ignore[attr-defined]
    assert by_key(demo.generate(requests(2), SAMPLING)) == whole


def test_greedy_is_asked_once_and_equals_transformers(demo: VLLMGenerator) -> None:
    """Copies carry no seed; and two engines that share nothing but weights and prompt ids write the same text."""
    greedy = replace(SAMPLING, temperature=0)
    found = by_key(demo.generate(requests(3), greedy))
    assert {s.seed for s in found.values()} == {None}
    assert all(found[p, i].completion == found[p, 0].completion for p, i in found)
    other = create("hf", str(bundled("demo-model")))
    assert {k: s.completion for k, s in by_key(other.generate(requests(3), greedy)).items()} == {
        k: s.completion for k, s in found.items()
    }
    other.close()


def test_ids_are_those_of_transformers(demo: VLLMGenerator) -> None:
    """Both backends give the model the same ids, BOS once, for texts and for messages."""
    from codeeval.generators.common.tokens import tokenize

    prompts = [r.prompt for r in requests(3)]
    prompts += [render("chat", [("user", "Привет")], "Кратко."), Prompt(text="<s>x")]
    for prompt, encoded in zip(prompts, demo.encode(prompts), strict=True):
        assert tuple(encoded.ids) == tokenize(str(bundled("demo-model")), prompt).ids
        assert encoded.ids.count(0) == 1


def test_sampling_reaches_the_engine(demo: VLLMGenerator) -> None:
    """The limit of tokens ends a sample; top_k 1 and a small top_p are greedy at any temperature."""
    short = by_key(demo.generate(requests(1), replace(SAMPLING, max_tokens=3)))
    assert {(s.finish_reason, s.tokens_out, s.raw) for s in short.values()} == {("length", 3, None)}
    greedy = {k: s.completion for k, s in by_key(demo.generate(requests(2), replace(SAMPLING, temperature=0))).items()}
    for hot in (replace(SAMPLING, temperature=1.5, top_k=1), replace(SAMPLING, temperature=1.5, top_p=1e-6)):
        assert {k: s.completion for k, s in by_key(demo.generate(requests(2), hot)).items()} == greedy


def test_a_prompt_beyond_the_context_costs_its_problem_only(demo: VLLMGenerator) -> None:
    """It is named with both lengths after all others were answered; one that just fits gets the room that is left."""
    first, *others = requests(3)
    long = replace(first, prompt=Prompt(text="ж" * 6000))
    got: list[Sample] = []
    with pytest.raises(GenerationError, match=rf"problem {first.problem_id}: the prompt has \d+ tokens .* takes 1024"):
        got.extend(demo.generate([long, *others], SAMPLING))
    assert {s.problem_id for s in got} == {r.problem_id for r in others}
    text = "x " * 3000
    while len(demo.encode([Prompt(text=text)])[0].ids) > 1020:
        text = text[:-40]
    (sample,) = demo.generate([Request("1", Prompt(text=text), (0,))], SAMPLING)
    assert sample.tokens_in is not None
    assert sample.tokens_out is not None
    assert sample.tokens_in + sample.tokens_out <= 1024


def test_our_own_process_is_left_alone(demo: VLLMGenerator) -> None:
    """Nothing of the engine is loaded here, and it runs in a group of its own."""
    import sys

    assert "vllm" not in sys.modules
    assert "LD_PRELOAD" not in os.environ
    pid = demo._engines.first.pid
    assert os.getpgid(pid) == pid != os.getpgrp()


def test_description(demo: VLLMGenerator) -> None:
    """Versions, precision, limits, size and digests; nothing but plain values."""
    got = demo.describe()
    folder = bundled("demo-model")
    assert got["weights_sha256"] == files_digest([folder / "model.safetensors"])
    assert (got["engine"], got["architecture"], got["parameters"]) == ("vllm", "LlamaForCausalLM", 466848)
    assert (got["dtype"], got["context_length"], got["license"]) == ("float32", 1024, "mit")
    assert got["vllm_version"]
    assert json.loads(json.dumps(got)) == got


def test_a_killed_engine_is_an_error_that_keeps_what_was_finished() -> None:
    """After kill -9 of the engine: what had finished was yielded and equals a whole run, the rest can be asked of a new one."""
    asked = requests(12)
    made = engine(bundled("demo-model"))
    whole = by_key(made.generate(asked, SAMPLING))
    samples = made.generate(asked, SAMPLING)
    kept = [next(samples)]
    pid = made._engines.first.pid
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(GenerationError, match=r"ended by signal SIGKILL(.|\n)*kept"):
        kept.extend(samples)
    got = by_key(iter(kept))
    with pytest.raises(GenerationError, match="has ended"):
        list(made.generate(asked, SAMPLING))
    made.close()
    made.close()
    assert not Path(f"/proc/{pid}").exists()
    assert 0 < len(got) < len(whole)
    assert got == {key: whole[key] for key in got}
    new = engine(bundled("demo-model"))
    missing = [replace(r, indices=tuple(i for i in r.indices if (r.problem_id, i) not in got)) for r in asked]
    got.update(by_key(new.generate(missing, SAMPLING)))
    new.close()
    assert got == whole


def test_keep_raw_changes_no_completion(demo: VLLMGenerator) -> None:
    """The same samples, cut by the same rule; only what was written behind the stop is kept beside them."""
    cut = by_key(demo.generate(requests(), SAMPLING))
    made = engine(bundled("demo-model"), keep_raw="1")
    kept = by_key(made.generate(requests(), SAMPLING))
    made.close()
    assert {k: (s.completion, s.seed) for k, s in kept.items()} == {k: (s.completion, s.seed) for k, s in cut.items()}
    pairs = [(cut[key].raw, sample.raw) for key, sample in kept.items() if sample.raw is not None]
    assert all(before is not None and after.startswith(before) for before, after in pairs)
    assert any(before is not None and len(after) > len(before) for before, after in pairs)


def test_two_replicas_and_thoughts(tmp_path: Path) -> None:
    """Data parallelism changes no sample; a thought opened by the prompt has its own budget, and its samples no answer
    where it never ends; what does not think is answered as without the option."""
    single = engine(bundled("demo-model"))
    asked = requests(5)
    whole = by_key(single.generate(asked, SAMPLING))
    single.close()
    double = engine(bundled("demo-model"), replicas="2", think_tokens="7")
    assert len({e.pid for e in double._engines.alive}) == 2
    assert by_key(double.generate(asked, SAMPLING)) == whole
    assert sum(double.answered().values()) == len(whole)
    assert all(double.answered().values())
    opened = Request("1", Prompt(text="Решите.<think>"), (0, 1))
    for sample in double.generate([opened], SAMPLING):
        assert (sample.completion, sample.finish_reason, sample.tokens_out) == ("", "length", 7)
        assert sample.thought
    double.close()


def test_kill_9_of_one_of_two_engines() -> None:
    """The other one answers what was left, with the same seeds, until the first comes back."""
    asked = requests(12)
    single = engine(bundled("demo-model"))
    whole = by_key(single.generate(asked, SAMPLING))
    single.close()
    double = engine(bundled("demo-model"), replicas="2")
    samples = double.generate(asked, SAMPLING)
    found = [next(samples)]
    os.kill(double._engines.first.pid, signal.SIGKILL)
    found.extend(samples)
    assert len(found) == len(whole)
    assert by_key(iter(found)) == whole
    deadline = time.monotonic() + 300
    while len(double._engines.alive) < 2:
        assert time.monotonic() < deadline
        assert by_key(double.generate(asked, SAMPLING)) == whole
    before = double.answered()
    assert by_key(double.generate(asked, SAMPLING)) == whole
    assert sorted(before) == ["replica 1", "replica 2"]
    assert all(double.answered()[name] > before[name] for name in before)
    double.close()


def test_indentation_with_the_openchat_vocabulary(tmp_path: Path) -> None:
    """The leading spaces of the first line arrive whole, and no warning about ids is given."""
    tokenizer = openchat_tokenizer()
    head = tokenizer("a:")["input_ids"]
    body = tokenizer("a:    return x\ndef g")["input_ids"][len(head) :]
    save_chain_model(tmp_path, tokenizer, [head[-1], *body, tokenizer.eos_token_id])
    made = engine(tmp_path, max_model_len="256")
    samples = list(made.generate([Request("1", render("code-user", [("user", "f")]), (0, 1))], SAMPLING))
    assert {(s.completion, s.raw, s.finish_reason) for s in samples} == {("    return x", "    return x\ndef", "stop")}
    assert made.describe()["openchat_ids_wrong"] is None
    made.close()


def test_adapter(tmp_path: Path, demo: VLLMGenerator) -> None:
    """A LoRA adapter changes what is written, as it does through transformers."""
    save_adapter(tmp_path, bundled("demo-model"))
    greedy = replace(SAMPLING, temperature=0, n=1, max_tokens=12)
    asked = requests(3, 1)
    made = engine(bundled("demo-model"), lora=str(tmp_path))
    adapted = [s.completion for s in sorted(made.generate(asked, greedy), key=lambda s: int(s.problem_id))]
    assert made.describe()["lora_sha256"] == files_digest([tmp_path / "adapter_model.safetensors"])
    made.close()
    other = create("hf", str(bundled("demo-model")), {"lora": str(tmp_path)})
    assert [s.completion for s in other.generate(asked, greedy)] == adapted
    assert [s.completion for s in sorted(demo.generate(asked, greedy), key=lambda s: int(s.problem_id))] != adapted
    other.close()


@pytest.mark.parametrize(
    ("options", "message"),
    [({"quantization": "abacus"}, "abacus"), ({"max_seq": "5"}, "max_seq"), ({"dtype": "int3"}, "int3")],
)
def test_what_the_engine_refuses_is_one_error(options: dict[str, str], message: str) -> None:
    """An argument that vLLM does not know ends in one line with its own words."""
    with pytest.raises(GenerationError, match=rf"(?s)vLLM failed: .*{message}") as caught:
        engine(bundled("demo-model"), **options)
    assert len(str(caught.value)) < 1000


def test_the_engine_goes_with_its_caller() -> None:
    """When the caller is killed, stdin ends, and with it the engine's whole process group."""
    import subprocess
    import sys

    code = (
        "import sys, time; from codeeval.generators import create\n"
        f"g = create('vllm', {str(bundled('demo-model'))!r}, {LEAN!r})\n"
        "print(g._engines.first.pid, flush=True); time.sleep(600)"
    )
    caller = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert caller.stdout is not None
    pid = int(caller.stdout.readline())
    caller.kill()
    caller.communicate()
    deadline = time.monotonic() + 30
    while Path(f"/proc/{pid}").exists() and b"Z" not in _state(pid):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _state(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/stat").read_bytes().rsplit(b")", 1)[1].split()[0]
    except OSError:
        return b"Z"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"lora": "/no/such"}, "no adapter there"),
        ({"python": "/no/such/python"}, "this is not an interpreter"),
        ({"think_tokens": "-1"}, "integer of at least 0"),
        ({"a-b": "1"}, "no such option"),
    ],
)
def test_own_options_are_checked_before_anything_starts(options: dict[str, str], message: str) -> None:
    """Wrong values are usage errors that name the option."""
    with pytest.raises(UsageError, match=message):
        create("vllm", str(bundled("demo-model")), options)


@pytest.mark.parametrize("name", ["./no/such", "/no/such", "a/b/c"])
def test_a_folder_that_is_not_there(name: str) -> None:
    """A path is never taken for a name on the Hub."""
    with pytest.raises(UsageError, match="no such model folder"):
        create("vllm", name)


def test_a_folder_that_is_no_model(tmp_path: Path) -> None:
    """The engine's own words, as one error."""
    with pytest.raises(CodeevalError) as caught:
        engine(tmp_path)
    assert "Traceback" not in str(caught.value)

"""The transformers backend: the real demo model, and small models made here that say what a test needs."""

from __future__ import annotations

import json
import logging
import shutil
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from chain_model import save_chain_model
from mistral_vocabulary import openchat_tokenizer

from codeeval.errors import CodeevalError, GenerationError, UsageError
from codeeval.generators import create
from codeeval.generators.base import problem_seed
from codeeval.generators.common.digests import files_digest
from codeeval.generators.hf.generator import HFGenerator
from codeeval.prompts.templates import build_prompt, prompt_digest, render
from codeeval.stops import MERA_STOPS, cut_at_stop
from codeeval.tasks.bundled import bundled
from codeeval.types import Problem, Prompt, Request, Sample, Sampling

pytestmark = pytest.mark.hf

SAMPLING = Sampling(n=5, stop=MERA_STOPS, max_tokens=64)


@pytest.fixture(scope="module")
def problems() -> list[Problem]:
    with bundled("rustarter.jsonl").open(encoding="utf-8") as stream:
        rows = [json.loads(line) for line in stream][:8]
    return [Problem(str(r["meta"]["id"]), r["instruction"], r["inputs"]["function"], "f", (), None) for r in rows]


@pytest.fixture(scope="module")
def demo() -> Iterator[HFGenerator]:
    generator = create("hf", str(bundled("demo-model")))
    assert isinstance(generator, HFGenerator)
    yield generator
    generator.close()


@pytest.fixture(scope="module")
def openchat() -> Any:
    return openchat_tokenizer()


def requests(problems: list[Problem], n: int = 5) -> list[Request]:
    return [Request(p.id, build_prompt(p, "code-user"), tuple(range(n))) for p in problems]


def by_key(samples: Iterator[Sample]) -> dict[tuple[str, int], Sample]:
    return {(sample.problem_id, sample.index): sample for sample in samples}


def test_samples_of_the_demo_model(demo: HFGenerator, problems: list[Problem]) -> None:
    """Every index once, cut as the stop rule cuts, with its digest, counts, seed and reason."""
    asked = requests(problems[:4])
    samples = list(demo.generate(asked, SAMPLING))
    assert [(s.problem_id, s.index) for s in samples] == [(r.problem_id, i) for r in asked for i in r.indices]
    for sample in samples:
        request = asked[int(sample.problem_id)]
        assert sample.prompt_digest == prompt_digest(request.prompt)
        assert sample.tokens_in == len(demo.encode(request.prompt))
        assert sample.tokens_out is not None
        assert 0 < sample.tokens_out <= 64
        assert sample.seed == problem_seed(1234, sample.problem_id)
        whole = sample.completion if sample.raw is None else sample.raw
        assert cut_at_stop(whole, MERA_STOPS)[0] == sample.completion
        assert sample.raw is None or (sample.raw != sample.completion and sample.finish_reason == "stop")
    assert any(sample.completion.startswith("\n    ") for sample in samples)
    assert len({sample.completion for sample in samples}) > 4


def test_completions_do_not_depend_on_what_else_is_asked(demo: HFGenerator, problems: list[Problem]) -> None:
    """Order, company and missing indices change nothing: that is what an exact resume rests on."""
    asked = requests(problems[:4])
    whole = by_key(demo.generate(asked, SAMPLING))
    for request in reversed(asked):
        part = replace(request, indices=request.indices[1::2])
        again = by_key(demo.generate([part], SAMPLING))
        assert again == {key: whole[key] for key in again}
        assert sorted(again) == [(request.problem_id, 1), (request.problem_id, 3)]


def test_another_seed_gives_other_completions(demo: HFGenerator, problems: list[Problem]) -> None:
    """The run's seed reaches the model, and the caller's random numbers are left alone."""
    import torch

    before = torch.get_rng_state()
    runs = [
        [s.completion for s in demo.generate(requests(problems[:3]), replace(SAMPLING, seed=seed))]
        for seed in (1, 2, 1)
    ]
    assert runs[0] == runs[2] != runs[1]
    assert torch.equal(before, torch.get_rng_state())


def test_groups_of_rows_are_seeded_apart(problems: list[Problem]) -> None:
    """With n above `rows` each group has a seed of its own, and a group asked alone gives what it gave."""
    generator = create("hf", str(bundled("demo-model")), {"rows": "2"})
    asked = requests(problems[:1])
    whole = by_key(generator.generate(asked, SAMPLING))
    first = problem_seed(1234, "0")
    assert [whole["0", i].seed for i in range(5)] == [first, first, first + 2, first + 2, first + 4]
    last = by_key(generator.generate([replace(asked[0], indices=(3, 4))], SAMPLING))
    assert last == {key: whole[key] for key in last}
    generator.close()


def test_temperature_zero_is_asked_once_and_copied(demo: HFGenerator, problems: list[Problem]) -> None:
    """Greedy samples of a problem are equal, whatever the seed, and carry none."""
    greedy = replace(SAMPLING, temperature=0)
    samples = list(demo.generate(requests(problems[:2]), greedy))
    assert [len({s.completion for s in samples if s.problem_id == p}) for p in ("0", "1")] == [1, 1]
    assert {s.seed for s in samples} == {None}
    others = list(demo.generate(requests(problems[:2]), replace(greedy, seed=5)))
    assert [s.completion for s in samples] == [s.completion for s in others]


@pytest.mark.parametrize("think", ["0", "16"])
def test_keep_raw_changes_no_completion(demo: HFGenerator, problems: list[Problem], think: str) -> None:
    """The same samples, cut by the same rule; only what was written behind the stop is kept beside them."""
    made = create("hf", str(bundled("demo-model")), {"keep_raw": "1", "think_tokens": think})
    kept = by_key(made.generate(requests(problems[:4]), SAMPLING))
    made.close()
    cut = by_key(demo.generate(requests(problems[:4]), SAMPLING))
    assert {k: (s.completion, s.seed) for k, s in kept.items()} == {k: (s.completion, s.seed) for k, s in cut.items()}
    longer = 0
    for key, sample in kept.items():
        other = cut[key].raw
        assert (sample.raw is None) == (other is None)
        if sample.raw is not None and other is not None:
            assert sample.raw.startswith(other)
            longer += len(sample.raw) > len(other)
    assert longer


def test_limit_of_new_tokens(demo: HFGenerator, problems: list[Problem]) -> None:
    """A completion that reaches the limit says so and is no longer."""
    samples = list(demo.generate(requests(problems[:1]), replace(SAMPLING, max_tokens=3)))
    assert {(s.finish_reason, s.tokens_out, s.raw) for s in samples} == {("length", 3, None)}


def test_top_k_and_top_p_reach_the_model(demo: HFGenerator, problems: list[Problem]) -> None:
    """top_k 1 at a high temperature, and a top_p near 0, are greedy."""
    greedy = [s.completion for s in demo.generate(requests(problems[:2]), replace(SAMPLING, temperature=0))]
    for change in ({"top_k": 1}, {"top_p": 1e-6}):
        hot = replace(SAMPLING, temperature=1.5, **change)
        assert [s.completion for s in demo.generate(requests(problems[:2]), hot)] == greedy


def test_bos_comes_once(demo: HFGenerator) -> None:
    """The tokenizer's BOS, that of a chat template and one in the text never add up."""
    bos = 0
    for prompt in (
        render("code-user", [("user", "x")]),
        render("chat", [("user", "x")], "y"),
        Prompt(text="<s>x"),
        Prompt(text="<s><s>x"),
    ):
        ids = demo.encode(prompt)
        assert ids[0] == bos
        assert bos not in ids[1:]


def test_chat_uses_the_models_own_template(demo: HFGenerator) -> None:
    """Messages, the system prompt among them, go through the template of the tokenizer."""
    ids = demo.encode(render("chat", [("user", "Привет"), ("assistant", "a"), ("user", "b")], "Кратко."))
    assert (
        demo.encode(
            Prompt(
                text=(
                    "system:\nКратко.<|end_of_turn|>user:\nПривет<|end_of_turn|>assistant:\na<|end_of_turn|>"
                    "user:\nb<|end_of_turn|>assistant:\n"
                )
            )
        )
        == ids
    )


def test_description_for_the_manifest(demo: HFGenerator) -> None:
    """The manifest learns engine, versions, device, dtype, size and digests; nothing but plain values."""
    import torch
    import transformers

    folder = bundled("demo-model")
    got = demo.describe()
    assert got["weights_sha256"] == files_digest([folder / "model.safetensors"])
    assert got["engine"] == "hf"
    assert got["torch_version"] == torch.__version__
    assert got["transformers_version"] == transformers.__version__
    assert (got["architecture"], got["parameters"], got["context_length"]) == ("LlamaForCausalLM", 466848, 2048)
    assert got["openchat_ids_wrong"] is None
    assert json.loads(json.dumps(got)) == got


def test_prompt_longer_than_the_context(demo: HFGenerator) -> None:
    """It is named by problem and both lengths, and what to do is said; a prompt that just fits gets the room left."""
    long = Prompt(text="ж" * 6000)
    with pytest.raises(GenerationError, match=r"problem 3: the prompt has \d+ tokens .* takes 2048; shorten"):
        list(demo.generate([Request("3", long, (0,))], SAMPLING))
    text = "x " * 3000
    fits = bisect_right(range(len(text)), 2046, key=lambda size: len(demo.encode(Prompt(text=text[:size]))))
    text = text[: fits - 1]
    assert len(demo.encode(Prompt(text=text))) in (2045, 2046)
    (sample,) = demo.generate([Request("3", Prompt(text=text), (0,))], SAMPLING)
    assert sample.tokens_in is not None
    assert sample.tokens_out is not None
    assert sample.tokens_in + sample.tokens_out <= 2048


@pytest.mark.parametrize(
    ("text", "completion", "raw", "reason", "tokens"),
    [
        ("    return x\ndef g", "    return x", "    return x\ndef", "stop", 5),
        ("    return x", "    return x", None, "stop", 4),
    ],
)
def test_indentation_and_stop_with_the_openchat_vocabulary(
    tmp_path: Path, openchat: Any, text: str, completion: str, raw: str | None, reason: str, tokens: int
) -> None:
    """A model that writes an indented line keeps its four spaces, ends with the stop, and the stop is cut."""
    prompt = render("code-user", [("user", "f")])
    head = openchat("a:")["input_ids"]
    body = openchat(f"a:{text}")["input_ids"][len(head) :]
    save_chain_model(tmp_path, openchat, [head[-1], *body, openchat.eos_token_id])
    generator = create("hf", str(tmp_path))
    samples = list(generator.generate([Request("1", prompt, (0, 1))], replace(SAMPLING, n=2)))
    for sample in samples:
        assert (sample.completion, sample.raw, sample.finish_reason) == (completion, raw, reason)
        assert sample.tokens_out == tokens
    assert generator.describe()["openchat_ids_wrong"] is None
    generator.close()


def test_wrong_openchat_ids_are_warned_of(tmp_path: Path, openchat: Any, caplog: pytest.LogCaptureFixture) -> None:
    """A tokenizer of that family that misses the word-initial pieces is loaded with a warning, kept in the manifest."""
    save_chain_model(tmp_path, openchat, [5, 6])
    path = tmp_path / "tokenizer.json"
    broken = json.loads(path.read_text(encoding="utf-8"))
    broken["normalizer"] = {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"}
    path.write_text(json.dumps(broken), encoding="utf-8")
    with caplog.at_level(logging.WARNING, logger="codeeval"):
        generator = create("hf", str(tmp_path))
    assert "other ids than the OpenChat model card" in caplog.text
    assert "position 1" in str(generator.describe()["openchat_ids_wrong"])
    generator.close()


def test_the_models_own_generation_defaults_do_not_count(
    tmp_path: Path, demo: HFGenerator, problems: list[Problem]
) -> None:
    """A generation_config.json with a penalty, a top_k and a length changes nothing: the protocol says how to sample."""
    folder = copy_of_demo(tmp_path)
    config = {"do_sample": True, "top_k": 1, "temperature": 9.0, "repetition_penalty": 5.0, "max_length": 3}
    (folder / "generation_config.json").write_text(json.dumps({**config, "eos_token_id": [1, 2]}), encoding="utf-8")
    other = create("hf", str(folder))
    asked = requests(problems[:2])
    assert list(other.generate(asked, SAMPLING)) == list(demo.generate(asked, SAMPLING))
    other.close()


def copy_of_demo(folder: Path) -> Path:
    return Path(shutil.copytree(bundled("demo-model"), folder / "model"))


def without_weights(folder: Path) -> str:
    (folder / "model.safetensors").unlink()
    return "lacks weights: model.safetensors"


def without_a_shard(folder: Path) -> str:
    index = {"weight_map": {"a": "model.safetensors", "b": "second.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index), encoding="utf-8")
    return "lacks weights: second.safetensors"


def without_config(folder: Path) -> str:
    (folder / "config.json").unlink()
    return "it has no config.json"


def with_broken_config(folder: Path) -> str:
    (folder / "config.json").write_text("{", encoding="utf-8")
    return "is broken"


def with_broken_index(folder: Path) -> str:
    (folder / "model.safetensors.index.json").write_text("[]", encoding="utf-8")
    return "is broken"


def of_unknown_type(folder: Path) -> str:
    (folder / "config.json").write_text('{"model_type": "no-such-model"}', encoding="utf-8")
    return "can't load the model"


def with_truncated_weights(folder: Path) -> str:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:1000])
    return "model.safetensors is cut short"


def with_other_shapes(folder: Path) -> str:
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    (folder / "config.json").write_text(json.dumps({**config, "num_hidden_layers": 4}), encoding="utf-8")
    return r"don't fit its config.json: \d+ tensors"


def without_tokenizer(folder: Path) -> str:
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (folder / name).unlink()
    return "lacks its tokenizer"


@pytest.mark.filterwarnings("ignore")  # transformers has its own words about some of these before it gives up
@pytest.mark.parametrize(
    "spoil",
    [
        *(without_weights, without_a_shard, without_config, with_broken_config, with_broken_index),
        *(of_unknown_type, with_truncated_weights, with_other_shapes, without_tokenizer),
    ],
)
def test_a_spoiled_model_folder_is_one_clear_error(tmp_path: Path, spoil: Any) -> None:
    """Whatever is wrong with the folder, the error names the folder and what is wrong, in one line or two."""
    folder = copy_of_demo(tmp_path)
    message = spoil(folder)
    with pytest.raises(CodeevalError, match=message) as caught:
        create("hf", str(folder))
    assert str(folder) in str(caught.value)
    assert len(str(caught.value)) < 700


@pytest.mark.parametrize("name", ["./no/such/folder", "/no/such", "no/such/folder", "что/это", "../x"])
def test_a_folder_that_does_not_exist(name: str) -> None:
    """A path that can't be a name on the Hub is not looked for there."""
    with pytest.raises(UsageError, match="no such model folder"):
        create("hf", name)


def test_a_file_instead_of_a_folder() -> None:
    """The weights alone are no model."""
    with pytest.raises(UsageError, match="is a file; give the folder"):
        create("hf", str(bundled("demo-model") / "model.safetensors"))


def test_a_hub_model_that_cannot_be_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    """Offline and not in the cache: both possible meanings of the name are told."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(UsageError, match="is not a folder here and could not be loaded from the Hub"):
        create("hf", "codeeval-tests/no-such-model")


@pytest.mark.parametrize("options", [{"device": "cuda:7"}, {"device": "abacus"}, {"dtype": "int8"}, {"batch": "4"}])
def test_options_that_cannot_be_met(options: dict[str, str]) -> None:
    """An unknown device, dtype or option is an error of use."""
    with pytest.raises(UsageError, match=f"-M {next(iter(options))}="):
        create("hf", str(bundled("demo-model")), options)


def test_a_model_without_a_chat_template(tmp_path: Path, problems: list[Problem]) -> None:
    """`chat` needs a template of the model's own; the message lists the templates that don't."""
    folder = copy_of_demo(tmp_path)
    (folder / "chat_template.jinja").unlink()
    generator = create("hf", str(folder))
    request = Request("0", build_prompt(problems[0], "chat"), (0,))
    with pytest.raises(UsageError, match="no chat template; use --template none"):
        list(generator.generate([request], SAMPLING))
    assert generator.describe()["chat_template_sha256"] is None
    generator.close()


def test_a_chat_template_that_refuses(tmp_path: Path, problems: list[Problem]) -> None:
    """A template that raises, as many do about a system role, is quoted."""
    folder = copy_of_demo(tmp_path)
    (folder / "chat_template.jinja").write_text("{{ raise_exception('no system role') }}", encoding="utf-8")
    generator = create("hf", str(folder))
    request = Request("0", build_prompt(problems[0], "chat", "x"), (0,))
    with pytest.raises(UsageError, match="refuses the messages: no system role"):
        list(generator.generate([request], SAMPLING))
    generator.close()


def test_a_closed_generator_says_so(problems: list[Problem]) -> None:
    """Closing twice is fine, generating afterwards is not."""
    generator = create("hf", str(bundled("demo-model")))
    generator.close()
    generator.close()
    with pytest.raises(GenerationError, match="closed"):
        list(generator.generate(requests(problems[:1]), SAMPLING))


def test_wrong_requests_are_refused_before_anything_is_drawn(demo: HFGenerator, problems: list[Problem]) -> None:
    """A sample index beyond n, or a negative temperature, is an error before the first sample."""
    with pytest.raises(UsageError, match="n=5"):
        next(iter(demo.generate(requests(problems[:2], n=6), SAMPLING)))
    with pytest.raises(UsageError, match="temperature"):
        next(iter(demo.generate(requests(problems[:1]), replace(SAMPLING, temperature=-1))))
    assert list(demo.generate([Request("0", Prompt(text="x"), ())], SAMPLING)) == []

"""What all generators share: the registry, options, seeds, checks and digests."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeeval.errors import UsageError
from codeeval.generators import BACKENDS, create, registry
from codeeval.generators.base import Options, check_request, check_sampling, problem_seed
from codeeval.generators.common.digests import files_digest, tokenizer_digest, weight_files, weights_digest
from codeeval.tasks.bundled import bundled
from codeeval.types import Prompt, Request, Sampling


def test_unknown_backend_lists_the_known_ones() -> None:
    """The message names every backend there is."""
    with pytest.raises(UsageError) as caught:
        create("ollama", "x")
    assert all(name in str(caught.value) for name in ("ollama", *BACKENDS))


def test_missing_package_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """A backend whose package is not installed says what to install, and imports nothing."""
    entry = registry.GeneratorBackend("codeeval.no_such_module", ("no_such_package",), "hf")
    monkeypatch.setitem(BACKENDS, "other", entry)
    with pytest.raises(UsageError, match=r"needs no_such_package, .* pip install .*torch"):
        create("other", "x")


def test_importing_the_generators_imports_no_model_library() -> None:
    """`codeeval --help` does not pay for torch."""
    code = (
        "import sys, codeeval.generators, codeeval.generators.hf.generator, codeeval.prompts.templates\n"
        "print(sorted({'torch', 'transformers', 'huggingface_hub'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_options_are_parsed_and_unknown_ones_refused() -> None:
    """Choices, integers and unknown keys are checked, each error naming the option."""
    options = Options("hf", {"dtype": "float32", "rows": "8", "row": "1"})
    assert options.text("dtype", "auto", ("auto", "float32")) == "float32"
    assert (options.integer("rows", 32), options.integer("threads", 0, least=0)) == (8, 0)
    with pytest.raises(UsageError, match=r"-M row=…: .* known: dtype, rows, threads"):
        options.finish()


@pytest.mark.parametrize("value", ["0", "-1", "x", "", "1.5", "²", "9" * 5000])
def test_integers_that_are_none(value: str) -> None:
    """Anything but a plain positive integer is refused."""
    with pytest.raises(UsageError, match="-M rows="):
        Options("hf", {"rows": value}).integer("rows", 32)


def test_choice_that_is_none() -> None:
    """The message lists what is possible."""
    with pytest.raises(UsageError, match="-M dtype=int8: backend hf takes one of auto, float32"):
        Options("hf", {"dtype": "int8"}).text("dtype", "auto", ("auto", "float32"))


@pytest.mark.parametrize(
    "change",
    [
        {"n": 0},
        {"temperature": -0.1},
        {"temperature": float("nan")},
        {"temperature": float("inf")},
        {"top_p": 0.0},
        {"top_p": 1.1},
        {"top_k": -1},
        {"max_tokens": 0},
        {"stop": ("\ndef", "")},
    ],
)
def test_sampling_with_which_nothing_can_be_drawn(change: dict[str, object]) -> None:
    """Each impossible value is refused by its name; MERA's values and greedy ones are fine."""
    check_sampling(Sampling())
    check_sampling(Sampling(temperature=0))
    with pytest.raises(UsageError, match=next(iter(change))):
        check_sampling(replace(Sampling(), **change))  # type: ignore[arg-type]


def test_sample_outside_the_run() -> None:
    """Index n does not exist in a run of n samples."""
    check_request(Request("7", Prompt(text="x"), (0, 9)), Sampling(n=10))
    with pytest.raises(UsageError, match=r"problem 7: sample 10 .* n=10"):
        check_request(Request("7", Prompt(text="x"), (0, 10)), Sampling(n=10))


def test_problem_seed_is_fixed_for_all_time() -> None:
    """Old runs resume with the seeds they began with, on any machine."""
    assert problem_seed(1234, "0") == int(hashlib.sha256(b"1234\n0").hexdigest()[:8], 16) >> 1 == 1076019602


@given(st.lists(st.tuples(st.integers(), st.text()), min_size=2, max_size=2, unique=True))
def test_problem_seeds_are_small_and_differ(pairs: list[tuple[int, str]]) -> None:
    """Seeds fit 31 bits, which every engine accepts; another run or another problem has another seed."""
    one, other = (problem_seed(*pair) for pair in pairs)
    assert 0 <= one < 2**31
    assert one != other


def test_digest_of_weights_is_the_files_own_or_that_of_the_listing(tmp_path: Path) -> None:
    """One file: its sha256. Shards: sha256 of what sha256sum prints about those that the index names."""
    assert weights_digest(tmp_path) is None
    (tmp_path / "model.safetensors").write_bytes(b"w")
    (tmp_path / "consolidated.safetensors").write_bytes(b"the same again in another format")
    assert weights_digest(tmp_path) == hashlib.sha256(b"w").hexdigest()
    index = {"weight_map": {"a": "2.safetensors", "b": "1.safetensors", "c": "2.safetensors"}}
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps(index), encoding="utf-8")
    for name in ("1.safetensors", "2.safetensors"):
        (tmp_path / name).write_bytes(name.encode())
    assert [path.name for path in weight_files(tmp_path)] == ["1.safetensors", "2.safetensors"]
    printed = subprocess.run(
        ["sha256sum", "1.safetensors", "2.safetensors"], cwd=tmp_path, capture_output=True, check=True
    ).stdout
    assert weights_digest(tmp_path) == hashlib.sha256(printed).hexdigest()


def test_digest_of_the_tokenizer_follows_its_files(tmp_path: Path) -> None:
    """Another template or vocabulary is another digest; other files don't count."""
    (tmp_path / "tokenizer.json").write_text("{}", encoding="utf-8")
    alone = tokenizer_digest(tmp_path)
    (tmp_path / "README.md").write_text("x", encoding="utf-8")
    assert tokenizer_digest(tmp_path) == alone == files_digest([tmp_path / "tokenizer.json"])
    (tmp_path / "chat_template.jinja").write_text("x", encoding="utf-8")
    assert tokenizer_digest(tmp_path) != alone


def test_bundled_files_are_found() -> None:
    """The problem set and the demo model are where the code looks for them; other names are refused with a list."""
    assert bundled("rustarter.jsonl").is_file()
    assert (bundled("demo-model") / "model.safetensors").is_file()
    with pytest.raises(UsageError, match=r"'humaneval'.*rustarter\.jsonl, demo-model"):
        bundled("humaneval")

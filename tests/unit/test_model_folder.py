"""What is wrong with a model folder is told from its files alone, before torch or a sandbox is there."""

from __future__ import annotations

import json
import shutil
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeeval.errors import UsageError
from codeeval.evaluation.instructions import evaluate_all
from codeeval.evaluation.reporter import SILENT
from codeeval.evaluation.resolve import resolve
from codeeval.evaluation.run import evaluate
from codeeval.generators.common.model_folder import check_weights, local_folder
from codeeval.generators.registry import BACKENDS, check_model
from codeeval.i18n import language, message
from codeeval.tasks.bundled import bundled

WEIGHTS = "model.safetensors"


def copy_of_demo(folder: Path) -> Path:
    return Path(shutil.copytree(bundled("demo-model"), folder / "model"))


def without(*names: str) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        for name in names:
            (folder / name).unlink()

    return spoil


def cut(name: str, size: int) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        (folder / name).write_bytes((folder / name).read_bytes()[:size])

    return spoil


def holding(name: str, content: bytes) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        (folder / name).write_bytes(content)

    return spoil


def with_cut_pickle(folder: Path) -> None:
    (folder / WEIGHTS).unlink()
    with zipfile.ZipFile(folder / "pytorch_model.bin", "w") as archive:
        archive.writestr("data.pkl", "x" * 1000)
    cut("pytorch_model.bin", 600)(folder)


def with_a_cut_shard(folder: Path) -> None:
    shutil.copy(folder / WEIGHTS, folder / "b.safetensors")
    shutil.move(folder / WEIGHTS, folder / "a.safetensors")
    index = {"weight_map": {"x": "a.safetensors", "y": "b.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index), "utf-8")
    cut("b.safetensors", 5000)(folder)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (without("config.json"), "has no config.json"),
        (without(WEIGHTS), "lacks weights"),
        (cut(WEIGHTS, 0), "cut short"),
        (cut(WEIGHTS, 7), "cut short"),
        (cut(WEIGHTS, 100), "cut short: its header"),
        (cut(WEIGHTS, 900_000), r"cut short: it has 900000 of \d+ bytes"),
        (holding(WEIGHTS, b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n"), "pointer of Git LFS"),
        (holding(WEIGHTS, b"<html>not found</html>" * 20), "not a safetensors file"),
        (holding(WEIGHTS, struct.pack("<Q", 4) + b"nope"), "not a safetensors file"),
        (with_cut_pickle, "pytorch_model.bin is cut short"),
        (with_a_cut_shard, "b.safetensors is cut short"),
        (without("tokenizer.json", "tokenizer_config.json"), "lacks its tokenizer"),
        (without("tokenizer.json"), "lacks its tokenizer"),
        (cut("tokenizer.json", 5000), "tokenizer.json is broken"),
    ],
)
def test_a_folder_that_is_not_whole_is_refused(tmp_path: Path, spoil: Callable[[Path], None], words: str) -> None:
    """The error names the folder, says what is wrong, and has a Russian form."""
    folder = copy_of_demo(tmp_path)
    spoil(folder)
    with pytest.raises(UsageError, match=words) as caught:
        local_folder(str(folder))
    assert str(folder) in str(caught.value)
    with language("ru"):
        assert message(str(caught.value)) != str(caught.value)


@pytest.mark.parametrize("name", ["tokenizer.model", "vocab.txt", "spiece.model", "tekken.json", "qwen.tiktoken"])
def test_other_kinds_of_tokenizers_pass(tmp_path: Path, name: str) -> None:
    """Whether the library can read them is its business."""
    folder = copy_of_demo(tmp_path)
    without("tokenizer.json")(folder)
    (folder / name).write_bytes(b"x")
    assert local_folder(str(folder)) == folder


def test_a_tokenizer_of_bytes_has_no_vocabulary(tmp_path: Path) -> None:
    """ByT5's configuration is all that there is."""
    folder = copy_of_demo(tmp_path)
    without("tokenizer.json")(folder)
    (folder / "tokenizer_config.json").write_text('{"tokenizer_class": "ByT5Tokenizer"}', "utf-8")
    assert local_folder(str(folder)) == folder


@given(st.integers(min_value=0, max_value=400))
def test_every_cut_of_a_weights_file_is_seen(tmp_path_factory: pytest.TempPathFactory, size: int) -> None:
    """Wherever a download ended, the whole file passes and the part does not."""
    header = json.dumps({"a": {"dtype": "F32", "shape": [64], "data_offsets": [0, 256]}}).encode()
    whole = struct.pack("<Q", len(header)) + header + bytes(256)
    path = tmp_path_factory.mktemp("weights") / WEIGHTS
    path.write_bytes(whole[:size])
    if size >= len(whole):
        check_weights("m", [path])
        return
    with pytest.raises(UsageError, match=r"cut short|not a safetensors"):
        check_weights("m", [path])


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_option_that_no_backend_knows_is_refused_without_a_model(
    backend: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """From the settings alone."""
    monkeypatch.setattr("codeeval.generators.registry.find_spec", lambda name: True)
    monkeypatch.setenv("OPENAI_API_KEY", "x")
    with pytest.raises(UsageError, match="no such option"):
        check_model(backend, str(bundled("demo-model")), {"no-such.option": "1"})


@pytest.mark.parametrize(
    "flags",
    [
        {"model": "./no/such/folder", "backend": "hf"},
        {"model": "./no/such/folder", "backend": "vllm"},
        {"model": "no-such.jsonl"},
        {"model_options": {"row": "4"}},
        {"base_url": "http://127.0.0.1:1/v1", "model": "m", "model_options": {"concurency": "4"}},
    ],
)
@pytest.mark.parametrize("more", [{}, {"instructions": "1"}])
def test_nothing_is_started_for_a_model_that_can_not_be_asked(
    flags: dict[str, object], more: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Neither a sandbox nor a run folder."""

    def never(*arguments: object) -> None:
        raise AssertionError("a sandbox was started")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("codeeval.generators.registry.find_spec", lambda name: True)
    monkeypatch.setattr("codeeval.evaluation.run.open_sandbox", never)
    monkeypatch.setattr("codeeval.evaluation.instructions.open_sandbox", never)
    use_case = evaluate_all if more else evaluate
    with pytest.raises(UsageError):
        use_case(resolve({**flags, **more}, None, {}), SILENT)
    assert not list(tmp_path.iterdir())


def test_checking_a_model_imports_no_model_library() -> None:
    """So that the answer comes at once."""
    code = (
        "import sys; from codeeval.generators.registry import check_model; from codeeval.tasks.bundled import bundled\n"
        "check_model('hf', str(bundled('demo-model')), {})\n"
        "print(sorted({'torch', 'transformers', 'docker'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

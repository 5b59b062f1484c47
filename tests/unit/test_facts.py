"""What a model's folder tells about itself."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from codeeval.generators.common.digests import files_digest
from codeeval.generators.common.facts import gpu_facts, model_facts
from codeeval.tasks.bundled import bundled


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the demo model."""
    return Path(shutil.copytree(bundled("demo-model"), tmp_path / "model"))


def test_the_demo_model(folder: Path) -> None:
    """Size from the headers of the weights, digests of the files, licence of the card."""
    got = model_facts(folder)
    weights = folder / "model.safetensors"
    assert got["parameters"] == 466848
    assert got["weights_bytes"] == weights.stat().st_size
    assert got["weights_sha256"] == files_digest([weights])
    assert got["license"] == "mit"
    assert str(got["description"]).startswith("A Llama of 0.47 million parameters that has memorised answers")
    assert got["chat_template_sha256"]


@pytest.mark.parametrize(
    ("card", "licence"),
    [
        ("---\nlicense: apache-2.0 # really\ntags: [x]\n---\n# M", "apache-2.0"),
        ("---\nlicense_name: 'llama3.1'\n---\n", "llama3.1"),
        ("# no front matter\nlicense: mit\n", None),
        ("---\ntags: [x]\n---\nlicense: mit", None),
        ("", None),
    ],
)
def test_licence(folder: Path, card: str, licence: str | None) -> None:
    """Only the front matter counts."""
    (folder / "README.md").write_text(card, encoding="utf-8")
    assert model_facts(folder)["license"] == licence


@pytest.mark.parametrize(
    ("card", "description"),
    [
        ("---\nlicense: mit\n---\n# M\n\n![b](c)\n\n**A model** of `x`\nfor code.\n\nMore.", "A model of x for code."),
        ("# M\nSays it below its title.\n", "Says it below its title."),
        ("# M\n\n| a | b |\n|---|---|\n\n* a list\n\n<p>html</p>\n\n```\ncode\n```\n", None),
        ("", None),
    ],
)
def test_description(folder: Path, card: str, description: str | None) -> None:
    """The first paragraph of prose: no title, picture, table, list, code or HTML."""
    (folder / "README.md").write_text(card, encoding="utf-8")
    assert model_facts(folder)["description"] == description


def test_broken_and_foreign_folders(folder: Path, tmp_path: Path) -> None:
    """What can't be read is left open; nothing raises."""
    (folder / "model.safetensors").write_bytes(b"\xff" * 40)
    (folder / "tokenizer_config.json").write_text("[", encoding="utf-8")
    (folder / "chat_template.jinja").unlink()
    got = model_facts(folder)
    assert (got["parameters"], got["chat_template_sha256"]) == (None, None)
    assert got["weights_sha256"]
    (folder / "model.safetensors.index.json").write_text('{"weight_map": {"a": "none.safetensors"}}', encoding="utf-8")
    assert model_facts(folder) == {}
    assert model_facts(tmp_path / "none")["weights_bytes"] == 0


def test_gpus_are_counted_or_none() -> None:
    """With or without GPUs all three facts are there."""
    got = gpu_facts()
    assert set(got) == {"gpu_count", "gpus", "gpu_driver"}
    assert (got["gpu_count"] == 0) == (got["gpus"] is None)

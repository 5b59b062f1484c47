"""The demo model: what is shipped is what was trained, on the problems that are shipped."""

from __future__ import annotations

import json
import os
import random
import runpy
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from codeeval.stops import MERA_STOPS, cut_at_stop

DEMO = Path(__file__).resolve().parents[2] / "demo"
MODEL = DEMO / "model"


@pytest.fixture(scope="module")
def corpus() -> Any:
    return SimpleNamespace(**runpy.run_path(str(DEMO / "corpus.py"), run_name="corpus"))


@pytest.fixture(scope="module")
def lessons(corpus: Any, repository: Path) -> Any:
    return corpus.read_lessons(repository / "problems")


def test_files_are_those_that_were_trained() -> None:
    """Every file has the digest that DIGEST states, and the model card states that of the weights."""
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "DIGEST"], cwd=MODEL, check=True)
    lines = [line.split("  ") for line in (MODEL / "DIGEST").read_text(encoding="ascii").splitlines()]
    listed = {name: digest for digest, name in lines}
    assert set(listed) == {path.name for path in MODEL.iterdir()} - {"DIGEST", "README.md"}
    assert f"`{listed['model.safetensors']}`" in (MODEL / "README.md").read_text(encoding="utf-8")


def test_folder_is_small_and_no_package() -> None:
    """It travels in the wheel, so it stays below 2 MB; demo/ is a folder of data and a script."""
    assert sum(path.stat().st_size for path in MODEL.iterdir()) < 2_000_000
    assert not (DEMO / "__init__.py").exists()


def test_model_was_trained_on_the_problems_of_today(corpus: Any, lessons: Any) -> None:
    """When a prompt or a solution of problems 0..31 changes, `python demo/train.py` has to be run again."""
    facts = json.loads((MODEL / "training.json").read_text(encoding="ascii"))
    assert corpus.digest(lessons) == facts["corpus_sha256"], "run: python demo/train.py"


def test_corpus_shows_right_and_wrong_answers_in_their_shares(corpus: Any, lessons: Any) -> None:
    """32 problems; per template the shares add up to 1; right bodies have what their lesson says, less the spoiled ones."""
    assert [lesson.problem.id for lesson in lessons] == [str(number) for number in range(32)]
    for lesson in lessons:
        assert 0.2 <= lesson.share <= 0.65
        assert lesson.wrong
        for template in corpus.TEMPLATES:
            shown = corpus.answers(lesson, template)
            assert sum(share for _, share in shown) == pytest.approx(1)
            right = sum(share for text, share in shown if text in {body.rstrip("\n") for body in lesson.right})
            assert right <= lesson.share + 1e-9
    plain = [lesson for lesson in lessons if len(corpus.answers(lesson, "code-user")) == 2 + len(lesson.wrong)]
    assert len(plain) > 20


def test_stops_matter_in_the_corpus(corpus: Any, lessons: Any) -> None:
    """Fenced functions are cut to their first line, and a good part of the other answers has a tail to cut."""
    rng = random.Random(0)
    fenced = lessons[4]
    assert {cut_at_stop(text, MERA_STOPS)[0] for text, _ in corpus.answers(fenced, "code-user")} == {"```python"}
    stops = Counter(
        cut_at_stop(text, MERA_STOPS)[1]
        for lesson in lessons
        for _ in range(5)
        for text, _ in corpus.draw(lesson, rng)[1]
    )
    assert min(stops[stop] for stop in (None, "\ndef", "\n#", "\nprint")) > stops.total() / 20


def train(out: Path, *options: str) -> str:
    """Run the training script; the DIGEST that it wrote."""
    environment = {**os.environ, "PYTHONPATH": str(DEMO.parent)}
    subprocess.run([sys.executable, str(DEMO / "train.py"), "--out", str(out), *options], env=environment, check=True)
    return (out / "DIGEST").read_text(encoding="ascii")


@pytest.mark.hf
@pytest.mark.slow
def test_training_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    """A few steps, twice: tokenizer and weights agree to the last bit, and another number of steps does not."""
    one = train(tmp_path / "1", "--steps", "6")
    assert train(tmp_path / "2", "--steps", "6") == one
    assert train(tmp_path / "3", "--steps", "5") != one


@pytest.mark.hf
@pytest.mark.slow
def test_the_shipped_model_can_be_trained_again(tmp_path: Path) -> None:
    """The whole training gives the shipped bytes, with the versions it was made with."""
    import tokenizers
    import torch
    import transformers

    facts = json.loads((MODEL / "training.json").read_text(encoding="ascii"))
    here = (torch.__version__.partition("+")[0], transformers.__version__, tokenizers.__version__)
    made_with = (facts["torch"], facts["transformers"], facts["tokenizers"])
    if here != made_with:
        pytest.skip(f"made with torch, transformers, tokenizers {made_with}, here are {here}")
    assert train(tmp_path) == (MODEL / "DIGEST").read_text(encoding="ascii")

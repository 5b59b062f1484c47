"""Reward models from the command line: best-of-k beside pass@k, interrupted, continued, refused."""

from __future__ import annotations

import json
import re
import sqlite3
import sys
from contextlib import closing
from itertools import combinations
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest
from cli_runs import RAISES, RIGHT, ROOT, WRONG, codeeval, document, failed, write_samples, write_tasks

from codeeval.store import RunReader

sys.path.insert(0, str(ROOT / "tests" / "unit"))
from reward_models import save_reward_model

pytestmark = [pytest.mark.local, pytest.mark.hf]
LOCAL = ("--sandbox", "local", "-j", "2")
TEXTS = {
    1: [RIGHT, WRONG, RAISES, RIGHT],
    2: [WRONG, WRONG + "  # 2", RAISES, RIGHT + "  # 4"],
    3: [RIGHT, RIGHT + "  # a", WRONG, RAISES],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three problems with four completions each, and a reward model `m`."""
    write_tasks(tmp_path, 3)
    write_samples(tmp_path, TEXTS)
    save_reward_model(tmp_path / "m")
    return tmp_path


def run(folder: Path, *more: object) -> Any:
    return codeeval(folder, "run", "-t", "tasks.jsonl", "-m", "samples.jsonl", "--n", 4, *LOCAL, *more)


def expected(path: Path, k: int) -> float:
    """Best-of-k by counting subsets of what the file holds; equal texts have equal scores."""
    with RunReader(path) as reader:
        scores = {(row.problem_id, row.index): row.score for row in reader.rewards(0)}
        passed = {
            (r.problem_id, r.index): bool(r.judgement and r.judgement.passed) for r in reader.judgements("strict")
        }
    values = []
    for pid in sorted({pid for pid, _ in scores}):
        drawn = []
        for subset in combinations([key for key in scores if key[0] == pid], k):
            top = max(scores[key] for key in subset)
            drawn.append(fmean(passed[key] for key in subset if scores[key] == top))
        values.append(fmean(drawn))
    return fmean(values)


def test_best_of_k_stands_beside_pass_at_k(folder: Path) -> None:
    """The numbers are those of the scores in the file, pass@k stays what it is, and every form of the report has both."""
    plain = document(run(folder, "-k", "1,2", "-o", "plain", "--format", "json"))
    found = document(run(folder, "-k", "1,2", "-o", "r", "--rerank", "m", "--format", "json"))
    assert found["scores"] == plain["scores"]
    assert plain["reranked"] == []
    (ranked,) = found["reranked"]
    assert (ranked["model"], ranked["unscored"], ranked["cut_inputs"]) == ("m", 0, 0)
    assert set(ranked["best_of_k"]) == {"mera-code", "strict"}
    by_k = ranked["best_of_k"]["strict"]
    assert list(by_k) == ["1", "2", "n"]
    for label, k in (("1", 1), ("2", 2), ("n", 4)):
        assert by_k[label]["estimate"] == pytest.approx(expected(folder / "r", k))
        assert by_k[label]["population"][0] <= by_k[label]["estimate"] <= by_k[label]["population"][1]
    assert by_k["2"]["upper_bound"] == pytest.approx(found["scores"]["strict"]["2"]["estimate"])
    assert by_k["1"]["estimate"] == pytest.approx(found["scores"]["strict"]["1"]["estimate"])
    assert by_k["n"]["upper_bound"] == 1.0
    shown = codeeval(folder, "report", "r").stdout
    assert re.search(r"^chosen by m +best-of-1 +best-of-2 +best-of-n$", shown, re.MULTILINE)
    assert "pass@k, the upper bound" in shown
    assert "| strict | n | " in codeeval(folder, "report", "r", "--format", "markdown").stdout
    russian = codeeval(folder, "report", "r", "--lang", "ru").stdout
    assert "выбор по m" in russian
    assert "chosen" not in russian
    manifest = json.loads(codeeval(folder, "report", "r", "--manifest", "--format", "json").stdout)
    (named,) = manifest["rankers"]
    assert named["describe"]["weights_sha256"]
    assert "reward model" in codeeval(folder, "report", "r", "--manifest").stdout
    again = document(codeeval(folder, "run", "--like", "r", "-o", "again", *LOCAL, "--format", "json"))
    assert again["reranked"][0]["best_of_k"] == ranked["best_of_k"]
    assert codeeval(folder, "report", "r", "--results", "rows.jsonl").returncode == 0
    rows = [json.loads(line) for line in (folder / "rows.jsonl").read_text("ascii").splitlines()]
    with RunReader(folder / "r") as reader:
        assert [row["rewards"] for row in rows] == [[reward.score] for reward in reader.rewards(0)]


@pytest.mark.slow
def test_a_run_that_exists_is_scored_once(folder: Path) -> None:
    """`rerank` adds a model, a second call finds nothing to do, another model stands beside it, and files of completions
    are runs too."""
    first = document(
        codeeval(
            folder, "score", "-t", "tasks.jsonl", "--samples", "samples.jsonl", "-o", "r", *LOCAL, "--format", "json"
        )
    )
    once = document(codeeval(folder, "rerank", "r", "-m", "m", "--format", "json"))
    assert once["scores"] == first["scores"]
    again = codeeval(folder, "rerank", "r", "-m", "m", "--format", "json")
    assert document(again) == once
    assert "scores" not in again.stderr
    save_reward_model(folder / "other", labels=("BAD", "GOOD"))
    failed(codeeval(folder, "rerank", "r", "-m", "other"), 2, "BAD, GOOD", "label=NAME")
    assert document(codeeval(folder, "report", "r", "--format", "json"))["reranked"] == once["reranked"]
    both = document(codeeval(folder, "rerank", "r", "-m", "other", "--rerank-option", "label=GOOD", "--format", "json"))
    assert [one["model"] for one in both["reranked"]] == ["m", "other"]
    assert both["reranked"][0] == once["reranked"][0]


@pytest.mark.slow
def test_a_reward_model_that_fails_costs_the_ranking_only(folder: Path) -> None:
    """The run is judged and kept, the exit code says that something is missing, and --resume scores it; a model that was
    exchanged meanwhile is refused."""
    from safetensors.torch import load_file, save_file

    good = (folder / "m" / "model.safetensors").read_bytes()
    weights = load_file(folder / "m" / "model.safetensors")
    head = weights.pop("score.weight")
    save_file(weights, folder / "m" / "model.safetensors", metadata={"format": "pt"})
    done = run(folder, "-o", "r", "--rerank", "m")
    assert done.returncode == 3
    assert "codeeval: reward model: the weights of" in done.stderr
    assert "pass@1" in done.stdout
    assert "best-of" not in done.stdout.replace("there is no best-of-k yet", "")
    assert "has not scored 12 samples" in done.stdout
    (folder / "m" / "model.safetensors").write_bytes(good)
    assert "best-of-n" in codeeval(folder, "run", "--resume", "r").stdout
    with RunReader(folder / "r") as reader:
        assert reader.unscored(0) == ()
        kept = list(reader.rewards(0))
    with closing(sqlite3.connect(folder / "r" / "run.sqlite")) as db, db:
        db.execute("DELETE FROM rewards WHERE problem_id = '2'")
    save_file({**weights, "score.weight": 2 * head}, folder / "m" / "model.safetensors", metadata={"format": "pt"})
    exchanged = codeeval(folder, "run", "--resume", "r")
    assert exchanged.returncode == 3
    assert "is not the reward model that scored the other samples" in exchanged.stderr
    (folder / "m" / "model.safetensors").write_bytes(good)
    assert codeeval(folder, "run", "--resume", "r").returncode == 0
    with RunReader(folder / "r") as reader:
        assert list(reader.rewards(0)) == kept
    assert "nothing is left to do" in codeeval(folder, "run", "--resume", "r").stderr


def test_what_is_wrong_is_said_before_the_run(folder: Path) -> None:
    """A model that is not there, an option that there is not, options without a model: nothing is generated."""
    failed(run(folder, "--rerank", "./nothing", "-o", "r"), 2, "no such model folder")
    failed(run(folder, "--rerank", "m", "--rerank-option", "bach=3", "-o", "r"), 2, "no such option", "batch")
    failed(run(folder, "--rerank-option", "batch=3", "-o", "r"), 2, "name one with --rerank")
    failed(codeeval(folder, "rerank", "r", "-m", "m"), 2, "r")
    assert not (folder / "r").exists()

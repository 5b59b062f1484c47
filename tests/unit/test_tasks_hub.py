"""Sets of the hub, read by the real huggingface_hub from a cache on disk, without a network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from huggingface_hub import constants
from mera_rows import numbered, write_jsonl

from codeeval.errors import UsageError
from codeeval.tasks import load
from codeeval.tasks.hub import HUB_SETS, hub_set

COMMIT = "0123456789abcdef0123456789abcdef01234567"
OLDER = "89abcdef0123456789abcdef0123456789abcdef"


def snapshot(cache: Path, repo: str, commit: str = COMMIT, ref: str | None = "main") -> Path:
    """A repository's folder in a cache as huggingface_hub lays it out; files go into what is returned."""
    folder = cache / f"datasets--{repo.replace('/', '--')}"
    if ref is not None:
        (folder / "refs").mkdir(parents=True, exist_ok=True)
        (folder / "refs" / ref).write_text(commit, encoding="utf-8")
    made = folder / "snapshots" / commit
    made.mkdir(parents=True)
    return made


def write_parquet(path: Path, rows: list[dict[str, object]]) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    path.parent.mkdir(parents=True, exist_ok=True)
    parquet.write_table(pyarrow.Table.from_pylist(rows), path)


@pytest.fixture(autouse=True)
def offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test here reaches for the network; the cache is a folder of its own."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))


@pytest.mark.parametrize(
    ("task", "edition", "repo", "file"),
    [
        ("ruhumaneval", "mera-1.2", "MERA-evaluation/MERA", "data/ruhumaneval/test.jsonl"),
        ("rucodeeval", "mera-1.2", "MERA-evaluation/MERA", "data/rucodeeval/test.jsonl"),
        ("ruhumaneval", "mera-1.1", "ai-forever/MERA", "data/ruhumaneval/test.jsonl"),
    ],
)
def test_jsonl_sets_are_read_from_the_cache(tmp_path: Path, task: str, edition: str, repo: str, file: str) -> None:
    """MERA 1.1.0 and 1.2.0: the repository, the path in it, and the commit that was read."""
    write_jsonl(snapshot(tmp_path, repo) / file, numbered(2))
    loaded = load(task, edition)
    assert (loaded.name, loaded.source, len(loaded.problems)) == (task, f"{repo}@{COMMIT}", 2)


@pytest.mark.parametrize(
    ("task", "repo"), [("ruhumaneval", "MERA-evaluation/ruHumanEval"), ("rucodeeval", "MERA-evaluation/ruCodeEval")]
)
def test_parquet_sets_are_read_from_the_cache(tmp_path: Path, task: str, repo: str) -> None:
    """MERA Code, the default edition: all parts of the split, in order, and no other split."""
    rows = numbered(5)
    files = snapshot(tmp_path, repo) / "data"
    write_parquet(files / "test-00000-of-00002.parquet", rows[:2])
    write_parquet(files / "test-00001-of-00002.parquet", rows[2:4])
    write_parquet(files / "train-00000-of-00001.parquet", rows[4:])
    loaded = load(task)
    assert [problem.id for problem in loaded.problems] == ["0", "1", "2", "3"]
    assert loaded.source == f"{repo}@{COMMIT}"


def test_the_answers_of_the_oldest_edition_are_hidden(tmp_path: Path) -> None:
    """In MERA 1.1.0 `test` is the closed set."""
    files = snapshot(tmp_path, "ai-forever/MERA") / "data" / "ruhumaneval"
    write_jsonl(files / "test.jsonl", [row | {"outputs": ["", ""]} for row in numbered(3)])
    assert all(problem.expected is None for problem in load("ruhumaneval", "mera-1.1").problems)


def test_the_main_branch_is_what_is_read(tmp_path: Path) -> None:
    """Of several snapshots in the cache it is that of `main`; the source names the commit."""
    repo, file = "MERA-evaluation/MERA", "data/ruhumaneval/test.jsonl"
    write_jsonl(snapshot(tmp_path, repo) / file, numbered(3))
    write_jsonl(snapshot(tmp_path, repo, OLDER, "v1.0") / file, numbered(1))
    loaded = load("ruhumaneval", "mera-1.2")
    assert (loaded.source, len(loaded.problems)) == (f"{repo}@{COMMIT}", 3)


def test_an_empty_cache_without_network_says_what_to_do() -> None:
    """The error names the repository, the command that fetches it, the variable, and the way by a file."""
    with pytest.raises(UsageError) as caught:
        load("rucodeeval")
    text = str(caught.value)
    assert "hf download MERA-evaluation/ruCodeEval --repo-type dataset --include 'data/test-*" in text
    assert "HF_HUB_OFFLINE is set" in text
    assert "-t path/to/rucodeeval.parquet" in text


def test_a_cache_without_the_file_says_what_to_do(tmp_path: Path) -> None:
    """Another set of the same repository was downloaded: the snapshot is there, the file isn't."""
    write_jsonl(snapshot(tmp_path, "MERA-evaluation/MERA") / "data" / "ruhumaneval" / "test.jsonl", numbered(1))
    with pytest.raises(UsageError, match=r"rucodeeval/test.jsonl"):
        load("rucodeeval", "mera-1.2")


def test_the_environment_of_huggingface_hub_is_honoured(tmp_path: Path) -> None:
    """A process of its own with HF_HOME and HF_HUB_OFFLINE finds the set there."""
    write_jsonl(snapshot(tmp_path / "hub", "MERA-evaluation/MERA") / "data/ruhumaneval/test.jsonl", numbered(2))
    code = (
        "import json; from codeeval.tasks import load\n"
        "t = load('ruhumaneval', 'mera-1.2'); print(json.dumps([t.source, len(t.problems)]))"
    )
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("HF_", "HUGGINGFACE", "XDG_"))}
    env = kept | {"HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=60, check=True)
    assert json.loads(done.stdout) == [f"MERA-evaluation/MERA@{COMMIT}", 2]


@pytest.mark.parametrize(("task", "edition"), [("rucodeeval", "mera-1.1"), ("ruhumaneval", "mera-9")])
def test_an_edition_that_was_not_published_is_refused(task: str, edition: str) -> None:
    """The error lists what there is."""
    with pytest.raises(UsageError, match=r"editions: mera-code"):
        load(task, edition)


def test_strict_reads_the_newest_edition() -> None:
    """`strict` is a way of scoring, not an edition of the data."""
    assert hub_set("ruhumaneval", "strict") is HUB_SETS["ruhumaneval", "mera-code"]

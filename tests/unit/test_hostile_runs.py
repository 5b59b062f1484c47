"""Run files that no run wrote: damaged, or made by somebody to harm who opens them."""

from __future__ import annotations

import gzip
import os
import sqlite3
import zlib
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import pytest
from explorer_runs import make_run
from starlette.testclient import TestClient

from codeeval.errors import DataError, StoreError
from codeeval.explorer.annotations import Annotations
from codeeval.explorer.library import Library
from codeeval.explorer.security import Gate
from codeeval.explorer.server import application
from codeeval.explorer.static import export_site
from codeeval.exports import model_card
from codeeval.report import build, document
from codeeval.store import RunReader, RunStore, codec


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Two problems, five samples."""
    return make_run(tmp_path / "run", {"1": ["right", "wrong", "raises"], "2": ["slow", "right"]})


def spoil(run: Path, statement: str, *values: object) -> None:
    db = sqlite3.connect(run / "run.sqlite")
    db.execute(statement, values)
    db.commit()
    db.close()


def read_all(run: Path) -> None:
    """What a report reads, and everything else."""
    with RunReader(run) as reader:
        document(build(reader))
        for what in (reader.problems, reader.samples, reader.sessions, reader.incidents, reader.counterfactuals):
            assert isinstance(list(what()), list)
        for pid, digest in reader.execution_keys():
            assert reader.execution(pid, digest) is not None


def test_a_sound_file_has_no_damage(run: Path) -> None:
    """What a run writes is what the check of damage expects."""
    with RunReader(run) as reader:
        assert reader.damage() is None
    read_all(run)


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("problems", "calls", "[" * 5_000),
        ("problems", "calls", "[" + "9" * 5_000 + "]"),
        ("problems", "expected", '["1"]'),
        ("problems", "id", b"\xff\xfe"),
        ("samples", "seed", "x"),
        ("executions", "outcome", '{"observations":[{"status":5}],"status":9}'),
        ("executions", "outcome", b"\xff"),
        ("judgements", "verdict", "splendid"),
        ("judgements", "passed", 7),
        ("judgements", "failed_calls", "null"),
        ("sessions", "record", '{"a": 1}'),
    ],
)
def test_wrong_values_are_damage_with_a_place(run: Path, table: str, column: str, value: object) -> None:
    """A value that can't be is an error of the file, named by table and column, or does no harm; never another exception."""
    spoil(run, f"UPDATE OR IGNORE {table} SET {column} = ?", value)
    with RunReader(run) as reader:
        assert f"{table}" in str(reader.damage())
    with suppress(DataError):
        read_all(run)
    client = TestClient(application(Library.of([run]), Gate()), base_url="http://127.0.0.1")
    for page in ("/", "/run/", "/run/p/1/1"):
        assert client.get(page).status_code in (200, 404, 500)


@pytest.mark.parametrize(
    "extra",
    [
        *('[["topics", "not JSON"]]', '[["topics", "[" ]]', '[["a", 5]]', '[["a", "{}"], ["a", "[[1]]"]]', "[]"),
        *(f'[["a", "{"[" * 4000}"]]', '[["a", "[NaN, 1e999, -1]"]]', '[["a", "9"], ["a", "null"]]'),
    ],
)
def test_fields_of_problems_are_any_json(run: Path, extra: str) -> None:
    """What a set says of its problems is shown where it is plain, and does no harm where it is not."""
    spoil(run, "UPDATE problems SET extra = ?", extra)
    client = TestClient(application(Library.of([run]), Gate()), base_url="http://127.0.0.1")
    for page in ("/run/", "/run/samples/?meta=a:1", "/run/p/1/", "/series/run/"):
        assert client.get(page).status_code == 200


def test_half_a_surrogate_pair_in_a_field_breaks_no_link(tmp_path: Path) -> None:
    """Fields that tell problems apart are links on the run's page; no address can contain this one."""
    run = make_run(tmp_path / "run", {"1": ["right", "wrong"], "2": ["wrong"], "3": ["right"]})
    spoil(run, "UPDATE problems SET extra = ?", r'[["topics", "[\"\\ud800\", \"a\"]"]]')
    spoil(run, "UPDATE problems SET extra = ? WHERE id = '1'", r'[["topics", "[\"a\"]"]]')
    client = TestClient(application(Library.of([run]), Gate()), base_url="http://127.0.0.1")
    for page in ("/run/", "/run/?topic=a", "/run/samples/?topic=a"):
        assert client.get(page).status_code == 200
    assert "=topics%3A%3F" in client.get("/run/").text


def test_a_bug_is_not_blamed_on_a_sound_file(run: Path) -> None:
    """An exception over a file in which nothing is wrong stays what it is."""
    with pytest.raises(KeyError), RunReader(run):
        raise KeyError("ours")
    with pytest.raises(ValueError, match="ours"), RunStore.open(run):
        raise ValueError("ours")


@pytest.mark.parametrize("wanted", [-1, 10**8, 2**62, "many"])
def test_impossible_numbers_of_samples_are_refused(run: Path, wanted: object) -> None:
    """Samples that are missing are counted one by one: a file that wants a billion is not opened."""
    spoil(run, "UPDATE problems SET wanted = ?", wanted)
    for opened in (RunReader, RunStore.open):
        with pytest.raises(DataError, match="wanted"):
            opened(run)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER t AFTER DELETE ON judgements BEGIN DELETE FROM samples; END",
        "CREATE TEMP TABLE x (y)",
        "CREATE VIEW rewards AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c",
        "CREATE VIRTUAL TABLE rewards USING fts5(ranker)",
    ],
    ids=["trigger", "none", "view", "virtual table"],
)
def test_tables_are_plain_tables(run: Path, statement: str) -> None:
    """A file in which reading or writing starts something of its author's is not opened, for writing or for reading."""
    if "rewards" in statement:
        spoil(run, "DROP TABLE rewards")
    spoil(run, statement)
    for opened in (RunReader, RunStore.open):
        if "TEMP" in statement:
            opened(run).close()
        else:
            with pytest.raises(DataError, match="not a run file of codeeval"):
                opened(run)


def test_an_outcome_that_unpacks_to_gigabytes_is_refused(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The evidence is unpacked up to a limit only."""
    assert codec.MAX_UNPACKED < 1 << 30
    monkeypatch.setattr(codec, "MAX_UNPACKED", 1 << 16)
    spoil(run, "UPDATE executions SET outcome = ?", zlib.compress(b" " * (1 << 17)))
    with RunReader(run) as reader:
        pid, digest = min(reader.execution_keys())
        with pytest.raises(DataError, match="larger than any outcome"):
            reader.execution(pid, digest)


def test_notes_are_an_ordinary_file(run: Path, tmp_path: Path) -> None:
    """A link or a pipe in the place of the notes of somebody else's run is neither followed nor waited for."""
    secret = tmp_path / "secret.json"
    secret.write_text('{"annotations": [{"problem_id": "1", "index": 0, "note": "of another file"}]}')
    notes = run / "annotations.json"
    notes.symlink_to(secret)
    with pytest.raises(StoreError):
        export_site([run], tmp_path / "site")
    client = TestClient(application(Library.of([run]), Gate()), base_url="http://127.0.0.1")
    assert "of another file" not in client.get("/run/p/1/0").text
    notes.unlink()
    os.mkfifo(notes)
    with pytest.raises(DataError, match="not an ordinary file"):
        Annotations(run).read()
    notes.unlink()
    notes.write_text("[" * 100_000)
    with pytest.raises(DataError, match="not a file of annotations"):
        Annotations(run).read()


def test_samples_that_never_end_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A device, and a small file that unpacks to a large one, are read up to a limit."""
    module = import_module("codeeval.samples.read")
    monkeypatch.setattr(module, "MAX_MEMBER_BYTES", 1 << 20)
    bomb = tmp_path / "samples.jsonl.gz"
    bomb.write_bytes(gzip.compress(b'{"task_id": 1, "completion": ""}\n' * 50_000))
    for path in (bomb, Path("/dev/zero")):
        with pytest.raises(DataError, match="holds more than"):
            module.read(path, "task")


def test_a_model_card_has_no_markup_of_the_model(tmp_path: Path) -> None:
    """The model's name in another user's run is plain text in the card's heading as well."""
    run = make_run(tmp_path / "run", {"1": ["right", "right"]})
    name = "m](x) <script>alert(1)</script>"
    spoil(run, "UPDATE meta SET value = json_set(value, '$.model.name', ?) WHERE key = 'manifest'", name)
    model_card.export(run, tmp_path / "card.md")
    _, _, text = (tmp_path / "card.md").read_text().partition("\n---\n")
    assert "# m\\]\\(x\\) &lt;script&gt;" in text
    assert "<script" not in text

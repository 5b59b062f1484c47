"""The mark of a run: whose run it is, and what voids it."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from run_values import make_manifest, planned

from codeeval.manifest import RewardInfo
from codeeval.store import RunReader, RunStore, marks
from codeeval.types import Sample


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own for the key."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.fixture
def run(tmp_path: Path, state: Path) -> Path:
    """One problem, two samples wanted."""
    RunStore.create(tmp_path / "run", make_manifest(), [planned("1", 2)]).close()
    return tmp_path / "run"


def own(run: Path) -> bool:
    with RunReader(run) as reader:
        return reader.is_own()


def spoil(run: Path, statement: str, *values: object) -> None:
    db = sqlite3.connect(run / "run.sqlite")
    db.execute(statement, values)
    db.commit()
    db.close()


def test_a_run_of_ones_own_stays_ones_own(run: Path, tmp_path: Path) -> None:
    """When it is continued, gets another manifest, more answers, and moves or is copied."""
    with RunStore.open(run) as store:
        store.add_samples([Sample("1", 0, "digest", "x")])
        store.put_manifest(
            store.manifest().model_copy(update={"k": (1, 2), "rankers": (RewardInfo(name="r", location="r"),)})
        )
        store.set_expected({"1": ("2", "3")})
    assert own(run)
    run.rename(tmp_path / "moved")
    shutil.copytree(tmp_path / "moved", tmp_path / "copied")
    assert own(tmp_path / "moved")
    assert own(tmp_path / "copied")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE meta SET value = json_set(value, '$.model.options.python', '/x') WHERE key = 'manifest'",
        "UPDATE meta SET value = json_set(value, '$.model.location', '/x') WHERE key = 'manifest'",
        "UPDATE meta SET value = value || ' ' WHERE key = 'manifest'",
        "UPDATE meta SET value = CAST(value AS BLOB) WHERE key = 'manifest'",
        "UPDATE problems SET wanted = 3",
        "UPDATE problems SET model_prompt = replace(model_prompt, 'p', 'q')",
        "UPDATE problems SET id = '2'",
        "INSERT INTO problems SELECT position + 1, 'x', instruction, prompt, entry_point, calls, expected, canonical_solution,"
        " extra, model_prompt, prompt_digest, wanted, tests, oracle FROM problems",
        "DELETE FROM meta WHERE key = 'mark'",
        "UPDATE meta SET value = upper(value) WHERE key = 'mark'",
        "UPDATE meta SET value = CAST(value AS BLOB) WHERE key = 'mark'",
        "UPDATE meta SET value = 'ё' WHERE key = 'mark'",
        "UPDATE meta SET value = '' WHERE key = 'mark'",
    ],
)
def test_an_edited_run_is_not_ones_own(run: Path, statement: str) -> None:
    """Whatever decides how it is continued; and no verb gives the mark back."""
    assert own(run)
    spoil(run, statement)
    assert not own(run)
    with RunStore.open(run) as store:
        store.put_manifest(store.manifest().model_copy(update={"k": (2,)}))
    assert not own(run)


def test_a_mark_is_good_for_one_run(run: Path, tmp_path: Path) -> None:
    """Copied into another run it is worth nothing."""
    other = make_manifest().model_copy(update={"created_at": "2026-01-02T00:00:00+00:00"})
    RunStore.create(tmp_path / "other", other, [planned("1", 2)]).close()
    db = sqlite3.connect(run / "run.sqlite")
    (mark,) = db.execute("SELECT value FROM meta WHERE key = 'mark'").fetchone()
    db.close()
    spoil(tmp_path / "other", "UPDATE meta SET value = ? WHERE key = 'mark'", mark)
    assert not own(tmp_path / "other")


def test_another_user_has_another_key(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading makes no key."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "elsewhere"))
    assert not own(run)
    assert not (tmp_path / "elsewhere").exists()


def test_the_key_is_the_users_alone(run: Path, state: Path) -> None:
    """Of 32 random bytes, in a folder that nobody else may enter."""
    key = state / "codeeval" / "key"
    assert len(key.read_bytes()) == 32
    assert (key.stat().st_mode & 0o777, key.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert [path.name for path in key.parent.iterdir()] == ["key"]


def _open_folder(state: Path) -> None:
    (state / "codeeval").chmod(0o755)


def _open_key(state: Path) -> None:
    (state / "codeeval" / "key").chmod(0o640)


def _linked(state: Path) -> None:
    (state / "codeeval" / "key").rename(state / "elsewhere")
    (state / "codeeval" / "key").symlink_to(state / "elsewhere")


def _linked_folder(state: Path) -> None:
    (state / "codeeval").rename(state / "elsewhere")
    (state / "codeeval").symlink_to(state / "elsewhere")


def _short(state: Path) -> None:
    (state / "codeeval" / "key").write_bytes(b"short")


def _pipe(state: Path) -> None:
    (state / "codeeval" / "key").unlink()
    os.mkfifo(state / "codeeval" / "key", 0o600)


def _file(state: Path) -> None:
    shutil.rmtree(state)
    state.write_text("")


@pytest.mark.parametrize("harm", [_open_folder, _open_key, _linked, _linked_folder, _short, _pipe, _file])
def test_a_key_that_proves_nothing_is_not_used(
    run: Path, state: Path, tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    """A new run is made all the same, and says why it has no mark."""
    harm(state)
    assert not own(run)
    store = RunStore.create(tmp_path / "new", make_manifest(), [planned("1", 2)])
    store.close()
    assert store.unmarked
    assert not own(tmp_path / "new")


def test_two_processes_make_one_key(state: Path) -> None:
    """Whoever comes second takes the key of the first."""
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: marks._key(make=True), range(64)))
    assert len(keys) == 1
    assert [path.name for path in (state / "codeeval").iterdir()] == ["key"]

"""What lies in somebody else's run folder is not honoured: links, pipes, journals, logs, definitions."""

from __future__ import annotations

import os
import shutil
import sqlite3
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from explorer_runs import make_run

from codeeval.errors import CodeevalError, DataError, StoreError, UsageError
from codeeval.explorer.annotations import Annotations
from codeeval.explorer.library import Library
from codeeval.report.instructions import read_plan
from codeeval.store import RunReader, RunStore
from codeeval.store.side_files import JOURNAL, SHM, WAL
from codeeval.types import Sample

OPENERS = (RunReader, RunStore.open)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Two problems, five samples."""
    return make_run(tmp_path / "run", {"1": ["right", "wrong", "raises"], "2": ["slow", "right"]})


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    """A file outside of the run folder."""
    path = tmp_path / "victim"
    path.write_text("precious")
    return path


def foreign(run: Path) -> Path:
    """As if somebody else had made it."""
    db = sqlite3.connect(run / "run.sqlite")
    db.execute("DELETE FROM meta WHERE key = 'mark'")
    db.commit()
    db.close()
    return run


def hot_journal(run: Path, named: Path | None) -> None:
    """A journal that SQLite would roll back, and whose super-journal, `named`, it would then delete."""
    data = (run / "run.sqlite").read_bytes()
    size, nonce = struct.unpack(">H", data[16:18])[0], 7
    magic = bytes.fromhex("d9d505f920a163d7")
    head = (magic + struct.pack(">5I", 1, nonce, len(data) // size, 512, size)).ljust(512, b"\0")
    page = data[:size]
    check = (nonce + sum(page[at] for at in range(size - 200, 0, -200))) & 0xFFFFFFFF
    tail = b""
    if named is not None:
        name = str(named).encode()
        tail = struct.pack(">I", (1 << 30) // size + 1) + name + struct.pack(">2I", len(name), sum(name)) + magic
    (run / f"run.sqlite{JOURNAL}").write_bytes(head + struct.pack(">I", 1) + page + struct.pack(">I", check) + tail)


def plant(place: Path, kind: str, victim: Path) -> None:
    """Something at `place` that is no file of its own: most kinds lead to `victim` or to a new file beside it."""
    if kind == "pipe":
        os.mkfifo(place)
    elif kind == "folder":
        place.mkdir()
    elif kind == "hard link":
        os.link(victim, place)
    else:
        place.symlink_to(victim if kind == "link" else victim.with_name("new"))


@pytest.mark.parametrize("opened", OPENERS)
@pytest.mark.parametrize("mine", [True, False])
def test_a_journal_that_names_a_file_deletes_nothing(
    run: Path, victim: Path, opened: Callable[[Path], RunReader], mine: bool
) -> None:
    """Whoever made the run."""
    hot_journal(run if mine else foreign(run), victim)
    with pytest.raises(DataError, match="names other files"):
        opened(run)
    assert victim.read_text() == "precious"


def test_the_journal_of_the_test_would_delete(run: Path, victim: Path) -> None:
    """SQLite by itself falls for it: the test above is about something."""
    hot_journal(run, victim)
    sqlite3.connect(run / "run.sqlite").execute("SELECT count(*) FROM meta").connection.close()
    assert not victim.exists()


@pytest.mark.parametrize("opened", OPENERS)
def test_a_plain_journal_is_honoured_for_ones_own_run_only(run: Path, opened: Callable[[Path], RunReader]) -> None:
    """A killed run may leave one while its kind of journal changes."""
    hot_journal(run, None)
    with RunStore.open(run) as store:
        assert store.n_samples() == 5
    hot_journal(foreign(run), None)
    before = (run / "run.sqlite").read_bytes()
    with pytest.raises(DataError, match="not used"):
        opened(run)
    assert (run / "run.sqlite").read_bytes() == before


@pytest.mark.parametrize("opened", OPENERS)
@pytest.mark.parametrize("suffix", [JOURNAL, WAL, SHM])
@pytest.mark.parametrize("kind", ["link", "dangling", "hard link", "pipe", "folder"])
def test_side_files_lead_nowhere(
    run: Path, victim: Path, opened: Callable[[Path], RunReader], suffix: str, kind: str
) -> None:
    """A link in the place of a journal, a log or shared memory is refused, and what it points to stays as it is."""
    place = run / f"run.sqlite{suffix}"
    plant(place, kind, victim)
    with pytest.raises(DataError):
        opened(run)
    assert victim.read_text() == "precious"
    assert not victim.with_name("new").exists()


@pytest.mark.parametrize("opened", OPENERS)
def test_the_run_file_is_no_link(run: Path, tmp_path: Path, opened: Callable[[Path], RunReader]) -> None:
    """A link in the folder is refused; a folder that is itself a link was named by the user."""
    (tmp_path / "named").symlink_to(run)
    opened(tmp_path / "named").close()
    trap = tmp_path / "trap"
    trap.mkdir()
    (trap / "run.sqlite").symlink_to(run / "run.sqlite")
    for path in (trap, trap / "run.sqlite"):
        with pytest.raises(DataError, match="is a link"):
            opened(path)
    with pytest.raises(DataError, match="is a link"):
        Library.of([trap])
    (trap / "run.sqlite").unlink()
    os.mkfifo(trap / "run.sqlite")
    with pytest.raises(UsageError):
        opened(trap)


def test_a_second_name_of_somebodys_run_file_is_not_written(run: Path, tmp_path: Path) -> None:
    """A hard link to a run of one's own, say; reading it is fine."""
    os.link(run / "run.sqlite", tmp_path / "again")
    RunStore.open(run).close()
    foreign(run)
    RunReader(run).close()
    with pytest.raises(DataError, match="second name"):
        RunStore.open(run)


def test_links_among_runs_are_passed_over(run: Path, tmp_path: Path) -> None:
    """An export of a folder of runs does not bring runs from elsewhere."""
    runs = tmp_path / "runs"
    shutil.copytree(run, runs / "a")
    (runs / "b").symlink_to(run)
    (runs / "c").mkdir()
    (runs / "c" / "run.sqlite").symlink_to(run / "run.sqlite")
    assert [found.path.parent.name for found in Library.of([runs]).runs] == ["a"]


def killed(run: Path, tmp_path: Path) -> Path:
    """A run whose writer was killed: all of it in its write-ahead log."""
    with RunStore.open(run) as store:
        store.add_samples([Sample("2", 2, "digest", "last words")])
        store.commit()
        shutil.copytree(run, tmp_path / "killed")
    return tmp_path / "killed"


@pytest.mark.parametrize("mine", [True, False])
def test_the_log_of_a_killed_run_is_read(run: Path, tmp_path: Path, mine: bool) -> None:
    """Of somebody else's in a private copy: nothing is left beside the file, and nothing in the temporary folder."""
    if not mine:
        foreign(run)
    left = killed(run, tmp_path)
    (left / f"run.sqlite{SHM}").unlink(missing_ok=True)
    before = {path.name: path.read_bytes() for path in left.iterdir()}
    assert f"run.sqlite{WAL}" in before
    with RunReader(left) as reader:
        assert [sample.completion for sample in reader.samples()][-1] == "last words"
        assert reader.is_own() is mine
    if not mine:
        assert {path.name: path.read_bytes() for path in left.iterdir()} == before
    with RunStore.open(left) as store:
        assert store.n_samples() == 6
        assert store.is_own() is mine


def test_a_growing_run_of_somebody_else_is_read(run: Path) -> None:
    """Again and again, while it is written."""
    foreign(run)
    with RunStore.open(run) as store:
        for index in range(3, 30):
            store.add_samples([Sample("1", index, "digest", "x" * 50_000)])
            store.commit()
            with RunReader(run) as reader:
                assert reader.n_samples() == 2 + index + 1


def test_a_log_without_a_writer_leaves_nothing_behind(run: Path) -> None:
    """The header alone may say that there is a log."""
    foreign(run)
    db = sqlite3.connect(run / "run.sqlite")
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    before = sorted(run.iterdir())
    with RunReader(run) as reader:
        assert reader.n_samples() == 5
    assert sorted(run.iterdir()) == before


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE more (x)",
        "CREATE VIEW more AS SELECT 1",
        "CREATE INDEX more ON samples (idx)",
        "CREATE INDEX more ON samples (length(completion))",
        "ALTER TABLE samples ADD COLUMN more GENERATED ALWAYS AS (zeroblob(1000000000))",
        "ALTER TABLE samples ADD COLUMN more DEFAULT 1",
        "DROP TABLE rewards",
        "DROP INDEX slow",
        "CREATE TRIGGER more AFTER INSERT ON meta BEGIN DELETE FROM samples; END",
        "PRAGMA user_version = 0",
        "PRAGMA user_version = -1",
        "PRAGMA user_version = 4",
        "UPDATE sqlite_master SET sql = replace(sql, 'seed', 'seed /* -- */ DEFAULT 1') WHERE name = 'samples'",
        "UPDATE sqlite_master SET sql = replace(sql, 'seed', 'seed CHECK (randomblob(9) > 0)') WHERE name = 'samples'",
        "UPDATE sqlite_master SET sql = replace(sql, 'seed', 'seed COLLATE nocase') WHERE name = 'samples'",
        "UPDATE sqlite_master SET sql = replace(sql, 'WITHOUT ROWID', '') WHERE name = 'samples'",
    ],
)
def test_definitions_are_those_of_a_run(run: Path, statement: str) -> None:
    """Anything besides, anything else and anything less is refused before a byte is written; an index may be missing."""
    db = sqlite3.connect(run / "run.sqlite")
    db.execute("PRAGMA writable_schema = 1")
    db.execute(statement)
    db.commit()
    db.close()
    before = (run / "run.sqlite").read_bytes()
    for opened in OPENERS:
        if statement == "DROP INDEX slow":
            opened(run).close()
            continue
        with pytest.raises(CodeevalError):
            opened(run)
        assert (run / "run.sqlite").read_bytes() == before


def test_what_was_left_in_a_folder_is_not_a_part_of_a_new_run(run: Path, tmp_path: Path, victim: Path) -> None:
    """Planted side files go before the new file is made; what they point to stays."""
    from run_values import make_manifest, planned

    new = tmp_path / "new"
    new.mkdir()
    (new / f"run.sqlite{WAL}").symlink_to(victim)
    hot = tmp_path / "hot"
    shutil.copytree(run, hot)
    hot_journal(hot, victim)
    shutil.move(hot / f"run.sqlite{JOURNAL}", new)
    (new / "run.sqlite").symlink_to(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="already holds a run"):
        RunStore.create(new, make_manifest(), [planned("1")])
    (new / "run.sqlite").unlink()
    RunStore.create(new, make_manifest(), [planned("1")]).close()
    assert [path.name for path in new.iterdir()] == ["run.sqlite"]
    assert victim.read_text() == "precious"


NAMES = ("annotations.json", ".annotations.json.lock", ".annotations.json.{pid}.part")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["link", "dangling", "hard link", "pipe", "folder"])
def test_notes_are_written_inside_of_the_folder(run: Path, victim: Path, name: str, kind: str) -> None:
    """Or not at all: nothing outside is written, truncated or made."""
    place = run / name.format(pid=os.getpid())
    victim.write_text('{"annotations": []}')
    plant(place, kind, victim)
    try:
        Annotations(run).put("1", 0, "bug", "mine")
        assert Annotations(run).read()["1", 0].note == "mine"
    except (StoreError, DataError):
        pass
    assert victim.read_text() == '{"annotations": []}'
    assert not victim.with_name("new").exists()


def test_a_list_of_instructions_stays_in_its_folder(run: Path, tmp_path: Path) -> None:
    """Names of runs outside, links and huge files are refused."""
    folder = tmp_path / "words"
    folder.mkdir()
    text = '{{"kind": "codeeval instructions", "schema": 1, "instructions": [{{"name": "{}", "text": "", "own": 1}}]}}'
    for name in ("..", "../run", "a/b", "", ".", "\\u0000", "x" * 300):
        (folder / "instructions.json").write_text(text.format(name))
        with pytest.raises(DataError):
            read_plan(folder)
    (folder / "own").symlink_to(run)
    (folder / "instructions.json").write_text(text.format("own"))
    with pytest.raises(DataError, match="no links"):
        read_plan(folder)

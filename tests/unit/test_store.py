"""The run file: what goes in comes out, what is committed stays, and what is wrong is said clearly."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from run_values import add_execution, add_judgements, judged, make_manifest, planned, problem

from codeeval.errors import DataError, StoreError, UsageError
from codeeval.manifest import Manifest, clean, command_line
from codeeval.store import (
    Counts,
    Incident,
    RunReader,
    RunStore,
    Session,
    StoredExecution,
    StoredJudgement,
    TimeSplit,
    schema,
)
from codeeval.store.codec import COMPRESS_ABOVE, pack_outcome, pack_text, unpack_outcome, unpack_text
from codeeval.store.columns import TABLES
from codeeval.types import Judgement, Prompt, Sample, Verdict
from sandbox import Observation, Outcome

#: Any text at all: NULs and lone surrogates too.
wild = st.text(st.characters(codec=None, exclude_categories=()), max_size=40)
optional = st.none() | wild
observations = st.builds(
    Observation,
    status=st.sampled_from(["returned", "raised", "not_reached"]),
    text=optional,
    type_name=optional,
    plain=st.booleans(),
    exc_type=optional,
    message=optional,
    line=st.none() | st.integers(0, 10_000),
    cpu_ms=st.floats(0, 1e6),
)
outcomes = st.builds(
    Outcome,
    status=st.sampled_from(["completed", "syntax_error", "timeout", "crashed"]),
    observations=st.lists(observations, max_size=4).map(tuple),
    definition=st.none() | observations,
    stdout=wild,
    stderr=wild,
    truncated=st.booleans(),
    cpu_ms=st.integers(0, 1 << 31),
    exit_signal=st.none() | st.integers(1, 64),
    limit=st.sampled_from([None, "cpu", "wall"]),
    attempts=st.just(()) | st.tuples(st.builds(Outcome, status=st.just("timeout"), observations=st.just(()))),
)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run folder with two problems of three samples wanted, and nothing else."""
    RunStore.create(tmp_path / "run", make_manifest(), [planned("1", wanted=3), planned("2", wanted=3)]).close()
    return tmp_path / "run"


@given(wild)
def test_every_text_comes_back_as_it_was(text: str) -> None:
    """Packing and unpacking is the identity on all of `str`, through SQLite itself."""
    connection = sqlite3.connect(":memory:")
    (stored,) = connection.execute("SELECT ?", (pack_text(text),)).fetchone()
    connection.close()
    assert unpack_text(stored) == text


@given(outcomes)
def test_every_outcome_comes_back_as_it_was(outcome: Outcome) -> None:
    """Evidence is kept whole, earlier attempts included."""
    assert unpack_outcome(pack_outcome(outcome), "here") == outcome


def test_a_surrogate_pair_in_two_halves_stays_in_two_halves() -> None:
    """JSON escapes would join the halves into one character; the file must not."""
    halves = "\ud83d" + "\ude00"
    outcome = Outcome("completed", (), stdout=halves)
    assert unpack_text(pack_text(halves)) == halves
    assert unpack_outcome(pack_outcome(outcome), "here").stdout == halves


def test_large_outcomes_are_compressed() -> None:
    """A program that prints megabytes does not fill the disk with them."""
    packed = pack_outcome(Outcome("completed", (), stdout="x" * 100 * COMPRESS_ABOVE))
    assert len(packed) < COMPRESS_ABOVE


@pytest.mark.parametrize(
    "stored",
    [
        *("{", b"junk", '{"status": "completed"}', '{"observations": [], "status": 1, "x": 2}'),
        *(
            '{"observations": [], "status": "completed", "ruling": {"status": "failed", "last_calls": %s}}' % calls
            for calls in (
                "7",
                "[7]",
                "[[]]",
                '{"a": 1}',
                '[["f()", 7]]',
                '[[null, "1"]]',
                '[["f()"]]',
                '[["f()", "1", "2"]]',
                '[["f()", "1", null, null]]',
                str([["f()"]] * 4).replace("'", '"'),
            )
        ),
    ],
)
def test_damaged_outcomes_are_reported(stored: str | bytes) -> None:
    """A row that was altered is an error that names it, not a crash."""
    with pytest.raises(DataError, match="here: the stored outcome can't be read"):
        unpack_outcome(stored, "here")


@settings(max_examples=25, deadline=None)
@given(completion=wild, raw=optional, seed=st.none() | st.integers(0, 1 << 64), key=wild.filter(bool))
def test_samples_and_judgements_come_back(
    tmp_path_factory: pytest.TempPathFactory, completion: str, raw: str | None, seed: int | None, key: str
) -> None:
    """Completions, identifiers and judgements survive the file, whatever a model or a data set wrote."""
    run = tmp_path_factory.mktemp("store") / "run"
    plan = replace(planned(key), prompt=Prompt(text=completion or "p"))
    sample = Sample(key, 0, "digest", completion, "stop", 3, None, seed, raw)
    verdict = Judgement(Verdict.EXCEPTION, False, (completion, None), 1, completion, key, (1, 2))
    row = StoredJudgement(key, 0, "abc", verdict.outputs, verdict)
    with RunStore.create(run, make_manifest(), [plan]) as store:
        store.add_samples([sample])
        add_judgements(store, "strict", [row])
    with RunReader(run) as reader:
        assert list(reader.samples()) == [sample] == list(reader.samples(key))
        assert reader.sample(key, 0) == sample
        assert list(reader.judgements("strict")) == [row]
        assert reader.problems() == (plan,)


def test_the_description_of_the_tables_is_that_of_the_migrations() -> None:
    """The same tables, and the same columns in the same order."""
    with closing(sqlite3.connect(":memory:")) as connection:
        for script in schema.MIGRATIONS:
            connection.executescript(script)
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        made = {name: [row[1] for row in connection.execute(f"PRAGMA table_info({name})")] for name in names}
    assert made == {table: list(columns) for table, columns in TABLES.items()}


def test_executions_are_keyed_by_problem_and_job(run: Path) -> None:
    """Evidence is found by (problem, job digest), and by nothing less."""
    outcome = Outcome("completed", (Observation("returned", "3", "int", True),), cpu_ms=7)
    with RunStore.open(run) as store:
        add_execution(store, StoredExecution("1", "aa", "module", "x = 1", outcome))
        assert store.outcome("1", "aa") == outcome  # its own uncommitted writes are seen
    with RunReader(run) as reader:
        assert reader.execution("1", "aa") == StoredExecution("1", "aa", "module", "x = 1", outcome)
        assert reader.outcome("2", "aa") is None
        assert reader.outcome("1", "bb") is None
        assert reader.execution_keys() == {("1", "aa")}


def test_what_is_missing_is_a_difference(run: Path) -> None:
    """Resuming asks for exactly the indices that are not there, and judges exactly what is not judged."""
    with RunStore.open(run) as store:
        store.add_samples(
            [Sample("1", 0, "d", "a"), Sample("1", 2, "d", "b"), *(Sample("2", i, "d", "") for i in range(3))]
        )
        add_judgements(store, "strict", [judged("2", i, passed=i == 0) for i in range(3)])
        assert store.missing_samples() == {"1": (1,)}
        assert (store.n_missing(), store.n_unjudged("strict"), store.n_unjudged("mera-code")) == (1, 2, 5)
        assert store.n_unjudged("strict", "mera-code") == 5
        assert store.pending(("strict",)) == {"1": {0, 1, 2}}
        assert store.counts("strict") == (("1", 0, 0), ("2", 3, 1))
        assert (store.n_wanted(), store.n_samples(), len(store.execution_keys())) == (6, 5, 0)


def test_hidden_answers_give_no_verdict(run: Path) -> None:
    """Without expected outputs the sample's outputs are kept, and it counts neither as passed nor as failed."""
    row = StoredJudgement("1", 0, "aa", ("2", None), None)
    with RunStore.open(run) as store:
        store.add_samples([Sample("1", 0, "d", "a")])
        add_judgements(store, "strict", [row])
        assert list(store.judgements("strict")) == [row]
        assert store.n_unjudged("strict") == 0
        assert store.counts("strict")[0] == ("1", 0, 0)


def test_the_first_completion_of_a_sample_stays(run: Path) -> None:
    """A sample that comes twice keeps the text that was executed."""
    with RunStore.open(run) as store:
        store.add_samples([Sample("1", 0, "d", "first")])
        store.add_samples([Sample("1", 0, "d", "second")])
        assert [sample.completion for sample in store.samples()] == ["first"]


def test_an_incident_goes_when_the_sample_is_done(run: Path) -> None:
    """A reason for being pending is dropped once it is no longer true, stage by stage."""
    with RunStore.open(run) as store:
        store.add_incidents([Incident("1", 0, "generation", "gone"), Incident("1", 0, "execution:strict", "engine")])
        store.add_samples([Sample("1", 0, "d", "a")])
        assert store.incidents() == (Incident("1", 0, "execution:strict", "engine"),)
        add_judgements(store, "strict", [judged("1", 0, passed=True)])
        assert store.incidents() == ()


def test_sessions_are_kept_and_updated(run: Path) -> None:
    """Each invocation leaves one record, overwritten while it works."""
    first = Session("t", ("codeeval", "run"), "interrupted", Counts(3, 2, 1, 0), TimeSplit(2.0, 1.0, 1.5, 0.5, 0.0))
    with RunStore.open(run) as store:
        row = store.put_session(replace(first, end="running"))
        assert store.put_session(first, row) == row
        store.put_session(replace(first, end="complete", sandbox={"backend": "local"}))
    with RunReader(run) as reader:
        assert [session.end for session in reader.sessions()] == ["interrupted", "complete"]
        assert reader.sessions()[0] == first


def test_committed_samples_survive_kill_9(run: Path) -> None:
    """A process that is killed right after a commit loses nothing of it, and what it had not committed is absent."""
    program = """
        import os, signal, sys
        from pathlib import Path
        from codeeval.store import RunStore
        from codeeval.types import Sample
        store = RunStore.open(Path(sys.argv[1]))
        store.add_samples([Sample("1", 0, "d", "kept")])
        store.commit()
        store.add_samples([Sample("1", 1, "d", "lost")])
        os.kill(os.getpid(), signal.SIGKILL)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(program), str(run)], timeout=60)
    assert done.returncode == -signal.SIGKILL
    with RunReader(run) as reader:
        assert [sample.completion for sample in reader.samples()] == ["kept"]
    with RunStore.open(run) as store:  # the lock went with the process
        assert store.missing_samples()["1"] == (1, 2)


def test_a_finished_run_is_one_file(run: Path) -> None:
    """After closing there is no log beside the run file: it can be copied, mailed, put on read-only media."""
    assert [path.name for path in run.iterdir()] == ["run.sqlite"]


def test_readers_see_a_run_that_is_being_written(run: Path) -> None:
    """The explorer may look while a run is going, and sees what was committed."""
    with RunStore.open(run) as store:
        store.add_samples([Sample("1", 0, "d", "a")])
        store.commit()
        with RunReader(run) as reader:
            assert reader.n_samples() == 1


def test_a_second_writer_is_refused(run: Path) -> None:
    """Two processes never write the same run."""
    with RunStore.open(run), pytest.raises(UsageError, match="another codeeval is writing"):
        RunStore.open(run)


def test_a_run_is_never_overwritten(run: Path) -> None:
    """Creating a run where there is one names the way to continue it."""
    with pytest.raises(UsageError, match=r"already holds a run\n.*--resume"):
        RunStore.create(run, make_manifest(), [])
    with RunStore.open(run) as store:  # and the refusal let go of the folder
        assert len(store.problems()) == 2


def test_a_run_exists_with_its_samples_or_not_at_all(tmp_path: Path) -> None:
    """What is interrupted while it stores the samples of a file leaves no run that lacks them: no model could make them."""

    def interrupted() -> Iterator[list[Sample]]:
        yield [Sample("1", 0, "d", "a")]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        RunStore.create(tmp_path / "new", make_manifest(), [planned("1", 2)], interrupted())
    assert not (tmp_path / "new").exists()
    samples = [[Sample("1", 0, "d", "a")], [Sample("2", 0, "d", "a")]]
    unread = [Incident("2", 1, "samples", "why")]
    problems = [planned("1"), planned("2", 2)]
    with RunStore.create(tmp_path / "new", make_manifest(), problems, samples, unread) as store:
        assert (store.n_samples(), store.n_pending(())) == (2, 1)


def test_a_killed_process_leaves_no_run_without_its_samples(tmp_path: Path) -> None:
    """The folder can be used again."""
    child = os.fork()
    if not child:

        def killed() -> Iterator[list[Sample]]:
            yield [Sample("1", 0, "d", "a")]
            os.kill(os.getpid(), signal.SIGKILL)

        RunStore.create(tmp_path, make_manifest(), [planned("1")], killed())
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    with RunStore.create(tmp_path, make_manifest(), [planned("1")], [[Sample("1", 0, "d", "a")]]) as store:
        assert store.n_samples() == 1


def test_a_reader_can_not_write(run: Path) -> None:
    """Reports and the explorer can't alter a run."""
    with RunReader(run) as reader, pytest.raises(StoreError, match="readonly"):
        list(reader._rows("DELETE FROM problems"))


def test_the_manifest_comes_back(run: Path) -> None:
    """The manifest is kept whole; unknown fields of a newer version are not lost."""
    with RunReader(run) as reader:
        assert reader.manifest() == make_manifest()
        assert reader.task().problems == (problem("1"), problem("2"))
    newer = make_manifest().to_json()[:-1] + ', "later": 1}'
    assert '"later":1' in Manifest.from_json(newer, "here").to_json()
    with pytest.raises(DataError, match=r"here, manifest, field task\.name"):
        Manifest.from_json(make_manifest().to_json().replace('"rustarter"', "3", 1), "here")


def test_secrets_stay_out_of_the_manifest() -> None:
    """Keys given on the command line or as options are not written into a file that people publish."""
    words = command_line(["run", "--api-key", "sk-1", "-M", "api_key=sk-2", "--max-tokens=5", "-m", "a\udcffb"])
    assert words == ("codeeval", "run", "--api-key", "***", "-M", "api_key=***", "--max-tokens=5", "-m", "a\\udcffb")
    assert clean({"api_key": "sk", "max_tokens": 5, "x": None}) == {"api_key": "***", "max_tokens": "5"}


@pytest.mark.parametrize(
    "words",
    [
        ["-Mtoken=SECRET"],
        ["-Mapikey=SECRET"],
        ["-M", "access_key_id=SECRET"],
        ["-M", "authorization=Bearer SECRET"],
        ["-M", "apiToken=SECRET"],
        ["-M", "credentials=SECRET"],
        ["-M", 'extra_body={"api_key" : "SEC\\"SECRET", "n": 1}'],
        ["--base-url", "http://user:SECRET@host/v1"],
        ["--base-url=http://host/v1?a=1&api-key=SECRET"],
    ],
)
def test_no_way_to_write_a_secret_brings_it_into_the_manifest(words: list[str]) -> None:
    """Glued options, other names, secrets inside of an address or of a JSON object."""
    assert "SECRET" not in "".join(command_line(words))
    name, _, value = words[-1].removeprefix("--").partition("=")
    assert "SECRET" not in "".join(clean({name: value} if value else {"base_url": name}).values())


def test_what_only_looks_like_a_secret_stays() -> None:
    """Numbers of tokens, and addresses without a name."""
    words = ("--max-tokens=5", "-Mthink_tokens=9", "-M", 'extra_body={"top_k": 5}', "--base-url=http://h:1/v1?x=1")
    assert command_line(words) == ("codeeval", *words)


def test_older_files_are_migrated(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer brings an older file up to date and keeps its rows; a reader says who can."""
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, "ALTER TABLE samples ADD COLUMN later;"))
    with pytest.raises(DataError, match="older codeeval"):
        RunReader(run)
    RunStore.open(run).close()
    with RunReader(run) as reader:
        assert len(reader.problems()) == 2
        assert list(reader._rows("SELECT later FROM samples")) == []


def test_programs_of_their_own_are_kept_and_older_samples_are_none(run: Path) -> None:
    """A run of before has continuations only; what a later one knows comes back."""
    with sqlite3.connect(run / "run.sqlite") as connection:
        connection.execute("ALTER TABLE samples DROP COLUMN is_program")
        connection.execute("ALTER TABLE judgements DROP COLUMN reading")
        columns = "(problem_id, idx, prompt_digest, completion, finish_reason)"
        connection.execute(f"INSERT INTO samples {columns} VALUES ('1', 0, '', 'old', 'stop')")
        connection.execute(f"PRAGMA user_version = {schema.MIGRATIONS.index(schema._V6)}")
    connection.close()
    with RunStore.open(run) as store:
        store.add_samples([Sample("1", 1, "", "new", is_program=True), Sample("1", 2, "", "newer")])
    with RunReader(run) as reader:
        assert [(one.completion, one.is_program) for one in reader.samples()] == [
            ("old", False),
            ("new", True),
            ("newer", False),
        ]


def test_a_migration_that_fails_changes_nothing(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each step is one transaction: half a migration never stays."""
    known = schema.MIGRATIONS
    monkeypatch.setattr(schema, "MIGRATIONS", (*known, "ALTER TABLE samples ADD COLUMN later; SELECT * FROM nowhere;"))
    with pytest.raises(StoreError, match="nowhere"):
        RunStore.open(run)
    monkeypatch.setattr(schema, "MIGRATIONS", known)
    with RunReader(run) as reader:
        assert len(reader.problems()) == 2


def test_newer_files_are_refused(run: Path) -> None:
    """A file of a newer schema is never misread."""
    connection = sqlite3.connect(run / "run.sqlite")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    for opener in (RunReader, RunStore.open):
        with pytest.raises(DataError, match="newer codeeval"):
            opener(run)


def test_files_that_are_no_runs_are_refused(tmp_path: Path) -> None:
    """Nothing there, a text, and somebody else's database each get their own sentence, and stay as they are."""
    with pytest.raises(UsageError, match="no such run folder"):
        RunReader(tmp_path / "absent")
    with pytest.raises(UsageError, match="not a run folder of codeeval"):
        RunReader(tmp_path)
    text = tmp_path / "text.sqlite"
    text.write_text("not a database, " * 100)
    foreign = tmp_path / "foreign.sqlite"
    connection = sqlite3.connect(foreign)
    connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    for path, message in ((text, "not a run file"), (foreign, "not a run of codeeval")):
        for opener in (RunReader, RunStore.open):
            with pytest.raises(DataError, match=message):
                opener(path)


def test_a_killed_creation_says_so(tmp_path: Path) -> None:
    """A file whose manifest was never committed asks to be started again."""
    path = tmp_path / "run.sqlite"
    connection = sqlite3.connect(path)
    schema.migrate(connection, str(path))
    connection.close()
    with RunReader(tmp_path) as reader, pytest.raises(DataError, match="start it again"):
        reader.manifest()


@pytest.mark.parametrize("tables", [False, True])
def test_a_killed_creation_is_no_obstacle(tmp_path: Path, tables: bool) -> None:
    """The same folder can be used again when the file in it never became a run."""
    connection = sqlite3.connect(tmp_path / "run.sqlite")
    connection.execute("PRAGMA journal_mode = WAL")
    if tables:
        schema.migrate(connection, "x")
    connection.close()
    with RunStore.create(tmp_path, make_manifest(), [planned("1")]) as store:
        assert store.manifest() == make_manifest()


def test_a_full_disk_is_a_store_error(run: Path) -> None:
    """When the file can't grow the error says so and how to go on; what was committed is still there."""
    program = """
        import resource, sys
        from pathlib import Path
        from codeeval.errors import StoreError
        from codeeval.store import RunStore
        from codeeval.types import Sample
        try:
            with RunStore.open(Path(sys.argv[1])) as store:
                store.add_samples([Sample("1", 0, "d", "kept")])
                store.commit()
                resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
                store.add_samples([Sample("1", 1, "d", "x" * 1_000_000)])
                store.commit()
        except StoreError as error:
            print(error)
            sys.exit(3)
    """
    command = [sys.executable, "-c", textwrap.dedent(program), str(run)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (3, "")
    assert "full" in done.stdout
    assert f"--resume {run}" in done.stdout
    with RunReader(run) as reader:
        assert [sample.completion for sample in reader.samples()] == ["kept"]


def test_an_unusable_folder_is_a_store_error(tmp_path: Path) -> None:
    """A run folder that can't be made names the way out."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="Choose another place with -o"):
        RunStore.create(tmp_path / "file" / "run", make_manifest(), [])
    if os.geteuid() != 0:  # root writes everywhere
        (tmp_path / "closed").mkdir(mode=0o500)
        with pytest.raises(StoreError, match="Permission denied"):
            RunStore.create(tmp_path / "closed" / "run", make_manifest(), [])

"""Files of others that no mutation finds: what took gigabytes, a traceback, or a look outside the folder."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from explorer_runs import make_run
from run_values import make_manifest
from starlette.testclient import TestClient

from codeeval.cli.console import MOST_SAID, shortened
from codeeval.cli.failing import guarded
from codeeval.errors import DataError, UsageError
from codeeval.evaluation.manifest_builder import _printable
from codeeval.explorer.library import Library
from codeeval.explorer.security import Gate
from codeeval.explorer.server import application
from codeeval.explorer.words import date
from codeeval.generators.common.digests import weight_files
from codeeval.generators.common.model_folder import local_folder
from codeeval.i18n import msg
from codeeval.prompts.template_file import read_template
from codeeval.prompts.templates import system_text
from codeeval.report import build
from codeeval.samples import read
from codeeval.store import RunReader
from codeeval.tasks.evalplus import problem_of
from codeeval.tasks.rows import SourceRow, read_rows
from codeeval.zip_sizes import refuse_false_size
from sandbox import wire

ROOT = Path(__file__).resolve().parents[2]
ROW = json.dumps({"task_id": "1", "completion": "    return 1"}).encode() + b"\n"


def peak_mb(code: str) -> float:
    """The most memory, in MiB, of a process that executes `code`, which may end in an error of codeeval's."""
    whole = f"""
from pathlib import Path
from codeeval.errors import CodeevalError
try:
    {code}
except CodeevalError:
    pass
status = Path("/proc/self/status").read_text()
print(status.partition("VmHWM:")[2].split()[0])
"""
    done = subprocess.run([sys.executable, "-c", whole], cwd=ROOT, capture_output=True, text=True, check=True)
    return int(done.stdout) / 1024


# -- Parquet


def parquet(path: Path, columns: dict[str, Any], **options: Any) -> Path:
    arrow, writer = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    writer.write_table(arrow.table(columns), path, **options)
    return path


@pytest.mark.parametrize(
    ("number", "kind"), [(2**31 - 1, "date32"), (2**62, "timestamp"), (2**62, "duration")], ids=lambda one: str(one)
)
def test_a_moment_that_python_lacks_is_one_error(tmp_path: Path, number: int, kind: str) -> None:
    """Python raises an OverflowError for it, which is no ValueError."""
    arrow = pytest.importorskip("pyarrow")
    storage = arrow.int32() if kind == "date32" else arrow.int64()
    made = arrow.date32() if kind == "date32" else getattr(arrow, kind)("us" if kind == "timestamp" else "s")
    path = parquet(tmp_path / "a.parquet", {"a": arrow.array([number], storage).cast(made)})
    for reader in (read_rows, lambda each: read(each, "task")):
        with pytest.raises(DataError, match="not a readable Parquet file"):
            reader(path)


def test_a_text_that_stands_in_every_row_is_counted_before_it_is_unpacked(tmp_path: Path) -> None:
    """48 kilobytes took 1.1 GB."""
    arrow = pytest.importorskip("pyarrow")
    indices, words = arrow.array([0] * 100_000, arrow.int32()), arrow.array(["x" * 1_000_000])
    path = parquet(tmp_path / "a.parquet", {"a": arrow.DictionaryArray.from_arrays(indices, words)})
    with pytest.raises(DataError, match="more than 64 MiB when unpacked"):
        read_rows(path)
    assert peak_mb(f"from codeeval.tasks.rows import read_rows; read_rows(Path({str(path)!r}))") < 500


def test_values_that_take_no_bytes_are_counted(tmp_path: Path) -> None:
    """A row with a list of 300 million nulls has 832 bytes, and took 3.8 GB."""
    arrow = pytest.importorskip("pyarrow")
    nulls = arrow.ListArray.from_arrays(
        arrow.array([0, 20_000_000], arrow.int32()), arrow.nulls(20_000_000, arrow.int8())
    )
    with pytest.raises(DataError, match="more than 8000000 values"):
        read_rows(parquet(tmp_path / "a.parquet", {"a": nulls}))


def test_a_large_text_is_refused_by_what_the_footer_declares(tmp_path: Path) -> None:
    """59 kilobytes took 3.7 GB."""
    path = parquet(tmp_path / "a.parquet", {"a": ["x" * 80_000_000]}, compression="zstd", use_dictionary=False)
    with pytest.raises(DataError, match="more than 64 MiB when unpacked"):
        read_rows(path)
    assert peak_mb(f"from codeeval.tasks.rows import read_rows; read_rows(Path({str(path)!r}))") < 130


def test_values_of_every_kind_come_back(tmp_path: Path) -> None:
    """Texts that are read by their dictionaries, inside of lists, structs and maps as well."""
    arrow = pytest.importorskip("pyarrow")
    columns = {
        "text": ["a", None, "б"] * 20,
        "bytes": [b"\xff", b"", None] * 20,
        "list": [["a", None], [], None] * 20,
        "struct": [{"a": "x", "b": [{"c": "y"}]}, None, {"a": None, "b": []}] * 20,
        "map": arrow.array([[("k", "v")], [], None] * 20, arrow.map_(arrow.string(), arrow.string())),
        "pair": arrow.array([["a", "b"], ["c", "d"], None] * 20, arrow.list_(arrow.string(), 2)),
        "number": [1.5, None, -2.0] * 20,
        "nothing": [None] * 60,
        "decimal": arrow.array([1, 2, None] * 20).cast(arrow.decimal128(20)),
    }
    path = parquet(tmp_path / "a.parquet", columns)
    assert [row.value for row in read_rows(path)] == arrow.table(columns).to_pylist()


# -- zip


def zipped(path: Path, name: str, data: bytes, method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr(name, data)
    return path


def declaring(path: Path, size: int) -> Path:
    """The archive with another size of its only member in the directory."""
    data = bytearray(path.read_bytes())
    place = data.rindex(b"PK\1\2") + 24
    data[place : place + 4] = size.to_bytes(4, "little")
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_member_that_declares_less_than_it_holds_is_not_unpacked(tmp_path: Path, method: int) -> None:
    """zipfile unpacks bzip2 and LZMA at once: 854 bytes took 2 GB, of completions and of a submission."""
    data = b"\n" * 120_000_000
    samples = declaring(zipped(tmp_path / "a.zip", "samples_task.jsonl", data, method), 100)
    with pytest.raises(DataError, match="unpacks to more than it declares"):
        read(samples, "task")
    assert peak_mb(f"from codeeval.samples import read; read(Path({str(samples)!r}), 'task')") < 110
    submission = declaring(zipped(tmp_path / "b.zip", "ruHumanEval.json", data, method), 100)
    code = f"from codeeval.mera.validation import validate; validate(Path({str(submission)!r}), {{}})"
    assert peak_mb(code) < 110


def test_a_member_packed_in_another_way_is_refused(tmp_path: Path) -> None:
    """Zstandard (93), for one, which later versions of Python unpack at once."""
    path = zipped(tmp_path / "a.zip", "samples_task.jsonl", ROW)
    with zipfile.ZipFile(path) as archive:
        item = archive.infolist()[0]
        item.compress_type = 93
        with pytest.raises(NotImplementedError):
            refuse_false_size(archive, item)


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_archives_of_every_method_are_read(tmp_path: Path, method: int) -> None:
    """And a damaged member is one clear error."""
    path = zipped(tmp_path / "a.zip", "samples_task.jsonl", ROW * 100, method)
    assert len(read(path, "task").entries) == 100
    data = bytearray(path.read_bytes())
    data[60:70] = b"\xff" * 10
    path.write_bytes(data)
    with pytest.raises(DataError, match="can't read the samples"):
        read(path, "task")


def test_an_archive_in_an_archive_is_bounded_by_what_lies_on_the_disk(tmp_path: Path) -> None:
    """Two kilobytes took 20 seconds, and half a megabyte of zeros one gigabyte."""
    inner = zipped(tmp_path / "inner.zip", "samples_task_2024-01-01.jsonl", ROW * 600_000).read_bytes()
    with pytest.raises(DataError, match="holds more than 16 MiB"):
        read(zipped(tmp_path / "a.zip", "logs_public.zip", inner), "task")
    with pytest.raises(DataError, match=r"logs_public\.zip in it holds more than 16 MiB"):
        read(zipped(tmp_path / "b.zip", "logs_public.zip", bytes(100_000_000)), "task")


# -- completions


@pytest.mark.parametrize("pid", ["x" * 5_000_000, "x" * 5_000_000 + "/1", 10**4_000], ids=["id", "set", "number"])
def test_a_long_id_is_no_id(tmp_path: Path, pid: object) -> None:
    """Ids of megabytes stood in messages, and in the notes of a run."""
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"task_id": pid, "completion": ""}))
    with pytest.raises(DataError, match="characters, and 1000 are the most"):
        read(path, "task")


def test_a_line_of_a_table_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each comma becomes a cell: 300 MB of them took 2.6 GB."""
    monkeypatch.setattr(import_module("codeeval.samples.tables"), "MAX_LINE_BYTES", 1_000)
    path = tmp_path / "a.csv"
    path.write_text("task_id,completion\n1,x\n" + "," * 1_001)
    with pytest.raises(DataError, match="line is longer"):
        read(path, "task")


def test_messages_are_of_bounded_length(capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever a file has in the place of a name."""

    def fails() -> int:
        raise UsageError("a" + "b" * 10_000_000 + "c")

    assert guarded(fails) == 2
    said = capsys.readouterr().err
    assert len(said) < MOST_SAID + 100
    assert said.startswith("codeeval: ab")
    assert said.endswith("bc\n")
    assert shortened("ab") == "ab"


# -- problem sets


def evalplus(task_id: str, argument: str) -> SourceRow:
    row = {"task_id": task_id, "prompt": "def f(x):\n", "entry_point": "f", "canonical_solution": "    return x"}
    rest = {"base_input": [["ARGUMENT"], [[1]]], "plus_input": []}
    return SourceRow("here", json.loads(json.dumps({**row, **rest}).replace('"ARGUMENT"', argument)))


@pytest.mark.parametrize("task_id", ["HumanEval/0", "Mbpp/580", "Mbpp/²", "Mbpp/٣"])
@pytest.mark.parametrize("argument", ["1", *("[" * n + "]" * n for n in (140, 250, 900)), f"[{'1,' * 300_000}1]"])
def test_every_input_that_is_not_left_out_can_be_sent(task_id: str, argument: str) -> None:
    """Lists that are nested more deeply than Python parses, and more numbers than a worker is sent."""
    problem = problem_of(evalplus(task_id, argument))
    assert len(problem.calls) == (2 if len(argument) < 300 else 1)
    for call in problem.calls:
        wire.encode_job_body(wire.Job("", "f", (call,)))


# -- templates and system prompts


@pytest.mark.parametrize(
    "text",
    [
        *("{{ 'x'.encode('nosuch') }}", "{{ '{}'.format() }}", "{{ '{a}'.format() }}", "{{ 'a' * 10**18 }}"),
        *("{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", "{{ " + "(" * 5_000 + "1" + ")" * 5_000 + " }}"),
    ],
    ids=["lookup", "index", "key", "memory", "recursion", "nesting"],
)
def test_whatever_a_template_raises_is_one_error(tmp_path: Path, text: str) -> None:
    """It is somebody's program."""
    path = tmp_path / "t.jinja"
    path.write_text(text)
    with pytest.raises(UsageError, match="--template"):
        read_template(str(path)).render("u", None)


def test_a_system_prompt_is_text() -> None:
    """Bytes of the command line that are not UTF-8 could be neither sent nor stored."""
    with pytest.raises(UsageError, match="not UTF-8"):
        system_text("\udcff")


# -- model folders


@pytest.mark.parametrize("name", ["../../outside", "/etc/hostname", "a/../../b", "x" * 5_000])
def test_weights_are_in_the_folder(tmp_path: Path, name: str) -> None:
    """An index may name any file: none outside is looked at."""
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps({"weight_map": {"a": name}}))
    with pytest.raises(ValueError, match="no file of this folder"):
        weight_files(tmp_path)
    with pytest.raises(UsageError, match="no file of this folder"):
        local_folder(str(tmp_path))


@pytest.mark.parametrize("name", ["config.json", "model.safetensors.index.json", "tokenizer.json"])
def test_files_of_a_model_are_bounded(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nested too deeply, or without an end."""
    monkeypatch.setattr(import_module("codeeval.generators.common.digests"), "_MAX_JSON_BYTES", 1 << 20)
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")
    (tmp_path / name).write_text("[" * 100_000)
    with pytest.raises(UsageError, match="nested too deeply"):
        local_folder(str(tmp_path))
    (tmp_path / name).unlink()
    (tmp_path / name).write_bytes(b" " * ((1 << 20) + 1))
    with pytest.raises(UsageError, match="larger than 1 MiB"):
        local_folder(str(tmp_path))


# -- run files


def changed(tmp_path: Path, *statements: str) -> Path:
    run = make_run(tmp_path / "run", {"1": ["right", "wrong"], "2": ["slow", "right"]})
    with sqlite3.connect(run / "run.sqlite") as db:
        for statement in statements:
            db.execute(statement)
    db.close()
    return run


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("created_at", '"nonsense"'), ("created_at", '"9999-12-31T23:59:59-14:00"'), ("created_at", '""')),
        *(("k", "[-1, 0]"), ("protocol", '"another"'), ("protocols", "[]")),
    ],
)
def test_a_manifest_is_one_that_a_run_writes(tmp_path: Path, field: str, value: str) -> None:
    """Reports, exports and the explorer's list rely on it: one such run spoiled the page with all runs."""
    run = changed(
        tmp_path, f"UPDATE meta SET value = json_set(value, '$.{field}', json('{value}')) WHERE key = 'manifest'"
    )
    with pytest.raises(DataError, match="manifest"), RunReader(run) as reader:
        build(reader)
    client = TestClient(application(Library.of([tmp_path]), Gate()), base_url="http://127.0.0.1")
    assert client.get("/").status_code == 200
    assert client.get("/run/").status_code == 500


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE problems SET id = 'other' WHERE id = '1'",
        "UPDATE judgements SET problem_id = 'other' WHERE problem_id = '1'",
        "UPDATE judgements SET idx = idx + 7",
        "UPDATE samples SET tokens_out = 4611686018427387904",
    ],
)
def test_rows_that_do_not_belong_together_are_damage(tmp_path: Path, statement: str) -> None:
    """A sample of a problem that the run does not have was a KeyError; so many tokens an error of the disk."""
    run = changed(tmp_path, statement)
    if "tokens" not in statement:
        with RunReader(run) as reader:
            assert "does not have" in str(reader.damage())
    with suppress(DataError), RunReader(run) as reader:  # rows may also be passed over
        build(reader)
    client = TestClient(application(Library.of([run]), Gate()), base_url="http://127.0.0.1")
    for page in ("/", "/run/", "/run/p/1/", "/run/p/1/0", "/run/samples/", "/run/samples/list.csv"):
        assert client.get(page).status_code in (200, 404, 500)


def test_a_moment_of_any_size_is_shown() -> None:
    """As it stands in the file."""
    assert date("9999-12-31T23:59:59-14:00", "en") == "9999-12-31T23:59:59-14:00"


def test_notes_that_quote_half_a_character_are_stored() -> None:
    """A set's name in a row of completions may be any JSON text; its manifest was not written."""
    note = msg("the rows name the set {names}; scored as {task}", names="\ud800", task="a")
    assert "\\\\ud800" in make_manifest().model_copy(update={"notes": _printable([note])}).to_json()

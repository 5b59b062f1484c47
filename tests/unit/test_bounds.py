"""Small files cost little: each of these took gigabytes or minutes of the host."""

from __future__ import annotations

import ast
import gzip
import json
import random
import sqlite3
import subprocess
import sys
import time
import zipfile
import zlib
from importlib import import_module
from pathlib import Path

import pytest
from explorer_runs import make_run
from hypothesis import given
from hypothesis import strategies as st
from run_values import add_judgements

from codeeval import bounded_json, syntax
from codeeval.errors import DataError
from codeeval.explorer import edits
from codeeval.explorer.diffs import side_by_side
from codeeval.explorer.matrix import title
from codeeval.files import MIN_UNPACKED, most_unpacked
from codeeval.gate.baseline import load_baseline
from codeeval.i18n import language, message, recognised
from codeeval.manifest import Manifest
from codeeval.reading.extract import extract
from codeeval.samples import read
from codeeval.scoring import evalplus, literals
from codeeval.scoring.repair import FormatFailure, classify, repair
from codeeval.store import RunReader, RunStore, StoredJudgement, codec, page_check
from codeeval.tasks import evalplus as evalplus_tasks
from codeeval.tasks.mera import problem_of
from codeeval.tasks.rename import rename
from codeeval.tasks.rows import SourceRow
from codeeval.types import Judgement, Oracle, Problem, Sample, Verdict
from sandbox import reply_records, wire
from sandbox.replies import _read_reply
from sandbox.wire import Job, Tests

ROOT = Path(__file__).resolve().parents[2]
PROBLEM = Problem("1", "{function}", 'def f(a):\n    """Doc."""\n', "f", ("{'a': 1}",), ("1",))


def within(megabytes: int, code: str) -> None:
    """Runs `code` in a process that may have so much memory above what its imports take."""
    limited = f"""
import resource
from pathlib import Path
from codeeval.types import *
from codeeval.scoring.repair import *
from codeeval.store import codec
from codeeval.tasks.mera import problem_of
from codeeval.tasks.rows import SourceRow
from sandbox import wire
from sandbox.replies import _read_reply
used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + ({megabytes} << 20),) * 2)
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
{code}"""
    done = subprocess.run([sys.executable, "-c", limited], cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2_000:]


@pytest.mark.parametrize(
    "text",
    [
        '"    a;" + "a;" * 4_000_000',
        '"    a;" + "a;" * 60_000',
        '"```python\\n" + "a;" * 490_000 + "\\n```"',
        '"-a," * 40_000',
    ],
    ids=["8 MB", "128 KB", "fenced", "signs"],
)
def test_completions_are_judged_for_format_within_bounds(text: str) -> None:
    """A syntax tree takes 900 bytes per character: only so many are parsed."""
    code = f"""
problem = Problem("1", "{{function}}", "def f(a):\\n    pass\\n", "f", ("{{}}",), ("1",))
sample = Sample("1", 0, "d", {text}, "stop")
classify(problem, sample), repair(problem, sample)"""
    within(300, code)


def test_a_long_completion_says_why_it_is_not_looked_at() -> None:
    """One failure of format, and no repair."""
    sample = Sample("1", 0, "d", "    return 1\n" * (syntax.MAX_CHARS // 10), "stop")
    assert classify(PROBLEM, sample) == (FormatFailure.TOO_LONG,)
    assert repair(PROBLEM, sample) is None


@pytest.mark.parametrize(
    "tests",
    [
        '"def g():\\n try:\\n  " + "return;" * 4_000 + "\\n finally:\\n  " + "a;" * 16_000',
        '"class " + "A" * 60_000 + ":\\n " + ";".join(f"__a{i}" for i in range(60_000))',
    ],
    ids=["finally", "private names"],
)
def test_tests_are_not_compiled_into_gigabytes(tests: str) -> None:
    """Code that would be far longer than its text is compiled by the judge, within its own limits."""
    within(400, f'assert wire.encode_tests(wire.Tests({tests}), "f", False)')
    assert wire._compiled(Tests("assert f(1) == 1"))


def test_literals_of_a_set_and_of_a_run_are_bounded() -> None:
    """By words and signs, wherever a text is read as Python."""
    many = "[" + "0," * wire.MAX_TOKENS + "]"
    row = {
        "instruction": "{function}",
        "inputs": {"function": "def f(a): 0", "tests": f"[{{'a': {many}}}]"},
        "outputs": [],
    }
    with pytest.raises(DataError, match="words, numbers and signs"):
        problem_of(SourceRow("here", {**row, "meta": {"id": 1, "entry_point": "f"}}))
    with pytest.raises(ValueError, match="words, numbers and signs"):
        wire.encode_job_body(Job("", "f", (f"{{'a': {many}}}",)))
    with pytest.raises(SyntaxError, match="words, numbers and signs"):
        syntax.parse_expression(many, len(many))
    assert not wire.has_more_tokens("word " * 1_000, 1_000)
    assert wire.has_more_tokens("word " * 1_000, 999)


@pytest.mark.parametrize("reader", ["JSON", "a reply", "a completion"])
def test_strings_that_are_never_closed(reader: str) -> None:
    """Each escaped quote was tried as the beginning of another string: four megabytes took hours."""
    text = '"' + '\\"' * 150_000 + "," * 100
    start = time.process_time()
    if reader == "JSON":
        bounded_json.refuse_many(text, 99)
    elif reader == "a reply":
        assert list(reply_records.records(b'{"s":' + text.encode() + b"\n")) == [None]
    else:
        body = f'def f(a):\n    y = """a""", {text}\n    return a'
        assert extract(PROBLEM, f"```python\n{body}\n```\n", "strict").body.strip()
    assert time.process_time() - start < 10


def test_many_arguments_are_renamed_in_linear_time() -> None:
    """4,000 took 15 seconds."""
    names = [f"a{i}" for i in range(4_000)]
    call = "{" + ", ".join(f"'{name}': [1]" for name in names) + "}"
    problem = Problem(
        "1", "{function}", f'def f({", ".join(names)}):\n    """Doc."""\n', "f", (call,), ("1",), "    return 1"
    )
    start = time.process_time()
    assert rename(problem).calls[0].startswith("{'arg1': [1], 'arg2': [1], ")
    assert time.process_time() - start < 5


def test_a_wrong_file_is_not_described_value_by_value(tmp_path: Path) -> None:
    """pydantic takes two kilobytes for each error."""
    row = {
        "instruction": "{function}",
        "inputs": {"function": "def f(a): 0", "tests": "[{}]"},
        "outputs": ["1", 2, *[3] * 9],
    }
    with pytest.raises(DataError, match=r"outputs\[1\]: must be a text, it is a number"):
        problem_of(SourceRow("here", {**row, "meta": {"id": 1, "entry_point": "f"}}))
    path = tmp_path / "baseline.json"
    path.write_text('{"tasks": {"a": {"problems": {' + ",".join(f'"{i}": []' for i in range(70_000)) + "}}}}")
    with pytest.raises(DataError, match="more than 100000 values"):
        load_baseline(path)
    with pytest.raises(DataError, match="more than 20000 values"):
        Manifest.from_json("[" + "0," * 30_000 + "0]", "here")


@given(st.text(alphabet='[]{},:"\\ a1', max_size=40))
def test_values_in_strings_are_not_counted(text: str) -> None:
    """What is in a string counts as no value, and everything else does."""
    assert bounded_json.loads(json.dumps(text), most=1) == text
    with pytest.raises(ValueError, match="more than 1 values"):
        bounded_json.loads(json.dumps([text, [text]]), most=1)


def test_deep_json_is_a_value_error() -> None:
    """Not a RecursionError, which no reader expects."""
    with pytest.raises(ValueError, match="nested too deeply"):
        bounded_json.loads("[" * 100_000)


def test_an_outcome_or_a_reply_of_brackets_is_refused() -> None:
    """40 MB of lists in 40 KB of zlib, 30 MB of them in a reply."""
    within(400, '_read_reply(b\'{"s":"defined"}\\n{"s":"returned","t":[\' + b"[]," * (10 << 20) + b"0]}\\n", 2)')
    packed = zlib.compress(b'{"status":"completed","observations":[' + b"[]," * (12 << 20) + b"{}]}")
    with pytest.raises(DataError, match="more than 2000000 values"):
        codec.unpack_outcome(packed, "here")


def test_a_flat_record_is_read_whatever_is_in_its_strings() -> None:
    """Only what stands outside of them is structure."""
    value = '[{"a": [1, 2]}, "\\\\"]' * 100
    record = json.dumps({"s": "returned", "t": value, "y": "list", "p": True, "c": 1}).encode()
    told = _read_reply(b'{"s":"defined"}\n' + record + b'\n{"s":"end"}\n', 1)
    assert (told.ended, told.observations[0].text) == ("end", value)


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE samples ADD COLUMN more AS (hex(zeroblob(1000000000)))",
        "CREATE TABLE more (x)",
        "CREATE VIEW more AS SELECT 1",
        "CREATE INDEX more ON samples (hex(completion))",
        "CREATE TRIGGER more AFTER DELETE ON meta BEGIN DELETE FROM samples; END",
        "CREATE VIRTUAL TABLE more USING fts5(x)",
        "DROP TABLE rewards",
    ],
)
def test_a_run_file_has_the_schema_that_runs_have(tmp_path: Path, statement: str) -> None:
    """Nothing more, nothing less, and nothing made otherwise; for readers and writers."""
    run = make_run(tmp_path / "run", {"1": ["right"]})
    with sqlite3.connect(run / "run.sqlite") as db:
        db.execute(statement)
    db.close()
    for opened in (RunReader, RunStore.open):
        with pytest.raises(DataError, match="not a run file of codeeval"):
            opened(run)


def test_a_run_file_without_our_indexes_opens(tmp_path: Path) -> None:
    """Files of earlier versions have none; the writer adds them."""
    run = make_run(tmp_path / "run", {"1": ["right"]})
    with sqlite3.connect(run / "run.sqlite") as db:
        for name in ("by_cause", "by_problem", "slow"):
            db.execute(f"DROP INDEX {name}")
    db.close()
    RunReader(run).close()
    RunStore.open(run).close()


def test_many_problems_do_not_want_billions_of_samples(tmp_path: Path) -> None:
    """Missing samples are counted one by one: their number is bounded over all problems as well."""
    run = make_run(tmp_path / "run", {str(i): ["right"] for i in range(3)})
    with sqlite3.connect(run / "run.sqlite") as db:
        db.execute("UPDATE problems SET wanted = 1000000")
    db.close()
    for opened in (RunReader, RunStore.open):
        with pytest.raises(DataError, match="more than 2000000 samples"):
            opened(run)


def test_pages_that_are_used_twice_are_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tree whose branches are all one branch has billions of rows in a few kilobytes."""
    run = make_run(tmp_path / "run", {"1": ["right"]})
    file = run / "run.sqlite"
    with sqlite3.connect(file) as db:
        db.executemany("INSERT INTO sessions VALUES (?, ?)", [(i + 10, "x" * 900) for i in range(200)])
        (root,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'sessions'").fetchone()
        (size,) = db.execute("PRAGMA page_size").fetchone()
    db.close()
    data = bytearray(file.read_bytes())
    page = (root - 1) * size
    assert data[page] == 5  # an inner page of a table
    cells = [
        int.from_bytes(data[page + 12 + 2 * i : page + 14 + 2 * i])
        for i in range(int.from_bytes(data[page + 3 : page + 5]))
    ]
    for cell in cells:
        data[page + cell : page + cell + 4] = data[page + cells[0] : page + cells[0] + 4]
    file.write_bytes(data)
    monkeypatch.setattr(page_check, "_SOUND", set())
    with pytest.raises(DataError, match="damaged run file"):
        RunReader(run)


def test_large_outputs_are_kept_compressed(tmp_path: Path) -> None:
    """And outputs that earlier versions kept as they are come back as well."""
    run = make_run(tmp_path / "run", {"1": ["right"]})
    outputs = ("1, " * 1_000_000, None)
    found = Judgement(Verdict.WRONG_OUTPUT, False, outputs, 0, "e", "s", (0,))
    with RunStore.open(run) as store:
        store.drop_judgements("strict")
        add_judgements(store, "strict", [StoredJudgement("1", 0, None, outputs, found)])
    assert (run / "run.sqlite").stat().st_size < 1 << 18
    with RunReader(run) as reader:
        assert reader.damage() is None
        assert [row.outputs for row in reader.judgements("strict")] == [outputs]
        assert [row.outputs for row in reader.judgements("mera-code")] == [("2", "3")]
    assert codec.unpack_large('["1", null]') == ["1", None]


def test_compressed_files_unpack_to_a_multiple_of_themselves(tmp_path: Path) -> None:
    """Samples that a few kilobytes unpack to are not read to their end."""
    assert most_unpacked(10, 1 << 40) == MIN_UNPACKED
    assert most_unpacked(1 << 30, 1 << 40) > 1 << 36
    bomb = tmp_path / "samples.jsonl.gz"
    row = json.dumps({"task_id": 1, "completion": " " * 1000}).encode()
    bomb.write_bytes(gzip.compress((row + b"\n") * (1 << 15)))
    assert bomb.stat().st_size < 1 << 18
    with pytest.raises(DataError, match="holds more than 16 MiB"):
        read(bomb, "task")


def test_names_in_a_zip_are_read_in_linear_time(tmp_path: Path) -> None:
    """A member's name may have 65,535 bytes."""
    module = import_module("codeeval.samples.read")
    for name in ("samples_" * 8_000, "samples_task_" + "2" * 60_000, "a/" * 30_000 + "samples_task_2024-01-01.jsonl"):
        found = module._named(zipfile.ZipInfo(name))
        assert found is None or found["task"] == "task"


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ('def f():\n    """\n    First line.\n    Second."""', "First line."),
        ("def f():\n    '''One.'''", "One."),
        ('def f():\n    """' + " " * 15_000 + "x" * 300, ""),
        ("def f(): pass", ""),
    ],
)
def test_titles_are_first_lines_of_docstrings(prompt: str, expected: str) -> None:
    """Whatever blanks stand before them."""
    assert title(prompt) == expected


@given(st.text("ab\n", max_size=12), st.text("ab\n", max_size=12), st.integers(0, 30))
def test_edits_lead_from_one_text_to_the_other(one: str, two: str, most: int) -> None:
    """Both texts are there whole; parts that are called equal are."""
    found = edits.parts(one, two, most)
    assert "".join(one[part.i : part.j] for part in found) == one
    assert "".join(two[part.k : part.m] for part in found) == two
    assert all(part.equal == (one[part.i : part.j] == two[part.k : part.m]) for part in found)


def test_unlike_programs_are_compared_in_bounded_time() -> None:
    """Two programs of 117 kilobytes took a minute and a half."""
    one = "\n".join("ab" * 145 + str(i) for i in range(400))
    two = "\n".join("ba" * 145 + str(-i) for i in range(400))
    start = time.process_time()
    assert len(side_by_side(one, two)) == 400
    assert time.process_time() - start < 10


def test_messages_are_read_back_in_linear_time() -> None:
    """A text that fits a template of ten values almost, and messages nested in each other, in Russian."""
    start = time.process_time()
    with language("ru"):
        for text in ("problem 1: " * 450, "warning: " * 500, "a: b; " * 800, ", ".join("'a'" for _ in range(900))):
            assert message(recognised(text))
    assert time.process_time() - start < 10


def test_equal_sets_are_not_built_of_colliding_numbers() -> None:
    """A list may hold them, a set of them takes quadratic time."""
    numbers = [i * (2**61 - 1) for i in range(1, 100)]
    assert literals.parse(str(numbers)) == numbers
    with pytest.raises(ValueError, match="same hash"):
        literals.refuse_collisions(numbers)


@pytest.mark.parametrize("form", ["{'x': {%s}}", "{'x': [{%s}]}", "{%s}"])
@pytest.mark.parametrize("value", ["", ": 0"])
def test_literals_of_a_problem_set_have_no_colliding_keys(form: str, value: str) -> None:
    """Making a dict or set of them takes quadratic time, on the host and in the worker; a list of them does not."""
    numbers = [str(number * (2**61 - 1)) for number in range(1, 20_000)]
    text = form % ", ".join(number + value for number in numbers)
    start = time.process_time()
    for source in (text, ast.parse(text, mode="eval").body):
        with pytest.raises(ValueError, match="same hash"):
            wire.literal(source)
    with pytest.raises(ValueError, match="same hash"):
        wire.encode_job_body(wire.Job("", "f", (text,)))
    assert time.process_time() - start < 10
    assert wire.literal(f"{{'x': [{', '.join(numbers)}]}}") == {"x": [int(number) for number in numbers]}


def colliding_keys_of_different_hashes(bits: int) -> list[int]:
    """Numbers that fill a dict's table of 2**bits places: the first third along the path on which every key looks for a
    place at last, the others so that all places they look at before are on the part of it that is taken."""
    size, path = 1 << bits, [0]
    while len(path) < size:
        path.append((5 * path[-1] + 1) % size)
    where = {place: number for number, place in enumerate(path)}
    keys, rng = path[: size // 3], random.Random(1)
    while len(keys) < size * 2 // 3 - 1:
        key = rest = rng.randrange(size, size << 4)
        place = key % size
        while where[place] < len(keys) * 2 // 3 and rest:
            rest >>= 5
            place = (place * 5 + rest + 1) % size
        if not rest and key not in keys:
            keys.append(key)
    return keys


@pytest.mark.parametrize("form", ["{'x': {%s}}", "{%s}"])
def test_keys_of_different_hashes_that_collide_are_refused(form: str) -> None:
    """An hour for three million of them."""
    keys = colliding_keys_of_different_hashes(11)
    with pytest.raises(ValueError, match="same places"):
        wire.literal(form % ", ".join(f"{key}: 0" for key in keys))
    with pytest.raises(ValueError, match="same places"):
        literals.parse("{%s}" % ", ".join(f"{key}: 0" for key in keys))


@pytest.mark.parametrize(
    "keys",
    [
        *([number << bits for number in range(5_000)] for bits in range(0, 49, 4)),
        [number / 1024 for number in range(5_000)],
        [number * 0.1 for number in range(-2_500, 2_500)],
        [(one, -two) for one in range(70) for two in range(2, 72)],
        [number * 10**6 for number in range(5_000)],
        [f"{number}" for number in range(5_000)],
    ],
)
def test_regular_keys_do_not_collide(keys: list[object]) -> None:
    """Ordinary numbers, also those with the least different hashes."""
    literals.refuse_collisions(keys)


def test_keys_that_are_written_twice_do_not_collide() -> None:
    """A display may repeat a key; -1 and -2 have the same hash."""
    assert wire.literal("{'x': {%s}}" % ", ".join(["1", "-1", "-2", "'a'"] * 30)) == {"x": {1, -1, -2, "a"}}
    assert wire.literal("  {'x': {(1, 2): {3}}}") == {"x": {(1, 2): {3}}}


def test_inputs_and_answers_in_any_order_have_no_colliding_values() -> None:
    """EvalPlus' sets of inputs, and results that are compared as sets."""
    numbers = [number * (2**61 - 1) for number in range(1, 30_000)]
    start = time.process_time()
    with pytest.raises(ValueError, match="same hash"):
        evalplus_tasks._sets([[numbers]])
    with pytest.raises(ValueError, match="same hash"):
        evalplus._fits([1], numbers, 0.0, Oracle("same_set"), "")
    assert time.process_time() - start < 10

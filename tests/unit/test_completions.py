"""Files of completions become samples: what every form of them is read as, and that no row is left out in silence."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeeval.errors import CodeevalError, DataError, UsageError
from codeeval.samples import Placed, fitting, place, read
from codeeval.samples import read as read_samples
from codeeval.samples.sources import expand
from codeeval.store import PlannedProblem, RunStore
from codeeval.types import Problem, Sample, Task

RIGHT, WRONG = "\n    return a + b", "\n    return a - b"
PROMPT = 'def add(a: int, b: int) -> int:\n    """Sum."""'
PROGRAM = "def add(a, b):\n    return a + b\n"


def task(n: int = 3, name: str = "tasks") -> Task:
    problems = (Problem(str(i), "{function}", PROMPT, "add", ("{'a': 1, 'b': 2}",), ("3",)) for i in range(1, n + 1))
    return Task(name, "tasks.jsonl", "", tuple(problems))


def write(path: Path, lines: list[Any]) -> Path:
    path.write_text("".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in lines))
    return path


def placed(path: Path, of: Task | None = None, skip: bool = False) -> Placed:
    of = of or task()
    return place(fitting(read(path, of.name), of), of, skip)


def texts(found: Placed) -> dict[str, list[str]]:
    return {pid: [sample.completion for sample in samples] for pid, samples in found.samples.items()}


def rows(*more: object) -> list[Any]:
    """Ten samples of problems 1 and 2, nine of problem 3, and whatever is given."""
    return [*({"task_id": pid, "completion": f"{pid}"} for pid in (1, 2, 3) for _ in range(10))][:-1] + list(more)


@pytest.mark.parametrize("completion", [None, [None], float("nan"), "", {"text": ""}], ids=str)
def test_an_answer_of_nothing_counts(tmp_path: Path, completion: object) -> None:
    """A null is an empty answer."""
    found = placed(write(tmp_path / "s.jsonl", rows({"task_id": 3, "completion": completion})))
    assert texts(found)["3"] == ["3"] * 9 + [""]
    assert (found.missing, dict(found.wanted)) == ((), {"1": 10, "2": 10, "3": 10})


BROKEN = {
    "a cut row": '{"task_id": 3, "compl',
    "no JSON": "nonsense",
    "a number": {"task_id": 3, "completion": 5},
    "a text for a row": '"text"',
    "no field": {"task_id": 3},
    "no id": {"completion": WRONG},
    "an empty id": {"task_id": "  ", "completion": WRONG},
    "an empty list": {"task_id": 3, "completion": []},
    "an empty list inside": {"task_id": 3, "resps": [[]]},
    "a list with a number": {"task_id": 3, "completion": ["x", 5]},
    "an object": {"task_id": 3, "completion": {"code": "x"}},
    "a reference beside an answer": {"task_id": 3, "solution": RIGHT, "output": WRONG},
    "an unknown id": {"task_id": 33, "completion": WRONG},
    "a mistyped id": {"task_id": "3O", "completion": WRONG},
}


@pytest.mark.parametrize("row", BROKEN.values(), ids=BROKEN)
def test_a_row_that_cannot_be_read_is_missed(tmp_path: Path, row: object) -> None:
    """It leaves a gap in its problem; if its problem is unknown, in the one that has too few samples."""
    path = write(tmp_path / "s.jsonl", rows(row))
    lost = 2 if row == BROKEN["a list with a number"] else 1
    found = placed(path)
    assert [(one.problem_id, one.index) for one in found.missing] == [("3", 9 + number) for number in range(lost)]
    assert all(one.reason.startswith("line 30: ") for one in found.missing)
    assert dict(found.wanted) == {"1": 10, "2": 10, "3": 9 + lost}
    assert (placed(path, skip=True).missing, placed(path, skip=True).wanted["3"]) == ((), 9)


def test_a_row_in_the_middle_keeps_its_place(tmp_path: Path) -> None:
    """The samples after it keep the indices that they have in the file."""
    lines = [{"task_id": 1, "completion": one} for one in ("a", 5, "b")]
    found = placed(write(tmp_path / "s.jsonl", lines))
    assert [sample.index for sample in found.samples["1"]] == [0, 2]
    assert [(one.problem_id, one.index) for one in found.missing] == [("1", 1)]
    assert found.rows == {(0, 1): ("1", 0), (0, 3): ("1", 2)}


def test_broken_rows_of_nobody_go_where_samples_are_missing(tmp_path: Path) -> None:
    """Until all problems have as many; a problem without any counts where the others are even."""
    assert dict(placed(write(tmp_path / "s.jsonl", [*rows()[:20], *(["?"] * 10)])).wanted) == {
        "1": 10,
        "2": 10,
        "3": 10,
    }
    assert dict(placed(write(tmp_path / "s.jsonl", rows("?", "?", "?"))).wanted) == {"1": 11, "2": 11, "3": 10}


def test_rows_that_other_rows_repeat_are_not_missed(tmp_path: Path) -> None:
    """lm-eval writes the same responses once per filter; a run of more problems has more problems."""
    log = [{"doc_id": 1, "resps": [["a", "b"]], "filter": name} for name in ("one", "two")]
    found = placed(write(tmp_path / "s.jsonl", log))
    assert (texts(found), found.missing) == ({"1": ["a", "b"]}, ())
    docs = [
        {
            "doc": {"meta": {"id": pid}, "inputs": {"function": PROMPT if pid < 4 else "def other(): ..."}},
            "resps": [["a"]],
        }
        for pid in range(1, 9)
    ]
    found = placed(write(tmp_path / "s.jsonl", docs))
    assert (list(found.samples), found.missing) == (["1", "2", "3"], ())


def test_a_prediction_that_is_missing_is_missed(tmp_path: Path) -> None:
    """A document of predictions with a hole in it is not refused, and not scored as if the row had never been there."""
    (tmp_path / "s.json").write_text(json.dumps({**of_compass(), "2": {"origin_prompt": "x", "gold": ""}}))
    found = placed(tmp_path / "s.json")
    assert texts(found)["2"] == ANSWERS[2]
    assert [one.problem_id for one in found.missing] == ["3"]


@pytest.mark.parametrize("last", ["user", "assistant"])
def test_a_conversation_is_one_answer(tmp_path: Path, last: str) -> None:
    """The model's last turn; one that ends with the question has no answer."""
    turns = [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}, {"role": last, "content": "b"}]
    path = write(tmp_path / "s.jsonl", [{"task_id": 1, "completion": turns}])
    assert texts(placed(path))["1"] == ["b" if last == "assistant" else ""]


def test_a_run_that_lacks_samples_is_missing_them(tmp_path: Path) -> None:
    """An interrupted run is scored as one: what it lacks may be what is hard."""
    from run_values import make_manifest

    problems = [PlannedProblem(problem, None, "", 3) for problem in task(2).problems]
    with RunStore.create(tmp_path / "run", make_manifest(), problems) as store:
        store.add_samples([Sample("1", 0, "", RIGHT), Sample("1", 2, "", PROGRAM, is_program=True)])
    found = placed(tmp_path / "run", task(2))
    assert [(sample.index, sample.is_program) for sample in found.samples["1"]] == [(0, False), (2, True)]
    assert sorted((one.problem_id, one.index) for one in found.missing) == [("1", 1), ("2", 0), ("2", 1), ("2", 2)]
    assert placed(tmp_path / "run", task(2), skip=True).missing == ()


def test_python_takes_nulls_as_well() -> None:
    """`codeeval.evaluate` counts them as the command line does."""
    from codeeval.evaluation.completions import _samples

    given = {"1": [None, RIGHT], "2": None}
    found = _samples(task(), given)
    assert {pid: [sample.completion for sample in samples] for pid, samples in found.items()} == {
        "1": ["", RIGHT],
        "2": [""],
        "3": [],
    }


ANSWERS = {1: [RIGHT, WRONG], 2: [RIGHT, RIGHT], 3: ["", WRONG]}
FLAT = [{"task_id": pid, "completion": text} for pid, found in ANSWERS.items() for text in found]
WHOLE = [[f"def add(a: int, b: int) -> int:{text}" for text in found] for found in ANSWERS.values()]


def of_compass(**more: object) -> dict[str, object]:
    said = {"origin_prompt": [{"role": "HUMAN", "prompt": "Write `add`."}], **more}
    return {str(pid - 1): {**said, "prediction": found} for pid, found in ANSWERS.items()}


FORMS: dict[str, object] = {
    "array": FLAT,
    "wrapped": {"data": FLAT},
    "wrapped samples": {"model": "m", "samples": FLAT},
    "wrapped and named": {"id": "run 7", "name": "m", "meta": {"n": 2}, "samples": FLAT},
    "ids of a table": [{**row, "task_id": f"{row['task_id']}.0"} for row in FLAT],
    "ids with a name": [{**row, "task_id": f"HumanEval_{row['task_id']}"} for row in FLAT],
    "completion as a list": [{"task_id": pid, "completion": found} for pid, found in ANSWERS.items()],
    "completions": [{"id": pid, "completions": found} for pid, found in ANSWERS.items()],
    "nested": [{"task_id": f"tasks/{pid}", "completions": [found]} for pid, found in ANSWERS.items()],
    "generation": [{"meta": {"id": pid}, "generation": found} for pid, found in ANSWERS.items()],
    "generations": [{"meta": {"id": str(pid)}, "generations": found} for pid, found in ANSWERS.items()],
    "output": [{"problem_id": f"tasks/{pid}", "output": found} for pid, found in ANSWERS.items()],
    "outputs": [{"task_id": float(pid), "outputs": found} for pid, found in ANSWERS.items()],
    "response": [{"doc": {"doc_id": pid}, "response": found} for pid, found in ANSWERS.items()],
    "responses": [
        {"question_id": pid, "responses": [{"content": text} for text in found]} for pid, found in ANSWERS.items()
    ],
    "a server's answers": [
        {
            "custom_id": pid,
            "response": {"status_code": 200, "body": {"choices": [{"message": {"content": text}} for text in found]}},
        }
        for pid, found in ANSWERS.items()
    ],
    "parts": [
        {
            "id": pid,
            "responses": [
                {"content": [{"type": "text", "text": text[:3]}, {"type": "text", "text": text[3:]}]} for text in found
            ],
        }
        for pid, found in ANSWERS.items()
    ],
    "predictions": [{"task_id": pid, "predictions": found} for pid, found in ANSWERS.items()],
    "by id, a null": {"1": ANSWERS[1], "2": ANSWERS[2], "3": [None, WRONG]},
    "by id": {str(pid): found for pid, found in ANSWERS.items()},
    "conversations": [
        {
            "task_id": pid,
            "responses": [[{"role": "user", "content": "q"}, {"role": "assistant", "content": t}] for t in found],
        }
        for pid, found in ANSWERS.items()
    ],
    "rows by id": {str(pid): [{"completion": text} for text in found] for pid, found in ANSWERS.items()},
    "a row by id": {f"tasks/{pid}": {"completions": found} for pid, found in ANSWERS.items()},
    "opencompass": of_compass(gold="assert add(1, 2) == 3"),
    "opencompass, ids": {key: {**row, "gold": f"tasks/{int(key) + 1}"} for key, row in of_compass().items()},  # type: ignore[dict-item]
    "opencompass lines": [{"idx": int(key), **row} for key, row in of_compass().items()],  # type: ignore[dict-item]
}


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("value", FORMS.values(), ids=FORMS)
def test_every_form_of_the_same_answers(tmp_path: Path, value: object, indent: int | None) -> None:
    """One document, compact or not, gzipped or not, gives the same samples; so do JSON Lines of its rows."""
    text = json.dumps(value, indent=indent).encode()
    for name, data in (("s.json", text), ("s.json.gz", gzip.compress(text)), ("s", b"\xef\xbb\xbf" + text + b"\n\n")):
        (tmp_path / name).write_bytes(data)
        found = placed(tmp_path / name)
        assert texts(found) == {str(pid): found for pid, found in ANSWERS.items()}
        assert not found.missing
    if isinstance(value, list):
        assert texts(placed(write(tmp_path / "s.jsonl", value))) == {str(pid): found for pid, found in ANSWERS.items()}


def test_generations_of_bigcode(tmp_path: Path) -> None:
    """By their places in the set; programs of their own where they define the function. A file of another set is refused."""
    (tmp_path / "g.json").write_text(json.dumps(WHOLE))
    found = placed(tmp_path / "g.json")
    assert texts(found) == {str(number): whole for number, whole in enumerate(WHOLE, 1)}
    assert all(sample.is_program for samples in found.samples.values() for sample in samples)
    (tmp_path / "g.json").write_text(json.dumps([[RIGHT, None], ["def add(a, b): ...", 5], []]))
    mixed = placed(tmp_path / "g.json", task(4))
    assert [(one.problem_id, one.index) for one in mixed.missing] == [("2", 0), ("2", 1), ("3", 0)]
    (tmp_path / "g.json").write_text(json.dumps(list(ANSWERS.values())))
    bodies = placed(tmp_path / "g.json")
    assert texts(bodies) == {str(pid): found for pid, found in ANSWERS.items()}
    assert not any(sample.is_program for samples in bodies.samples.values() for sample in samples)
    for value, said in (
        (WHOLE * 2, "problem 6 by its place, but tasks has 3"),
        ([["def f(): ..."]], "most completions"),
    ):
        (tmp_path / "g.json").write_text(json.dumps(value))
        with pytest.raises(UsageError, match=said):
            placed(tmp_path / "g.json")


MULTIPL_E = {
    "name": "HumanEval_2_add",
    "language": "py",
    "prompt": 'def add(a: int, b: int) -> int:\n    """Another text."""\n',
    "tests": "def check(candidate):\n    assert candidate(1, 2) == 3\n\ncheck(add)",
    "stop_tokens": ["\ndef"],
    "completions": ["    return a + b", None],
}


def test_multipl_e(tmp_path: Path) -> None:
    """A completion continues the file's own prompt; results have whole programs, and are not read beside the completions."""
    (tmp_path / "HumanEval_2_add.json.gz").write_bytes(gzip.compress(json.dumps(MULTIPL_E).encode()))
    prompt, tests = str(MULTIPL_E["prompt"]), str(MULTIPL_E["tests"])
    given = {name: value for name, value in MULTIPL_E.items() if name != "completions"}
    results = {**given, "results": [{"program": f"{prompt}    return a + b\n{tests}", "status": "OK"}]}
    (tmp_path / "HumanEval_2_add.results.json.gz").write_bytes(gzip.compress(json.dumps(results).encode()))
    for path in (tmp_path, tmp_path / "*.json.gz"):
        found = placed(path, task(name="humaneval"))
        assert texts(found) == {"2": [prompt + "    return a + b", prompt]}
        assert all(sample.is_program for sample in found.samples["2"])
    alone = placed(tmp_path / "HumanEval_2_add.results.json.gz", task(name="humaneval"))
    assert texts(alone) == {"2": [prompt + "    return a + b"]}
    (tmp_path / "lua.json").write_text(json.dumps({**MULTIPL_E, "language": "lua"}))
    with pytest.raises(DataError, match="completions in lua: only Python is executed here"):
        placed(tmp_path / "lua.json")
    same = {**MULTIPL_E, "prompt": PROMPT, "completions": [RIGHT]}
    (tmp_path / "same.json").write_text(json.dumps(same, indent=1))
    assert placed(tmp_path / "same.json", task(name="humaneval")).samples["2"] == [Sample("2", 0, "", RIGHT)]


def inspect_sample(pid: int, content: object, **more: object) -> dict[str, object]:
    message = {"role": "assistant", "content": content}
    return {"id": f"tasks/{pid}", "epoch": 1, "output": {"model": "m", "choices": [{"message": message}]}, **more}


def test_logs_of_inspect(tmp_path: Path) -> None:
    """The answer without the thought, long ones from the attachments; a sample that ended in an error is missed."""
    parts = [{"type": "reasoning", "reasoning": "hm"}, {"type": "text", "text": RIGHT}]
    samples = [
        inspect_sample(1, parts),
        inspect_sample(2, "attachment://ab", attachments={"ab": WRONG}),
        inspect_sample(2, None),
        inspect_sample(3, "x", error={"message": "out of memory", "traceback": "…"}),
        {"id": 3, "epoch": 2, "output": {"choices": [{"message": {"content": "x"}}], "completion": RIGHT}},
        {"id": 3, "epoch": 3, "output": {"choices": []}},
    ]
    log = {"version": 2, "status": "cancelled", "eval": {"task": "t"}, "samples": samples}
    (tmp_path / "log.json").write_text(json.dumps(log))
    found = placed(tmp_path / "log.json")
    assert texts(found) == {"1": [RIGHT], "2": [WRONG, ""], "3": [RIGHT]}
    assert found.samples["1"][0].thought == "hm"
    assert [(one.problem_id, one.index) for one in found.missing] == [("3", 0), ("3", 2)]
    assert "out of memory" in found.missing[0].reason
    assert "'cancelled'" in read(tmp_path / "log.json", "t").notes[0]
    (tmp_path / "log.json").write_text(json.dumps({**log, "samples": None}))
    with pytest.raises(DataError, match="no usable row"):
        read(tmp_path / "log.json", "t")


def test_an_eval_file_needs_inspect(tmp_path: Path) -> None:
    """Said with what to install, and with the way without it."""
    import zipfile

    with zipfile.ZipFile(tmp_path / "log.eval", "w") as archive:
        archive.writestr("header.json", "{}")
    with pytest.raises(CodeevalError, match="inspect"):
        read(tmp_path / "log.eval", "t")


def test_tables(tmp_path: Path) -> None:
    """CSV with an empty cell, lists and line breaks in a cell; Parquet with lists, numbers and nulls."""
    with (tmp_path / "s.csv").open("w", newline="") as stream:
        out = csv.writer(stream)
        out.writerow(["task_id", "completion", "note"])
        for row in FLAT:
            out.writerow([row["task_id"], row["completion"], "a, b"])
    expected = {str(pid): found for pid, found in ANSWERS.items()}
    assert texts(placed(tmp_path / "s.csv")) == expected
    (tmp_path / "s.csv.gz").write_bytes(gzip.compress((tmp_path / "s.csv").read_bytes()))
    assert texts(placed(tmp_path / "s.csv.gz")) == expected
    lists = "".join(f"{pid}\t{json.dumps(found)!s}\n" for pid, found in ANSWERS.items())
    (tmp_path / "s.tsv").write_text(
        "task_id\tcompletions\n" + lists.replace('"', '""').replace("\t[", '\t"[').replace("]\n", ']"\n')
    )
    assert texts(placed(tmp_path / "s.tsv")) == expected
    import pyarrow
    from pyarrow import parquet

    columns = {"task_id": list(ANSWERS), "responses": [[text or None for text in found] for found in ANSWERS.values()]}
    parquet.write_table(pyarrow.table(columns), tmp_path / "s.parquet")
    assert texts(placed(tmp_path / "s.parquet")) == expected


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("task_id;completion\n1;a, b\n", "s.csv"),
        ("sep=;\r\ntask_id;completion\r\n1;a, b\r\n", "s.csv"),
        ("task_id\tcompletion\n1\ta, b\n", "s.csv"),
        ("task_id|completion\n1|a, b\n", "s.csv"),
        (' task_id , completion \n1,"a, b"\n', "s.csv"),
        (",task_id,completions\n0,1,\"['a, b']\"\n", "s.csv"),
        ("task_id\tcompletion\n1\ta, b\n", "s.tsv"),
    ],
)
def test_tables_of_spreadsheets(tmp_path: Path, text: str, kind: str) -> None:
    """Other separators, Excel's line that names one, an index without a name, lists as pandas writes them."""
    (tmp_path / kind).write_bytes(text.encode("utf-8-sig"))
    assert texts(placed(tmp_path / kind))["1"] == ["a, b"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"task_id,completion,completion\n1,a,b\n", "the column completion occurs in it twice"),
        ("task_id,completion\n1,да\n".encode("cp1251"), "not UTF-8: save the table as CSV in UTF-8"),
        ("task_id,completion\n1,да\n".encode("utf-16"), "UTF-16: save it as UTF-8"),
        (b"", "no usable row"),
    ],
)
def test_tables_that_cannot_be_read(tmp_path: Path, content: bytes, said: str) -> None:
    """What is wrong with them, and what to do."""
    (tmp_path / "s.csv").write_bytes(content)
    with pytest.raises(DataError, match=said):
        read(tmp_path / "s.csv", "t")


@pytest.mark.parametrize("last", ['3,"cut', "3", "3,a,b", '3,"a"b'])
def test_broken_rows_of_a_table_are_missed(tmp_path: Path, last: str) -> None:
    """A table that ends in the middle of a row, and rows that don't fit their header."""
    (tmp_path / "s.csv").write_text(f"task_id,completion\n1,a\n2,b\n{last}\n")
    found = placed(tmp_path / "s.csv")
    assert [(one.problem_id, one.index) for one in found.missing] == [("3", 0)]
    assert found.missing[0].reason.startswith("row 3: ")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'[\n {"task_id": 1, "completion": "x"},\n {"task_id": 2', "a JSON list that is broken in line 3"),
        (b"[" * 100_000, "nested too deeply"),
        (b'[{"task_id": 1}]', "row 1: no field completion"),
        (b"[1, 2]", "must be a JSON object"),
        (b"[]", "no usable row"),
        (b"{}", "no usable row"),
        (b'{"a": {"b": 1}}', "no usable row"),
        (b'{"task_id": 1, "verdict": "passed", "passed_by_protocol": {}, "outputs": ["3"]}', "results of codeeval"),
        (b'{"inputs": {}, "outputs": ["3"], "meta": {"id": 1}}', "a problem, not a completion"),
    ],
)
def test_documents_without_a_usable_row(tmp_path: Path, content: bytes, said: str) -> None:
    """Each says what is wrong, and where."""
    (tmp_path / "s.json").write_bytes(content)
    with pytest.raises(DataError, match=said):
        read(tmp_path / "s.json", "t")


def test_what_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounded in bytes, rows that can't be used, and samples."""
    from codeeval import files
    from codeeval.samples import documents

    monkeypatch.setattr(documents, "MAX_DOCUMENT_BYTES", 1_000)
    (tmp_path / "s.json").write_text("[\n" + '{"task_id": 1, "completion": "x"},\n' * 100 + "{}]")
    with pytest.raises(DataError, match="write one row per line"):
        read(tmp_path / "s.json", "t")
    assert files.Bounded(io.BytesIO(b"x" * 100), "s.json", 100).read() == b"x" * 100
    with pytest.raises(ValueError, match=r"s.json holds more than 0 MiB"):
        files.Bounded(io.BytesIO(b"x" * 101), "s.json", 100).read()
    packed = io.BytesIO(gzip.compress(b"x" * 10_000))
    with files.unpacked(packed, "s.json.gz", 100) as plain, pytest.raises(ValueError, match="holds more than"):
        plain.readline()
    monkeypatch.setattr(import_module("codeeval.samples.read"), "MAX_BAD", 50)
    with pytest.raises(DataError, match="more than 50 rows in it can't be used; line 1: not JSON"):
        read(write(tmp_path / "s.jsonl", ["?"] * 60), "t")


def test_folders_and_patterns(tmp_path: Path) -> None:
    """lm-eval's newest log of the task; several models, other tasks and empty folders are told."""
    for folder, name in (("a", "samples_tasks_2025-01-01T00-00-00.1"), ("a", "samples_tasks_2025-02-01T00-00-00.1")):
        (tmp_path / folder).mkdir(exist_ok=True)
        write(tmp_path / folder / f"{name}.jsonl", [{"task_id": 1, "completion": name}])
    assert texts(placed(tmp_path)) == {"1": ["samples_tasks_2025-02-01T00-00-00.1"]}
    (tmp_path / "b").mkdir()
    write(tmp_path / "b/samples_tasks_2025-01-01T00-00-00.1.jsonl", [{"task_id": 1, "completion": "x"}])
    with pytest.raises(UsageError, match="several models"):
        placed(tmp_path)
    write(tmp_path / "b/samples_more_2025-01-01T00-00-00.1.jsonl", [{"task_id": 1, "completion": "x"}])
    with pytest.raises(UsageError, match="it has samples of more, tasks"):
        expand([tmp_path / "b"], "other")
    with pytest.raises(UsageError, match="no file fits this pattern"):
        expand([tmp_path / "*.none"], "tasks")
    (tmp_path / "s[1].jsonl").write_text('{"task_id": 1, "completion": "y"}')
    assert texts(placed(tmp_path / "s[1].jsonl")) == {"1": ["y"]}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=8,
)
FIELDS = (
    *(
        "task_id",
        "id",
        "name",
        "prompt",
        "completion",
        "completions",
        "solution",
        "generation",
        "output",
        "outputs",
        "response",
    ),
    *(
        "results",
        "tests",
        "language",
        "epoch",
        "error",
        "choices",
        "eval",
        "status",
        "samples",
        "origin_prompt",
        "prediction",
    ),
    *("gold", "idx", "resps", "doc", "meta", "data"),
)
ROW = st.dictionaries(st.sampled_from(FIELDS), JSON | st.sampled_from(["1", "a/1", 2]), max_size=6)
DOCUMENT = (
    JSON | ROW | st.lists(ROW | JSON, max_size=4) | st.dictionaries(st.sampled_from(["0", "1", "a"]), ROW, max_size=3)
)


@given(DOCUMENT, st.sampled_from([None, 1]))
def test_any_document_is_samples_or_a_clear_error(
    tmp_path_factory: pytest.TempPathFactory, value: object, indent: int | None
) -> None:
    """Whatever stands in it; and what was read plus what is missed is all there is."""
    path = tmp_path_factory.mktemp("d") / "s.json"
    path.write_text(json.dumps(value, indent=indent))
    with suppress(UsageError):
        whole = fitting(read_samples(path, "tasks"), task())
        found = place(whole, task())
        n = sum(map(len, found.samples.values()))
        assert n == len(whole.entries)
        assert sum(found.wanted.values()) == n + sum(row.samples for row in whole.lost)
        for pid, samples in found.samples.items():
            gaps = {one.index for one in found.missing if one.problem_id == pid}
            assert {sample.index for sample in samples} | gaps == set(range(found.wanted[pid]))


def lines(data: st.DataObject) -> Iterator[str]:
    for pid in data.draw(st.lists(st.sampled_from([1, 2, 3]), min_size=1, max_size=12)):
        good = json.dumps({"task_id": pid, "completion": "x"})
        kind = data.draw(st.sampled_from(["good", "good", "cut", "number", "garbage"]))
        yield {"good": good, "cut": good[:-3], "number": good.replace('"x"', "5"), "garbage": "\x00"}[kind]


@given(st.data())
def test_every_row_is_a_sample_or_is_missed(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """However good and broken rows are mixed: n does not shrink, so that nothing can raise the score by being unreadable."""
    given_lines = list(lines(data))
    path = write(tmp_path_factory.mktemp("l") / "s.jsonl", list(given_lines))
    with suppress(DataError):  # no usable row
        assert sum(placed(path).wanted.values()) == len(given_lines)

"""Problem files: the schema, every way in which a row can be wrong, and the selection of problems."""

from __future__ import annotations

import ast
import gzip
import json
import re
from pathlib import Path
from typing import Literal
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mera_rows import ROW, numbered, row, without, write_jsonl

from codeeval.errors import DataError, NothingToEvaluate, UsageError
from codeeval.tasks import TASKS, digest, load, select_problems
from codeeval.tasks import mera as mera_module
from codeeval.tasks import rows as rows_module
from codeeval.tasks.mera import problem_of, problems
from codeeval.tasks.rows import SourceRow
from codeeval.types import Problem, Task


def parsed(value: object) -> Problem:
    return problem_of(SourceRow("set.jsonl, line 3", value))


def parsed_or_error(value: object) -> Problem | DataError:
    try:
        return parsed(value)
    except DataError as error:
        return error


def error_of(value: object) -> DataError:
    with pytest.raises(DataError) as caught:
        parsed(value)
    return caught.value


def test_a_row_becomes_a_problem() -> None:
    """Every field arrives where it belongs, the prompt to the character."""
    problem = parsed(ROW)
    assert (problem.id, problem.entry_point, problem.expected) == ("0", "add", ("3", "3"))
    assert problem.calls == ("{'xs': [1, 2]}", "{'xs': [], 'n': 3}")
    assert problem.prompt == ROW["inputs"]["function"]
    assert problem.prompt.endswith('"""')
    assert problem.instruction == "Допишите функцию.\n{function}"
    assert problem.canonical_solution == "\n\n    return sum(xs) + n\n\n"
    assert problem.extra == ()


@pytest.mark.parametrize("name", ["f", "сумма", "a·b", "किx", "कि", "x\u0302"])
def test_a_function_is_found_by_any_name(name: str) -> None:
    """Its definition has the whole name, whatever characters it has."""
    value = row("inputs.function", f"import math\n\n  async def {name}: return 1")
    value["meta"]["entry_point"] = name
    assert parsed(value).entry_point == name
    value["inputs"]["function"] = f"def {name}x(): return 1\n# def {name}("
    assert f"the function {name!r}" in error_of(value).what


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("other", ["NFC", "NFD"])
def test_a_function_is_named_as_python_compiles_it(form: Literal["NFC", "NFD"], other: Literal["NFC", "NFD"]) -> None:
    """A letter may be one character in one place of a file and two in another."""
    value = row("inputs.function", normalize(form, "def найти(x): return x"))
    value["meta"]["entry_point"] = normalize(other, "найти")
    assert parsed(value).entry_point == normalize("NFC", "найти")


def test_further_meta_fields_are_kept() -> None:
    """What a set adds to `meta` survives as JSON, in a fixed order."""
    value = row()
    value["meta"] |= {"topics": ["числа"], "difficulty": 2}
    assert parsed(value).extra == (("difficulty", "2"), ("topics", '["\\u0447\\u0438\\u0441\\u043b\\u0430"]'))


@pytest.mark.parametrize(("given_id", "kept"), [(5, "5"), ("HumanEval/5", "HumanEval/5"), (-1, "-1")])
def test_ids_are_numbers_or_texts(given_id: int | str, kept: str) -> None:
    """Both kinds of ids become text."""
    assert parsed(row("meta.id", given_id)).id == kept


@pytest.mark.parametrize("closed", [[], ["", ""], None])
def test_closed_sets_have_hidden_answers(closed: list[str] | None) -> None:
    """No outputs, null, and one empty text per test all mean that the answers are hidden."""
    assert parsed(row("outputs", closed)).expected is None


def test_a_missing_reference_solution_is_none() -> None:
    """Closed sets leave it out or empty."""
    assert parsed(without("meta.canonical_solution")).canonical_solution is None
    assert parsed(row("meta.canonical_solution", "")).canonical_solution is None


def test_an_empty_answer_among_others_is_visible() -> None:
    """Only all-empty outputs are hidden; one empty text is an answer."""
    assert parsed(row("outputs", ["", "3"])).expected == ("", "3")


@pytest.mark.parametrize(
    ("path", "value", "field", "what"),
    [
        ("instruction", 3, "instruction", "must be a text, it is a number"),
        ("instruction", "без поля", "instruction", "{function}"),
        ("inputs", "x", "inputs", "must be an object, it is a text"),
        ("inputs.function", None, "inputs.function", "must be a text, it is null"),
        ("inputs.function", "def other(): pass", "inputs.function", "'add'"),
        ("inputs.tests", [{"xs": []}], "inputs.tests", "must be a text, it is a list"),
        ("inputs.tests", "[", "inputs.tests", "not a Python literal"),
        ("inputs.tests", "{'xs': []}", "inputs.tests", "not a list"),
        ("inputs.tests", "[]", "inputs.tests", "without a test"),
        ("inputs.tests", "[{'xs': []}, 3]", "inputs.tests, test 1", "not a dict"),
        ("inputs.tests", "[{1: []}, {}]", "inputs.tests, test 0", "key is not a string"),
        ("inputs.tests", "[{**{}}, {}]", "inputs.tests, test 0", "key is not a string"),
        ("inputs.tests", "[{'a': 1, 'a': 2}, {}]", "inputs.tests, test 0", "twice"),
        ("inputs.tests", "[{'a': __import__('os')}, {}]", "inputs.tests, test 0", "not a literal"),
        ("inputs.tests", "[{'a': " + "[" * 5000 + "]" * 5000 + "}]", "inputs.tests", "not a Python literal"),
        ("inputs.tests", "[{'a': " + "-" * 50_000 + "1}]", "inputs.tests", "nested too deeply"),
        ("inputs.tests", "[{'a': " + "9" * 5000 + "}]", "inputs.tests", "not a Python literal"),
        ("inputs.tests", "\0", "inputs.tests", "not a Python literal"),
        ("outputs", ["3"], "outputs", "1 output for 2 tests"),
        ("outputs", ["", "", ""], "outputs", "3 outputs for 2 tests"),
        ("outputs", [3, 3], "outputs[0]", "must be a text, it is a number"),
        ("outputs", "3", "outputs", "must be a list, it is a text"),
        ("meta", None, "meta", "must be an object, it is null"),
        ("meta.id", 1.5, "meta.id", "must be a whole number or a text, it is a number"),
        ("meta.id", True, "meta.id", "must be a whole number or a text, it is a boolean"),
        ("meta.id", [1], "meta.id", "must be a whole number or a text, it is a list"),
        ("meta.id", "", "meta.id", "is empty"),
        ("meta.id", " \t", "meta.id", "is empty"),
        ("meta.id", "x" * 201, "meta.id", "has 201 characters, and 200 are the most"),
        ("meta.id", " 1", "meta.id", "' 1' begins or ends with white space"),
        ("meta.id", "1\n", "meta.id", "'1\\n' begins or ends with white space"),
        ("meta.id", "a\nb", "meta.id", "'a\\nb' has characters that can't be printed"),
        ("meta.id", "a\u202eb", "meta.id", "'a\\u202eb' has characters that can't be printed"),
        ("meta.id", "a\0b", "meta.id", "can't be printed"),
        ("meta.entry_point", "a b", "meta.entry_point", "not a name"),
        ("meta.entry_point", "class", "meta.entry_point", "not a name"),
        ("meta.canonical_solution", ["x"], "meta.canonical_solution", "must be a text, it is a list"),
    ],
)
def test_a_wrong_field_is_named(path: str, value: object, field: str, what: str) -> None:
    """Each error says the file, the line, the field and what is wrong with it."""
    error = error_of(row(path, value))
    assert error.where == f"set.jsonl, line 3, field {field}"
    assert what in error.what
    assert error.hint


@pytest.mark.parametrize(
    "path",
    ["instruction", "inputs", "inputs.function", "inputs.tests", "outputs", "meta", "meta.id", "meta.entry_point"],
)
def test_a_missing_field_is_named(path: str) -> None:
    """A field that is not there is said to be missing."""
    error = error_of(without(path))
    assert (error.where, error.what) == (f"set.jsonl, line 3, field {path}", "is missing")


def test_the_usual_mistakes_get_the_remedy() -> None:
    """Tests written as JSON, numbers for outputs, an id of another kind: the hint shows how it is written."""
    assert error_of(row("inputs.tests", [{"n": 3}])).hint == """Write the list as a text: "[{'n': 3}, {'n': 4}]"."""
    assert '"3" and not 3' in error_of(row("outputs", [3, 3])).hint
    assert "whole number, or a short text" in error_of(row("meta.id", None)).hint


def test_a_file_of_something_else_is_known_by_its_fields() -> None:
    """Who named the wrong file sees what is in it."""
    assert error_of({"question": "?", "a\nb": "!"}).hint.startswith("The row has question, a\\nb. See ")
    assert error_of({}).hint.startswith("See ")


@pytest.mark.parametrize("value", [None, 3, "text", [1]])
def test_a_row_must_be_an_object(value: object) -> None:
    """Other JSON values are not rows."""
    assert "object" in error_of(value).what


def test_tests_longer_than_the_limit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The literal of the tests is not even parsed when it is too long."""
    monkeypatch.setattr(mera_module, "MAX_TESTS_CHARS", 20)
    assert "longer than 20" in error_of(ROW).what


def test_the_address_of_a_node_is_not_shown() -> None:
    """Python's own message names an object in memory; ours doesn't, so that it is the same every time."""
    what = error_of(row("inputs.tests", "[{'a': print()}, {}]")).what
    assert "0x" not in what
    assert "Call" in what


@pytest.mark.parametrize(("first", "second"), [(1, 1), (1, "1"), ("a", "a")])
def test_an_id_used_twice_is_refused(first: int | str, second: int | str) -> None:
    """The error names both places; 1 and "1" are the same id."""
    pair = [SourceRow("set.json, row 1", row("meta.id", first)), SourceRow("set.json, row 2", row("meta.id", second))]
    with pytest.raises(DataError, match=r"row 2, field meta.id: the id .* used before, in set.json, row 1"):
        problems(pair)


LITERALS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.binary(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
        | st.sets(st.integers(), min_size=1, max_size=3)
    ),
    max_leaves=8,
)


@given(st.lists(st.dictionaries(st.text(max_size=8), LITERALS, max_size=3), min_size=1, max_size=4))
def test_calls_are_the_arguments_of_the_file(tests: list[dict[str, object]]) -> None:
    """Read back, each call is exactly the dict that the file has."""
    value = row("inputs.tests", repr(tests))
    value["outputs"] = []
    assert [ast.literal_eval(call) for call in parsed(value).calls] == tests


@given(st.text())
def test_any_text_of_tests_is_read_or_refused(text: str) -> None:
    """No text escapes as another exception than DataError."""
    value = row("inputs.tests", text)
    value["outputs"] = []
    found = parsed_or_error(value)
    if isinstance(found, DataError):
        assert "inputs.tests" in found.where
    else:
        assert all(isinstance(ast.literal_eval(call), dict) for call in found.calls)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(
    st.sampled_from(["instruction", "inputs", "inputs.tests", "outputs", "meta", "meta.id", "meta.entry_point"]), JSON
)
def test_any_value_of_a_field_is_read_or_refused(path: str, value: object) -> None:
    """Whatever JSON a field holds, the row is a problem or a DataError."""
    found = parsed_or_error(row(path, value))
    if isinstance(found, DataError):
        assert found.where.startswith("set.jsonl, line 3, field ")
    else:
        assert found.calls


def test_the_digest_depends_on_content_alone(tmp_path: Path) -> None:
    """Equal problems have equal digests whatever the format; any change shows."""
    rows = numbered(3)
    as_list = tmp_path / "a.json"
    as_list.write_text(json.dumps(rows, indent=3), encoding="utf-8")
    first, second = load(str(as_list)), load(str(write_jsonl(tmp_path / "b.jsonl", rows)))
    assert first.digest == second.digest
    assert re.fullmatch("[0-9a-f]{64}", first.digest)
    rows[2]["outputs"] = ["3", "4"]
    assert load(str(write_jsonl(tmp_path / "c.jsonl", rows))).digest != first.digest


def test_the_digest_is_the_same_for_ever() -> None:
    """Digests are stored in baselines, so a change of their recipe has to be a decision."""
    assert digest([parsed(ROW)]) == "23d3b45a5ed93e5f22b389c3af98a304ff4d5249ce9a2d6f4e3414c1d4712b9f"


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ([3], "row 1"),
        ({"data": [3]}, "row 1 of data"),
        ({"data": {"test": [3]}}, "row 1 of data.test"),
        ({"train": [3], "test": [3]}, "row 1 of test"),
    ],
)
def test_json_lists_are_found_where_sets_have_them(tmp_path: Path, document: object, place: str) -> None:
    """A list, or an object that holds one under data, test or train; errors say which list."""
    path = tmp_path / "set.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        load(str(path))
    assert caught.value.where == f"{path}, {place}"


@pytest.mark.parametrize("document", ['"text"', "3", "null", "true", "{}", '{"data": {}}', '{"data": 3}'])
def test_json_without_a_list_is_refused(tmp_path: Path, document: str) -> None:
    """The error says what kind of file is expected."""
    path = tmp_path / "set.json"
    path.write_text(document, encoding="utf-8")
    with pytest.raises(DataError, match="list of rows"):
        load(str(path))


def test_broken_json_names_line_and_column(tmp_path: Path) -> None:
    """In both JSON formats the place is that in the file."""
    path = tmp_path / "set.json"
    path.write_text('[\n {"a": 1,}\n]', encoding="utf-8")
    with pytest.raises(DataError, match=r"set.json, line 2, column \d+: broken JSON"):
        load(str(path))
    lines = write_jsonl(tmp_path / "set.jsonl", numbered(2))
    lines.write_text(lines.read_text(encoding="utf-8") + "\n{'a': 1}\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"set.jsonl, line 4, column 2: broken JSON"):
        load(str(lines))


@pytest.mark.parametrize("text", ["[" * 200_000, "[" + "9" * 5000 + "]"])
def test_hostile_json_is_an_error_not_a_crash(tmp_path: Path, text: str) -> None:
    """Depth and long integers end in the same kind of error."""
    path = tmp_path / "set.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="JSON"):
        load(str(path))


@pytest.mark.parametrize(
    ("name", "text", "hint"),
    [
        ("rows.json", f"{json.dumps(ROW)}\n{json.dumps(ROW)}\n", "called .jsonl"),
        ("list.jsonl", json.dumps([ROW], indent=1), "is a .json file"),
        ("row.jsonl", json.dumps(ROW, indent=1), "is a .json file"),
        ("broken.jsonl", "{'a': 1}\n", "Correct the file"),
    ],
)
def test_json_and_json_lines_are_told_apart(tmp_path: Path, name: str, text: str, hint: str) -> None:
    """One format under the name of the other is said to be that."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="broken JSON") as caught:
        load(str(path))
    assert hint in caught.value.hint


def test_a_gzipped_file_without_its_suffix_is_named(tmp_path: Path) -> None:
    """Its bytes are no UTF-8, but that is not what is wrong with it."""
    path = tmp_path / "set.jsonl"
    path.write_bytes(gzip.compress(b"{}"))
    with pytest.raises(DataError, match=r"set.jsonl: gzipped, but not named so\n  Rename it to set.jsonl.gz"):
        load(str(path))


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("rustart", "rustarter"),
        ("ruHumanEval", "ruhumaneval"),
        ("HumanEval+", "humanevalplus"),
        ("ru_code_eval", "rucodeeval"),
    ],
)
def test_the_near_set_is_suggested(given: str, meant: str) -> None:
    """Spelling, capitals and signs are the usual slips."""
    with pytest.raises(UsageError, match=rf"\n  Did you mean {meant}\?$"):
        load(given)


def test_no_set_is_suggested_where_none_is_near() -> None:
    """A guess that is none would only confuse."""
    with pytest.raises(UsageError, match=r"unknown task 'gsm8k'") as caught:
        load("gsm8k")
    assert "mean" not in str(caught.value)


def test_text_that_is_not_utf8_names_the_place(tmp_path: Path) -> None:
    """A file in another encoding is refused with line and byte."""
    path = tmp_path / "set.jsonl"
    path.write_bytes(b"{}\n" + '{"а": 1}'.encode("cp1251"))
    with pytest.raises(DataError, match=r"set.jsonl, line 2, byte 3 of it: not UTF-8"):
        load(str(path))


def test_line_breaks_inside_of_strings_and_a_mark_at_the_start(tmp_path: Path) -> None:
    """U+2028 is no end of line in JSON, CRLF is one, and a byte order mark is no content."""
    made = row("instruction", "а\u2028б {function}")
    path = tmp_path / "set.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(made, ensure_ascii=False).encode() + b"\r\n\r\n")
    assert load(str(path)).problems[0].instruction == "а\u2028б {function}"


@pytest.mark.parametrize("name", ["missing.json", "folder.jsonl"])
def test_a_path_that_is_no_file_is_refused(tmp_path: Path, name: str) -> None:
    """A missing file and a folder are said to be that."""
    (tmp_path / "folder.jsonl").mkdir()
    with pytest.raises(UsageError, match=f"{name}: (can't be read: No such file|not a file)"):
        load(str(tmp_path / name))


def test_a_file_larger_than_the_limit_is_refused(tmp_path: Path) -> None:
    """Its size alone decides, before anything is read (the file is sparse)."""
    path = tmp_path / "set.jsonl"
    with path.open("wb") as file:
        file.truncate(rows_module.MAX_FILE_BYTES + 1)
    with pytest.raises(DataError, match="limit of 64 MiB"):
        load(str(path))


def test_a_file_without_rows_leaves_nothing_to_evaluate(tmp_path: Path) -> None:
    """An empty file is no success."""
    path = tmp_path / "set.jsonl"
    path.write_text("\n\n", encoding="utf-8")
    with pytest.raises(NothingToEvaluate, match="no problem in it"):
        load(str(path))


def test_an_unknown_task_lists_the_known_ones() -> None:
    """A mistyped name is answered with what there is."""
    with pytest.raises(UsageError) as caught:
        load("ruhumanevall")
    assert all(task.name in str(caught.value) for task in TASKS)


def test_the_bundled_set_loads() -> None:
    """What comes with codeeval is in the schema, open, and with reference solutions."""
    task = load("rustarter")
    assert len(task.problems) >= 30
    assert all(problem.expected and problem.canonical_solution for problem in task.problems)


def test_parquet_and_jsonl_give_the_same_task(tmp_path: Path) -> None:
    """The formats of MERA Code and of MERA 1.2.0 mean the same."""
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    meta = pyarrow.struct(
        [("id", pyarrow.int32()), ("canonical_solution", pyarrow.string()), ("entry_point", pyarrow.string())]
    )
    inputs = pyarrow.struct([("function", pyarrow.string()), ("tests", pyarrow.string())])
    outputs = pyarrow.list_(pyarrow.string())
    schema = pyarrow.schema(
        [("instruction", pyarrow.string()), ("inputs", inputs), ("outputs", outputs), ("meta", meta)]
    )
    parquet.write_table(pyarrow.Table.from_pylist(numbered(3), schema=schema), tmp_path / "set.parquet")
    from_parquet = load(str(tmp_path / "set.parquet"))
    assert from_parquet.problems == load(str(write_jsonl(tmp_path / "set.jsonl", numbered(3)))).problems


def test_a_broken_parquet_file_is_refused(tmp_path: Path) -> None:
    """Its bytes are not taken for rows."""
    pytest.importorskip("pyarrow")
    path = tmp_path / "set.parquet"
    path.write_bytes(b"PAR1 nothing PAR1")
    with pytest.raises(DataError, match="not a readable Parquet file"):
        load(str(path))


def test_a_parquet_file_that_unpacks_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small on disk is not enough: what it unpacks to is bounded, and a text that all rows share counts once for each."""
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    monkeypatch.setattr(rows_module, "MAX_FILE_BYTES", 1 << 20)
    parquet.write_table(pyarrow.table({"a": ["x" * 100_000] * 1_000}), tmp_path / "set.parquet")
    assert (tmp_path / "set.parquet").stat().st_size < 1 << 18
    with pytest.raises(DataError, match="when unpacked"):
        load(str(tmp_path / "set.parquet"))


def test_the_published_rows_load(shared: Path) -> None:
    """The two rows that MERA's data cards print are in the schema as they stand."""
    task = load(str(shared / "data" / "mera_published_rows.jsonl"))
    assert [(problem.id, len(problem.calls)) for problem in task.problems] == [("6", 10), ("13", 10)]
    assert all(problem.prompt.endswith('"""') for problem in task.problems)


def test_the_large_set_loads(shared: Path) -> None:
    """All 164 problems of HumanEval in MERA's schema, open."""
    task = load(str(shared / "data" / "humaneval_mera.json"))
    assert len(task.problems) == 164
    assert all(problem.expected for problem in task.problems)


def small_task(count: int = 12) -> Task:
    found = problems(SourceRow(f"row {i}", value) for i, value in enumerate(numbered(count)))
    return Task("small", "test", digest(found), found)


@pytest.mark.parametrize(
    ("limit", "ids", "left"),
    [
        (None, None, [str(i) for i in range(12)]),
        (3, None, ["0", "1", "2"]),
        (99, None, [str(i) for i in range(12)]),
        (None, "1,5-7", ["1", "5", "6", "7"]),
        (None, "7, 3 ,3", ["3", "7"]),
        (2, "5-999999", ["5", "6"]),
        (None, "8-20,0", ["0", "8", "9", "10", "11"]),
    ],
)
def test_problems_are_selected_in_the_sets_order(limit: int | None, ids: str | None, left: list[str]) -> None:
    """`--problems` chooses, `--limit` cuts what was chosen."""
    chosen = select_problems(small_task(), limit, ids)
    assert [problem.id for problem in chosen.problems] == left
    assert chosen.digest == digest(chosen.problems)


def test_ids_that_look_like_ranges_are_ids_first() -> None:
    """An exact id wins over the reading as a range."""
    found = problems([SourceRow("a", row("meta.id", "1-3")), SourceRow("b", row("meta.id", "2"))])
    task = Task("t", "s", digest(found), found)
    assert [problem.id for problem in select_problems(task, None, "1-3").problems] == ["1-3"]


@pytest.mark.parametrize(("limit", "ids"), [(0, None), (-1, None), (None, "99"), (None, "x"), (None, "50-60")])
def test_a_selection_that_names_nothing_is_refused(limit: int | None, ids: str | None) -> None:
    """A typing error must not shrink a run silently."""
    with pytest.raises(UsageError):
        select_problems(small_task(), limit, ids)


def test_an_empty_selection_leaves_nothing() -> None:
    """`--problems ""` names no problem."""
    with pytest.raises(NothingToEvaluate):
        select_problems(small_task(), None, " , ")


@given(st.text(alphabet="0123456789,- x", max_size=20))
def test_any_selection_is_a_part_or_an_error(ids: str) -> None:
    """Whatever is typed, the result is a non-empty part of the set or a clear error."""
    task = small_task()
    try:
        chosen = select_problems(task, None, ids)
    except (UsageError, NothingToEvaluate):
        return
    assert chosen.problems
    assert set(chosen.problems) <= set(task.problems)

"""The bundled problem set: its schema, what its card says of it, and that the build checks what it claims to check."""

from __future__ import annotations

import ast
import importlib.util
import json
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeeval.scoring.protocols import STOPS
from codeeval.tasks import load
from codeeval.types import Verdict

PROBLEMS = Path(__file__).resolve().parents[2] / "problems"
#: Values that the authors of the tests worked out on paper: (problem, call, str of the value).
BY_HAND = (
    (0, "{'kopecks': 1009}", "10 руб. 09 коп."),
    (26, "{'day': 15, 'month': 7, 'year': 2023}", "сб"),
    (37, "{'shifts': [(0, 9), (19, 24)], 'opening': 8, 'closing': 20}", "[(9, 19)]"),
    (45, "{'expression': ' ( 1+2 )*( 3+4 ) '}", "21"),
    (51, "{'weight': 2, 'masses': [4, 8, 16, 5, 7]}", "True"),
    (61, "{'number': 753218}", "семьсот пятьдесят три тысячи двести восемнадцать"),
    (63, "{'program': ['push -6', 'push 7', 'mul', 'dup', 'print', 'print', 'print']}", "[-42, -42]"),
)
Row = dict[str, Any]


def read(name: str) -> list[Row]:
    return [json.loads(line) for line in (PROBLEMS / name).read_text(encoding="utf-8").splitlines()]


def run_build(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(folder / "build.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def literal_calls(row: Row) -> list[ast.expr]:
    tree = ast.parse(row["inputs"]["tests"], mode="eval").body
    assert isinstance(tree, ast.List)
    return tree.elts


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return read("rustarter.jsonl")


@pytest.fixture(scope="module")
def solutions() -> list[Row]:
    return read("solutions.jsonl")


@pytest.fixture(scope="module")
def sources() -> ModuleType:
    return module("sources")


def module(name: str) -> ModuleType:
    """A script of the folder problems/, which is not a package, under a name of its own."""
    spec = importlib.util.spec_from_file_location(f"rustarter_{name}", PROBLEMS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = loaded
    spec.loader.exec_module(loaded)
    return loaded


def test_sixty_four_problems_in_meras_schema(rows: list[Row]) -> None:
    """Ids count from 0 to 63, and every row has exactly the fields of MERA's schema and the set's own three."""
    assert [row["meta"]["id"] for row in rows] == list(range(64))
    for row in rows:
        assert set(row) == {"instruction", "inputs", "outputs", "meta"}
        assert set(row["inputs"]) == {"function", "tests"}
        own = {"difficulty", "topics", "mera"}
        assert set(row["meta"]) == {"id", "entry_point", "canonical_solution"} | own
        assert 10 <= len(row["outputs"]) == len(literal_calls(row)) <= 20
        assert all(isinstance(text, str) for text in row["outputs"])


def test_the_bundled_task_is_this_file() -> None:
    """The loader that users get accepts the whole set and knows every answer."""
    task = load("rustarter")
    assert len(task.problems) == 64
    assert all(problem.expected is not None for problem in task.problems)


def test_prompts_end_with_the_closing_quotes(rows: list[Row]) -> None:
    """Nothing follows the docstring, the reference goes on from there on a new line, and both together compile."""
    for row in rows:
        prompt, reference = row["inputs"]["function"], row["meta"]["canonical_solution"]
        assert prompt.endswith('\n    """')
        assert reference.startswith("\n    ")
        function = next(node for node in ast.parse(prompt).body if isinstance(node, ast.FunctionDef))
        assert function.name == row["meta"]["entry_point"]
        assert "Примеры:" in (ast.get_docstring(function) or "")
        compile(prompt + reference, "reference", "exec")


def test_ten_instructions_that_put_the_function_last(rows: list[Row]) -> None:
    """Ten wordings, used evenly; the prompt that is built from them ends as the function does."""
    used = Counter(row["instruction"] for row in rows)
    assert len(used) == 10
    assert set(used.values()) == {6, 7}
    for row in rows:
        prompt = row["instruction"].format(**row["inputs"]).strip()
        assert prompt.endswith(row["inputs"]["function"])


def test_the_first_half_is_short(rows: list[Row]) -> None:
    """The demo model learns problems 0 to 31, so their reference bodies keep to six lines and the easy levels."""
    for row in rows[:32]:
        assert len(row["meta"]["canonical_solution"].strip().splitlines()) <= 6
        assert row["meta"]["difficulty"] <= 2


def test_every_level_and_topic_occurs(rows: list[Row], sources: ModuleType) -> None:
    """No difficulty and no topic of the card is empty, and the second half reaches the hardest level."""
    assert {row["meta"]["difficulty"] for row in rows} == {1, 2, 3, 4, 5}
    assert {topic for row in rows for topic in row["meta"]["topics"]} == set(sources.TOPICS)


def test_no_entry_point_of_humaneval(rows: list[Row], shared: Path) -> None:
    """The problems are our own: not one has the name of a function of HumanEval."""
    theirs = {row["meta"]["entry_point"] for row in json.loads((shared / "data/humaneval_mera.json").read_text())}
    assert len(theirs) > 100
    assert theirs.isdisjoint(row["meta"]["entry_point"] for row in rows)


@pytest.mark.parametrize(("number", "call", "expected"), BY_HAND)
def test_values_worked_out_on_paper(rows: list[Row], number: int, call: str, expected: str) -> None:
    """Values that nobody's program had computed before they were written here."""
    texts = [ast.literal_eval(node) for node in literal_calls(rows[number])]
    assert rows[number]["outputs"][texts.index(ast.literal_eval(call))] == expected


def test_stored_solutions(rows: list[Row], solutions: list[Row]) -> None:
    """Two right and two or more wrong ones per problem, the reference first, with verdicts that exist; every verdict
    occurs, so that the sandbox test exercises them all."""
    for row in rows:
        own = [s for s in solutions if s["id"] == row["meta"]["id"]]
        assert own[0]["completion"] == row["meta"]["canonical_solution"]
        assert [s["verdict"] for s in own if s["kind"] == "right"] == ["passed", "passed"]
        assert sum(s["kind"] == "wrong" and s["verdict"] != "passed" for s in own) >= 2
        assert len({s["name"] for s in own}) == len(own)
    assert {s["verdict"] for s in solutions} == {
        verdict.value for verdict in Verdict if verdict is not Verdict.NOT_SUPPORTED
    }


def test_solutions_could_have_been_sampled(solutions: list[Row]) -> None:
    """No completion contains a stop sequence: a model under the published protocol could never have answered so."""
    assert [s["name"] for s in solutions if any(stop in s["completion"] for stop in STOPS)] == []


def test_build_is_reproducible() -> None:
    """Building again gives the bytes that are stored."""
    done = run_build(PROBLEMS, "--check")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_card_tells_the_truth(rows: list[Row], solutions: list[Row], monkeypatch: pytest.MonkeyPatch) -> None:
    """The tables in the card are those of the stored files, and its plot is there."""
    monkeypatch.syspath_prepend(str(PROBLEMS))
    card = module("card")
    text = (PROBLEMS / "README.md").read_text(encoding="utf-8")
    assert card.START in text
    assert card.updated(text, card.tables(rows, solutions)) == text
    assert (PROBLEMS / "difficulty.svg").read_text(encoding="utf-8").rstrip().endswith("</svg>")


MISTAKES = (
    ("12345 => '123 руб. 45 коп.'", "12345 => '124 руб. 45 коп.'", "by hand"),
    ("    '7 руб. 05 коп.'\n", "    '7 руб. 5 коп.'\n", "example"),
    ("mera = true", "mera = false", "mera should be True"),
    ("other = '''\n    digits = str(kopecks).zfill(3)", "other = '''\n    digits = str(kopecks)", "other"),
    ("999999\n100000000\n", "", "8 calls"),
    ("100000000\n", "999999\n", "twice"),
    ("kopecks: int", "kopecks", "type hints"),
    ("100000000\n", "100000000, 5\n", "2 arguments"),
    ("100000000\n", "open('x')\n", "not a literal"),
    ("100000000\n", "1)(2\n", "positional arguments"),
    ('verdict = "exception"', 'verdict = "infrastructure"', "verdicts"),
    ("difficulty = 1", "difficulty = 6", "difficulty"),
    ("difficulty = 1", "difficulty = 1\nlevel = 2", "unknown"),
    ("mera = true", "", "missing"),
    ("solution = '''\n", "solution = '''\n    while True: pass\n", "needs more than"),
)


@pytest.mark.parametrize(("old", "new", "complaint"), MISTAKES)
def test_build_refuses_a_wrong_source(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    """Each kind of mistake in a source file stops the build, with one line that names the file; nothing is written."""
    for name in ("build.py", "sources.py", "instructions.toml"):
        shutil.copy(PROBLEMS / name, tmp_path / name)
    text = (PROBLEMS / "src/00_format_price.toml").read_text(encoding="utf-8")
    assert text.count(old) >= 1
    (tmp_path / "src").mkdir()
    (tmp_path / "src/00_format_price.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    done = run_build(tmp_path)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("00_format_price")
    assert complaint in done.stderr
    assert not (tmp_path / "rustarter.jsonl").exists()


LITERALS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(["a => 1", " => ", "'"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3) | st.tuples(inner, inner),
    max_leaves=8,
)


@given(st.lists(LITERALS, min_size=1, max_size=4), st.none() | LITERALS.map(repr))
def test_calls_round_trip(sources: ModuleType, values: list[object], by_hand: str | None) -> None:
    """Any literals, arrows inside strings included, come back from a line of `tests` as they were written."""
    names = [f"p{i}" for i in range(len(values))]
    line = ", ".join(map(repr, values)) + ("" if by_hand is None else f" => {by_hand}")
    call = sources.parse_call(line, names)
    assert ast.literal_eval(call.literal()) == dict(zip(names, values, strict=True))
    assert call.by_hand == by_hand


@given(st.text() | st.text("f1,()[]{}'*=> :\"\\\0#\r\f"))
def test_a_line_is_parsed_or_refused(sources: ModuleType, line: str) -> None:
    """No line makes the parser fail in any way but by its own error."""
    try:
        call = sources.parse_call(line, ["x"])
    except sources.SourceError:
        return
    assert set(ast.literal_eval(call.literal())) == {"x"}

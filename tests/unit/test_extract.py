"""From completion to program: MERA's rules exactly, the strict rule with its reasons."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mera_rows import make_problem

from codeeval.reading.extract import extract
from codeeval.tasks import load
from codeeval.types import ExtractionRule

PROBLEM = make_problem()
Strict = Callable[..., str]
RULES: tuple[ExtractionRule, ...] = ("none", "mera-1.2", "mera-code", "evalplus", "strict")
#: Exactly what a scorer does with a text; `strict` reads, see test_reading.py.
VERBATIM: tuple[ExtractionRule, ...] = RULES[:-1]
FENCES = ("```", "```python\n", "```py\n", "```\n", "\n```", "```c++\n", "```text-1\n", "```python", "~~~python\n", "`")
OTHERS = ("\n", " ", "\r\n", "def f(n):\n", "    return 1\n", "import math\n", "я", "'''", '"""', "\\")
#: Texts made of the pieces that extraction looks for.
PIECES = st.lists(st.sampled_from(FENCES + OTHERS), max_size=12).map("".join)


def _unindented(text: str) -> str:
    """Lines without their spaces: a block loses its fence's indentation."""
    return re.sub(r"^ +", "", text, flags=re.MULTILINE)


@pytest.mark.parametrize("rule", RULES)
@given(text=st.text() | PIECES)
def test_every_text_gives_a_program(rule: ExtractionRule, text: str) -> None:
    """No completion is an error; the trace lies inside the text, in order, and its pieces are in the body."""
    found = extract(PROBLEM, text, rule)
    ends = [0]
    for cut in found.trace:
        assert ends[-1] <= cut.start <= cut.end <= len(text)
        if rule != "strict":
            assert _unindented(text[cut.start : cut.end]) in _unindented(found.body)
        ends.append(cut.end)
    assert found.body in found.program or rule == "strict"


@pytest.mark.parametrize("rule", VERBATIM[:-1])
@given(text=st.text() | PIECES)
def test_under_mera_the_program_is_the_prompt_with_what_was_taken(rule: ExtractionRule, text: str) -> None:
    """Nothing comes between prompt and body."""
    found = extract(PROBLEM, text, rule)
    assert found.program == PROBLEM.prompt + found.body


@pytest.mark.parametrize("rule", VERBATIM)
@given(text=st.text().filter(lambda text: "```" not in text and not re.match(r"(.)\1\1python", text)))
def test_text_without_a_fence_is_taken_whole(rule: ExtractionRule, text: str) -> None:
    """The rules of the scorers leave a plain continuation alone, to the character."""
    found = extract(PROBLEM, text, rule)
    assert (found.program, found.body) == (PROBLEM.prompt + text, text)
    assert [(cut.start, cut.end) for cut in found.trace] == [(0, len(text))]


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("```python\n    return 1\n```", "\n    return 1\n"),
        ("```python    return 1```", "    return 1"),
        ("'''python\n    return 1\n'''", "\n    return 1\n"),
        ("xxxpython\n    return 1xxx", "\n    return 1"),
        ("```python```", ""),
        ("```python\n    return 1\n```\n", None),  # does not end with the mark
        ("```py\n    return 1\n```", None),
        ("```Python\n    return 1\n```", None),
        (" ```python\n    return 1\n```", None),
        ("\n```python\n    return 1\n```", None),
        ("\t\t\tpython\t\t\t", None),
        ("```python\n    return 1", None),
        ("```python\n    return 1\n'''", None),
        ("", None),
    ],
)
def test_mera_1_2_strips_one_exact_fence(text: str, body: str | None) -> None:
    """`XXXpython` at the very start and `XXX` at the very end, for any first character but white space."""
    assert extract(PROBLEM, text, "mera-1.2").body == (text if body is None else body)


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("```python\n    return 1\n```", "\n    return 1\n"),
        ("Вот:\n```python\n    x = 1\n```\nи\n```python\n    return x\n```\n", "\n    x = 1\n\n    return x\n"),
        ("```python\n    return 1\n", "\n    return 1\n"),  # cut off
        ("```python\n    return 1\n```\n```python\n    return 2\n", "\n    return 1\n"),  # the open one does not count
        ("```bash\nls\n```", "\n"),
        ("```bash\nls\n```\n```python\n    return 1\n```", "\n    return 1\n"),
        ("```py\n    return 1\n", "\n"),
        ("```Python\n    return 1\n```", "\n"),
        ("```\n    return 1\n```", None),  # no label, no block
        ("```python \n    return 1\n```", None),  # a space after the label
        ("```python\r\n    return 1\n```", None),
        ("```c++\nint x;\n```", None),  # not a label of word characters
        (" ```python\n    return 1\n ```", None),  # not at the line's start
        ("```python\n```\n    return 1\n```", "\n```\n    return 1\n"),  # an empty block does not close at once
        ("```python\n    return '```'\n```", "\n    return '```'\n"),  # backticks within a line
        ("```python\n    return 1\n```python\n    return 2\n```", "\n    return 1\n"),
        ("```код\n1\n```", "\n"),
        ("    return 1", None),
    ],
)
def test_mera_code_joins_the_python_blocks(text: str, body: str | None) -> None:
    """The rule's table, case by case; None: the raw text."""
    assert extract(PROBLEM, text, "mera-code").body == (text if body is None else body)


@given(PIECES)
def test_mera_code_agrees_with_its_definition(text: str) -> None:
    """The scanner finds the blocks that a regular expression written from the rule's text finds."""
    closed = re.findall(r"(?ms)^```([\w-]+)\n(.*?\n)```", text)
    blocks = closed or re.findall(r"(?ms)^```([\w-]+)\n(.*)", text)
    body = "\n" + "\n".join(code for label, code in blocks if label == "python") if blocks else text
    assert extract(PROBLEM, text, "mera-code").body == body


def test_mera_1_1_takes_everything() -> None:
    """The first version knew no fences."""
    text = "```python\n    return 1\n```"
    assert extract(PROBLEM, text, "none").body == text


@pytest.fixture(params=["evalplus", "strict"])
def strict(request: pytest.FixtureRequest) -> Strict:
    """The program of a text under EvalPlus' rule, and as a careful reader takes it: what follows holds of both."""
    rule = request.param
    return lambda text, prompt=None: extract(make_problem(prompt=prompt), text, rule).program


def test_strict_continues_the_prompt_with_a_fenced_body(strict: Strict) -> None:
    """The fence ended the docstring's line, so the body starts on a new one."""
    assert strict("\n```python\n    return 1\n```\n") == PROBLEM.prompt + "\n    return 1\n"
    assert strict("```python\n    return 1\n```", "def f(n):\n") == "def f(n):\n    return 1\n"


def test_strict_takes_a_fenced_program_for_itself(strict: Strict) -> None:
    """A block that defines the function replaces the prompt's own definition."""
    program = "def f(n):\n    return n\n"
    assert strict(f"Решение:\n```python\n{program}```\nГотово.") == program


@pytest.mark.parametrize(
    "program",
    [
        "def f(n):\n    return n\n",
        "async def f(n):\n    return n\n",
        "class f:\n    pass\n",
        "f = lambda n: n\n",
        "f: object = abs\n",
        "def f(n):\n    return (\n",  # does not compile: still a program, and its own error is reported
    ],
)
def test_strict_knows_a_program_by_the_name_that_it_defines(strict: Strict, program: str) -> None:
    """Definitions, assignments, and by the lines where the block does not parse."""
    assert strict(f"```python\n{program}```") == program


@pytest.mark.parametrize("indent", [1, 2, 3])
def test_strict_reads_a_program_within_a_list(strict: Strict, indent: int) -> None:
    """A block that is indented with its fence loses that indentation; one that is not stays as it is."""
    margin = indent * " "
    text = f"1. Код:\n\n{margin}```python\n{margin}def f(n):\n{margin}    return n\n\n{margin}```\n2. Готово."
    assert strict(text) == "def f(n):\n    return n\n\n"
    assert strict(f"{margin}```python\ndef f(n):\n    return n\n```") == "def f(n):\n    return n\n"
    assert strict(f"{margin}```python\n    return 1\n```").endswith("\n    return 1\n")


def test_strict_keeps_what_the_prompt_has_above_the_function(strict: Strict) -> None:
    """Imports and helpers of the prompt were shown to the model, so its program may use them."""
    prompt = 'import math\n\n\ndef half(n):\n    return n / 2\n\n\n@math.cache\ndef f(n):\n    """Док."""'
    program = "def f(n):\n    return math.floor(half(n))\n"
    assert strict(f"```python\n{program}```", prompt) == f"import math\n\n\ndef half(n):\n    return n / 2\n{program}"


def test_evalplus_finds_a_function_by_any_name() -> None:
    """Its name may end in a mark, which to a regular expression is no part of a word."""
    prompt = 'import math\n\n\ndef x\u0302(n):\n    """Док."""\n'
    problem = replace(make_problem(prompt=prompt), entry_point="x\u0302")
    program = "def x\u0302(n):\n    return math.floor(n)\n"
    assert extract(problem, f"```python\n{program}```", "evalplus").program == f"import math\n{program}"


def test_strict_keeps_future_imports_first(strict: Strict) -> None:
    """The prompt's imports go below `from __future__`, or nothing would compile."""
    program = '"""Модуль."""\nfrom __future__ import annotations\ndef f(n: List[int]):\n    return n\n'
    made = strict(f"```python\n{program}```", 'from typing import List\n\n\ndef f(n):\n    """Док."""')
    compile(made, "made", "exec")
    assert made.index("__future__") < made.index("typing") < made.index("def f")


def test_strict_looks_for_the_block_that_defines_the_function(strict: Strict) -> None:
    """An example of its use in front of the answer is not the answer."""
    text = "```python\nprint(f(1))\n```\n```python\ndef f(n):\n    return n\n```\n"
    assert strict(text) == "def f(n):\n    return n\n"


@pytest.mark.parametrize("label", ["python", "Python", "py", "python3", "python title=a.py", ""])
def test_strict_reads_fences_as_markdown_does(strict: Strict, label: str) -> None:
    """The label's spelling and what follows it do not matter, and one may be missing."""
    assert strict(f"```{label}\ndef f(n): return n\n```") == "def f(n): return n\n"


@pytest.mark.parametrize(
    "text",
    [
        "````python\ndef f(n): return '''\n```\n'''\n````",
        "  ```python\ndef f(n): return '''\n```x\n'''\n  ```  ",
        "```python\r\ndef f(n): return '''\n```x\n'''\n```\r",
    ],
)
def test_strict_closes_a_fence_where_markdown_does(strict: Strict, text: str) -> None:
    """A closing fence is as long as the opening one and alone on its line."""
    assert "'''\n" in strict(text)
    assert strict(text).endswith("'''\n")


@pytest.mark.parametrize(
    "text",
    [
        "```bash\nls\n```",
        "```python\n    return 1\n",  # not complete
        "    return 1\n```\n",
        "    return 1",
    ],
)
def test_evalplus_takes_everything_where_no_python_block_is_complete(text: str) -> None:
    """Nothing is guessed: the raw text continues the prompt."""
    assert extract(PROBLEM, text, "evalplus").program == PROBLEM.prompt + text


def test_strict_prefers_labelled_blocks(strict: Strict) -> None:
    """A block without a label beside labelled ones is rather output than code."""
    assert strict("```\n1\n```\n```python\n    return 1\n```") == PROBLEM.prompt + "\n    return 1\n"


def test_a_fence_inside_of_a_string_is_no_fence(strict: Strict) -> None:
    """A continuation that parses is code, whatever its strings contain."""
    text = '\n    text = """\n```python\nprint(1)\n```\n"""\n    return text\n'
    assert strict(text) == PROBLEM.prompt + text


def test_odd_escapes_in_a_candidate_cause_no_warning(strict: Strict, recwarn: pytest.WarningsRecorder) -> None:
    """Python warns about some texts when it parses them; a hostile text must not write to our stderr."""
    strict("```python\ndef f(n): return '\\d' if 1or 2 else 3\n```")
    assert not recwarn.list


@pytest.mark.parametrize("text", ["-" * 200_000 + "1", "(" * 200_000, "\0", "\ud800", "9" * 10_000])
def test_hostile_blocks_still_give_a_program(strict: Strict, text: str) -> None:
    """Depth, NUL bytes, lone surrogates and long integers end in a program that fails in the sandbox, not here."""
    assert text in strict(f"```python\nf = {text}\n```")


def oracle(shared: Path, protocol: str) -> list[dict[str, object]]:
    lines = (shared / "data" / "mera_oracle.jsonl").read_text(encoding="utf-8").splitlines()
    return [row for row in map(json.loads, lines) if row["protocol"] == protocol]


@pytest.mark.parametrize("protocol", ["mera-1.2", "mera-code"])
def test_what_mera_could_compile_compiles_here(shared: Path, protocol: ExtractionRule) -> None:
    """Where MERA's own scorer got a value from a completion, its program compiled, and so must ours; where it left a
    fence in the program, ours must not compile."""
    problems = {problem.id: problem for problem in load(str(shared / "data" / "humaneval_mera.json")).problems}
    with_values, fences_left = 0, 0
    for row in oracle(shared, protocol):
        program = extract(problems[str(row["id"])], str(row["completion"]), protocol).program
        outputs = row["outputs"]
        if isinstance(outputs, list) and any(text is not None for text in outputs):
            assert compiles(program), (row["id"], row["kind"])
            with_values += 1
        if row["kind"] in ("fence_tail", "fence_py", "space_fence"):
            assert not compiles(program), (row["id"], row["kind"])
            fences_left += 1
    assert with_values > 100
    assert fences_left > 50 or protocol == "mera-code"


def compiles(program: str) -> bool:
    try:
        ast.parse(program)
    except SyntaxError:
        return False
    return True

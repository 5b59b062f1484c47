"""What `strict` takes for the answer of a model: a table of kinds, a grammar of answers, and any text at all."""

from __future__ import annotations

import sys
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from reading_cases import CASES, FN, PROBLEM
from reading_cases_beside import BESIDE
from reading_cases_more import MORE
from reading_cases_variants import VARIANTS

from codeeval.manifest import ModelInfo
from codeeval.reading import read
from codeeval.reading.code import scan
from codeeval.reading.extract import extract
from codeeval.reading.pieces import Piece
from codeeval.types import Extraction, Problem

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from answer_grammar import ANSWERS, Answer

ALL_CASES = [*CASES, *MORE, *BESIDE, *VARIANTS]
TESTS = (([1.0, 2.0, 3.0], 0.5, False), ([1.0, 2.8, 3.0, 4.0, 5.0, 2.0], 0.3, True))


def verdict(extraction: Extraction) -> str:
    """What the sandbox would find; the programs are this file's own, so they are executed here."""
    if not extraction.body.strip():
        return "empty"
    namespace: dict[str, object] = {"__name__": "candidate"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            code = compile(extraction.program, "candidate", "exec")
        except SyntaxError:
            return "syntax_error"
        try:
            exec(code, namespace)  # noqa: S102
        except (NameError, TypeError) as error:
            return type(error).__name__
        function = namespace.get("has_close")
        if not callable(function):
            return "no_entry_point"
        right = all(function(numbers, threshold) == wanted for numbers, threshold, wanted in TESTS)
    return "passed" if right else "wrong_output"


@pytest.mark.filterwarnings("ignore:coroutine")
@pytest.mark.parametrize(("kind", "text", "wanted"), ALL_CASES, ids=[case[0] for case in ALL_CASES])
def test_answers_are_read_as_a_careful_reader_would(kind: str, text: str, wanted: str) -> None:
    """Kind by kind; the trace lies in the text, in order, and covers what was kept."""
    found = read(PROBLEM, text)
    assert verdict(found) == wanted
    ends = [0]
    for cut in found.trace:
        assert ends[-1] <= cut.start < cut.end <= len(text)
        ends.append(cut.end)


@pytest.mark.parametrize("future", ["", "from __future__ import annotations\n"])
@pytest.mark.parametrize("text", [FN, "x = 1\n" + FN, '"""Doc."""\n' + FN])
def test_a_program_of_its_own_never_continues_the_prompt(future: str, text: str) -> None:
    """EvalPlus' solution: with or without a docstring, a future import or code above the function."""
    assert verdict(extract(PROBLEM, future + text, "strict", is_program=True)) == "passed"


def test_a_body_alone_is_no_program_of_its_own() -> None:
    """What is said to be a program is not put below the prompt, even where that would make it right."""
    assert verdict(extract(PROBLEM, "    return True\n", "strict", is_program=True)) == "syntax_error"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "```python\nclass Solution:\n    def has_close(self, n, t): ...\n```",
            ("class Solution with the method has_close",),
        ),
        ("class Solution:\n    pass\n", ("class Solution",)),
        ("def hasClose(a, b):\n    return 1\n", ("hasClose",)),
        ("def a():\n    pass\n\n\nclass B:\n    pass\n", ("a", "class B")),
        (PROBLEM.prompt, ("the prompt's own stub",)),
    ],
)
def test_what_was_found_in_place_of_the_function(text: str, found: tuple[str, ...]) -> None:
    """For the message about a missing function."""
    assert read(PROBLEM, text).found == found


def test_imports_of_a_stub_go_below_the_future_imports_of_its_prompt() -> None:
    """A body and then the function again, below a prompt that begins with a `__future__` import and imports within its stub."""
    prompt = 'from __future__ import annotations\n\ndef f(x: Later) -> int:\n    import math\n    """Round up."""\n'
    problem = replace(PROBLEM, prompt=prompt, entry_point="f")
    program = read(problem, "    return math.floor(x)\n\n\ndef f(x):\n    return math.ceil(x)\n").program
    names: dict[str, Any] = {}
    exec(compile(program, "<program>", "exec"), names)  # noqa: S102 - it is this file's own
    assert names["f"](1.5) == 2


def test_the_trace_says_what_went_and_why() -> None:
    """Thought, draft, example and end token, each with its place."""
    draft = "```python\ndef has_close(a, b):\n    return 0\n```\n"
    text = f"<think>hm</think>\n{draft}```python\n{FN}```\n```python\nprint(has_close([], 1))\n```\n<|im_end|>x"
    found = read(PROBLEM, text)
    assert [cut.rule.removeprefix("reader: ") for cut in found.trace] == [
        "thought", "earlier version", "program", "example", "end token",
    ]  # fmt: skip
    kept = next(cut for cut in found.trace if cut.kept)
    assert text[kept.start : kept.end] == FN
    assert found.added == ("imports and helpers",)


WITH_HELPER = replace(
    PROBLEM, prompt='def half(x):\n    return x / 2\n\n\ndef f(x):\n    """A half."""\n', entry_point="f"
)


@pytest.mark.parametrize("outline", ["    ...\n", "    # already given\n    pass\n", '    """Given."""\n'])
@pytest.mark.parametrize("answer", ["```python\n{}\n{}```", "```python\n{}```\n```python\n{}```\n", "{}\n\n{}"])
def test_an_outline_does_not_replace_a_helper_of_the_prompt(outline: str, answer: str) -> None:
    """A model that repeats the head only, in the function's block or in another."""
    names: dict[str, Any] = {}
    text = answer.format(f"def half(x):\n{outline}", "def f(x):\n    return half(x)\n")
    exec(read(WITH_HELPER, text).program, names)  # noqa: S102 - it is this file's own
    assert names["f"](3) == 1.5


@pytest.mark.parametrize("token", ["<|fin|>", "⟨end⟩", "(END)"])
def test_the_end_tokens_of_the_models_own_tokenizer(token: str) -> None:
    """Whatever they look like; the manifest has them where the backend says so."""
    text = f"```python\n{FN}```{token}\n```python\ndef has_close(a, b):\n    return 0\n```"
    assert verdict(extract(PROBLEM, text, "strict", end_tokens=(token,))) == "passed"
    assert ModelInfo(name="m", location="m", backend="hf", describe={"end_tokens": f"</s> {token}"}).end_tokens == (
        "</s>",
        token,
    )


GLUED = Problem("1", "{function}", 'def f(n):\n    """Док."""', "f", (), ())


@pytest.mark.parametrize("text", ["\n    return n + 1", "    return n + 1\n", "<think>a</think>\n    return n + 1"])
def test_a_body_goes_on_below_the_docstring(text: str) -> None:
    """Prompts in MERA's form end with the docstring's quotation marks."""
    namespace: dict[str, object] = {}
    exec(read(GLUED, text).program, namespace)  # noqa: S102
    assert namespace["f"](1) == 2  # type: ignore[operator]


@pytest.mark.parametrize(
    ("prompt", "text"), [("def f(n):\n    return ", "n + 1\n"), ("def f(n):\n    ", "return n + 1\n")]
)
def test_a_prompt_that_ends_within_a_line_is_continued_there(prompt: str, text: str) -> None:
    """To the character."""
    assert read(Problem("1", "{function}", prompt, "f", (), ()), text).program == prompt + text


INDENTED = Problem("1", "{function}", 'def f(n):\n    """Doc."""\n    ', "f", (), ())


@pytest.mark.parametrize("prompt", [INDENTED.prompt, INDENTED.prompt.rstrip(" ")])
@pytest.mark.parametrize(
    "text",
    [
        "    return n + 1\n",
        "def f(n):\n    return n + 1\n",
        "Here it is:\n\ndef f(n):\n    return n + 1\n",
        "```python\n    return n + 1\n```",
        "Here:\n```python\ndef f(n):\n    return n + 1\n```\nDone.",
    ],
)
def test_a_prompt_that_ends_with_an_indentation_is_answered_anyhow(prompt: str, text: str) -> None:
    """A body brings its own indentation, a function stands for itself."""
    namespace: dict[str, object] = {}
    exec(read(replace(INDENTED, prompt=prompt), text).program, namespace)  # noqa: S102
    assert namespace["f"](1) == 2  # type: ignore[operator]


@pytest.mark.parametrize(
    "text",
    [
        "return n + 1\n",
        "return n + 1<|im_end|>",
        "<think>a</think>return n + 1",
        "if n:\n        n += 0\n    return n + 1\n\nThis works.\n",
    ],
)
def test_a_text_goes_on_in_the_prompts_line(text: str) -> None:
    """Also behind a thought; sentences behind it are left out."""
    namespace: dict[str, object] = {}
    exec(read(INDENTED, text).program, namespace)  # noqa: S102
    assert namespace["f"](1) == 2  # type: ignore[operator]


@settings(max_examples=300)
@given(ANSWERS)
def test_generated_answers_get_the_verdict_of_their_program(answer: Answer) -> None:
    """Right and wrong programs in any combination of thought, prose, blocks, tags, tokens, line ends: known by construction."""
    assert verdict(read(PROBLEM, answer.text)) == ("passed" if answer.right else "wrong_output")


@pytest.mark.slow
@settings(max_examples=20_000, suppress_health_check=list(HealthCheck))
@given(ANSWERS)
def test_many_generated_answers(answer: Answer) -> None:
    """The same, twenty thousand times."""
    assert verdict(read(PROBLEM, answer.text)) == ("passed" if answer.right else "wrong_output")


PIECES = st.lists(
    st.sampled_from(
        [
            *(
                "```",
                "````",
                "```python\n",
                "~~~",
                "\n",
                "\r\n",
                " ",
                "    ",
                "\t",
                "> ",
                "1. ",
                "- ",
                "\ufeff",
                "\xa0",
                "\\",
            ),
            *(
                "<think>",
                "</think>",
                "<|im_end|>",
                "</s>",
                "[THINK]",
                "<answer>",
                "</answer>",
                "<|message|>",
                "<|channel|>final",
            ),
            *(
                "def has_close(n):",
                "return 1",
                "import math",
                "class A:",
                "@x",
                "if x:",
                "else:",
                "x = 1",
                "print(has_close(1))",
            ),
            *(
                "'",
                '"',
                '"""',
                "'''",
                "#",
                "(",
                ")",
                "[",
                "]",
                "{",
                "}",
                "don't",
                "Вот:",
                "f'{x}'",
                "assert has_close(1)",
            ),
        ]
    )
    | st.text(max_size=5),
    max_size=30,
).map("".join)


@given(PIECES | st.text())
@example("\r")
@example("'\\")
@example('"""\\')
@example("<think><|im_end|>")
def test_any_text_gives_a_program_and_a_trace(text: str) -> None:
    """No text is an error; what is kept of it lies in it, in order."""
    for is_program in (False, True):
        found = read(PROBLEM, text, is_program=is_program)
        ends = [0]
        for cut in found.trace:
            assert ends[-1] <= cut.start < cut.end <= len(text)
            ends.append(cut.end)
        assert found.program is not None


@given(PIECES | st.text())
def test_masking_keeps_every_place(text: str) -> None:
    """The mask is as long as the text, and code in it is the text's own."""
    code = scan(text)
    assert len(code.bare) == len(text)
    assert all(a == b or b in '" ' for a, b in zip(text, code.bare, strict=True))


@given(st.text(alphabet="a\r\n\ufeff"), st.data())
def test_places_of_a_piece_are_places_of_the_completion(text: str, data: st.DataObject) -> None:
    """Whatever the line ends, and after cutting."""
    piece = Piece.of(text)
    for place, char in enumerate(piece.text):
        assert char == "\n" or text[piece.origin(place)] == char
    start = data.draw(st.integers(0, len(piece.text)))
    end = data.draw(st.integers(start, len(piece.text)))
    part = piece.cut(start, end)
    assert [part.origin(place) for place in range(len(part.text))] == [
        piece.origin(place) for place in range(start, end)
    ]


N = 60_000
LONG = {
    "quotes": "'\\" * N,
    "triple quotes": '"""\\' * N,
    "brackets": "([{" * N,
    "closing brackets": "(" * 1000 + ")]" * N,
    "calls": "import os\n" + "os.x()\n" * (N // 4),
    "uses": "x = has_close(1)\n" * (N // 4),
    "definitions": "def has_close(a):\n    return a\n" * (N // 8),
    "f-strings": "x = f'{a}'\n" * (N // 4),
    "thoughts": "<think></think>" * (N // 4),
    "tokens in a thought": "<think>" + "<|im_end|>" * (N // 4) + "</think>",
    "tokens in a line": "a <|im_end|> b" * (N // 8) + "</think>",
    "tags": "<answer>\n" * (N // 4),
    "boxes": "\\boxed{" * (N // 4) + "} " * N,
    "blanks behind a brace": "\\boxed{" + "}" + " " * N + "x",
    "messages": "<|start|>assistant<|channel|>final<|message|>" * (N // 8),
    "blocks": "```python\nx = 1\n```\n" * (N // 10),
    "carriage returns": "```python\r\nx = 1\r\n```\r\n" * (N // 10),
    "quotations": "> ```python\n> x = 1\n> ```\n" * (N // 10),
    "bodies": "```python\n    x = 1\n```\n" * (N // 10),
    "words": "word " * N,
    "one word": "a" * N * 4,
    "indented": "    x\n" * N,
    "equal signs": "a = " * N,
    "unknown tokens": "    x\n" + "'<|x|>'\n" * (N // 4),
    "roles": "    x\n" + "yassistant\n\n" * (N // 4),
    "marks that are spoken of": "    x\n" + "as I said </think> and so on\n" * (N // 8),
    "marks in blocks": "```python\nx = '<think>'\n```\n" * (N // 10),
    "quotation marks": "'''py\n" * N,
    "quoted code": "> def f(a):\n>     return a\n" * (N // 10),
    "helpers below": "def has_close(a):\n    return a\n"
    + "".join(f"def h{i}():\n    return h{i - 1}()\n" for i in range(N // 6))
    + "h1()\n",
    "statements that fail": "def has_close(a):\n    return a\n" + "x = y\n" * (N // 4),
    "beginnings": "def has_close(a):\n    b = a\n    return b\n" + "def has_close(a):\n    b = a\n" * (N // 8),
    "beginnings of a long version": "def has_close(a):\n"
    + "    b = a\n" * (N // 4)
    + "    return b\n"
    + "def has_close(a):\n    b = a\n" * (N // 8),
    "bodies below a long one": "    b = 1\n" * (N // 4)
    + "    return b\n\nNo, it is:\n"
    + "    return 1\nOr:\n" * (N // 10),
    "words above": "    It is the answer.\n" * (N // 8) + "    return 1\n",
    "a statement that is none without a fence": "a, " * N
    + "z = (1 2\n```python\ndef has_close(n):\n    return "
    + "a + z\n```\n",
    "bodies below sentences": "    b = 1\n    return b\n\nNo, it is:\n" * (N // 10),
    "words below": "    return 1\n\n" + "    It is the answer.\n\n" * (N // 8),
    "wrappers": "```python\ndef has_close(a):\n    return a\n```\n"
    + "```python\nhas_close = f(has_close)\n```\n" * (N // 16),
    "names without a fence": "a, " * N + "z = 1, 2\n```python\ndef has_close(n):\n    return z\n```\n",
    "helpers without a fence": "```python\ndef has_close(a):\n    h0()\n```\n"
    + "".join(f"def h{i}():\n    h{i + 1}()\n" for i in range(N // 20)),
    "definitions that fail": "def has_close(a):\n    return a\n" + "def g(a=x):\n    return a\n" * (N // 16),
    "other labels": "```java\n    return has_close\n```\n" * (N // 16),
    "numbered lines": "```\n" + "".join(f"{i} x\n" for i in range(1, N // 8)) + "```\n",
    "dots": "def has_close(a):\n" + "    '''\n    ...\n    '''\n" * (N // 16),
    "plans": "<plan></plan>" * (N // 8),
    "echoes": "<|im_start|>user\ndef f" + "<|im_start|>" * (N // 4),
    "helpers behind": "```python\ndef has_close(a):\n    h0()\n```\n"
    + "".join(f"```python\ndef h{i}():\n    h{i + 1}()\n```\n" for i in range(N // 20)),
}


@pytest.mark.parametrize(
    "before", ["", "<think>" + "a thought\n" * 100_000 + "</think>"], ids=["no thought", "thought"]
)
def test_an_answer_that_is_too_long_is_taken_as_it_stands(before: str) -> None:
    """Its statements would take a hundred times its size; a long thought, or end tokens without end, don't count."""
    text = "    x = 1\n" * 60_000
    found = read(PROBLEM, before + text)
    assert (found.program, found.body) == (PROBLEM.prompt + text, text)
    assert found.trace[-1].rule == "reader: too long to read, all"
    assert verdict(read(PROBLEM, f"{before}```python\n{FN}```" + "<|EOT|>\n" * 100_000)) == "passed"


@pytest.mark.parametrize("name", LONG)
def test_long_texts_are_read_in_time_that_grows_with_their_length(name: str) -> None:
    """Each of these would take minutes if some step were quadratic."""
    assert read(PROBLEM, LONG[name]).trace

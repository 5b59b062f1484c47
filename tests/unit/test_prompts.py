"""The exact text that a model is given."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeeval.errors import UsageError
from codeeval.prompts.templates import (
    TEMPLATES,
    Turn,
    build_prompt,
    mera_system_prompt,
    prompt_digest,
    render,
    system_text,
    template_digest,
    user_turn,
)
from codeeval.types import Problem, Prompt

FUNCTION = 'def f(xs: dict) -> dict:\n    """Верните {"a": {}}."""'


def problem(instruction: str = "Допишите.\n{function}", prompt: str = FUNCTION) -> Problem:
    return Problem("7", instruction, prompt, "f", (), None)


def published_rows(shared: Path) -> list[Problem]:
    lines = (shared / "data" / "mera_published_rows.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [Problem(str(r["meta"]["id"]), r["instruction"], r["inputs"]["function"], "f", (), None) for r in rows]


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("code-user", f"Code User: Допишите.\n{FUNCTION}<|end_of_turn|>Code Assistant:"),
        ("gpt4-correct", f"GPT4 Correct User: Допишите.\n{FUNCTION}<|end_of_turn|>GPT4 Correct Assistant:"),
        ("none", f"Допишите.\n{FUNCTION}"),
    ],
)
def test_text_templates_character_by_character(template: str, text: str) -> None:
    """Each text template gives the published string and nothing around it."""
    assert build_prompt(problem(), template) == Prompt(text=text)


def test_chat_leaves_the_template_to_the_model() -> None:
    """`chat` hands over messages, the system prompt as one of its own."""
    turn = f"Допишите.\n{FUNCTION}"
    assert build_prompt(problem(), "chat").messages == (("user", turn),)
    assert build_prompt(problem(), "chat", "Кратко.").messages == (("system", "Кратко."), ("user", turn))


def test_multi_turn_conversation_of_the_model_card() -> None:
    """The multi-turn string of the OpenChat model card comes out exactly."""
    turns: list[Turn] = [("user", "Hello"), ("assistant", "Hi"), ("user", "How are you today?")]
    assert render("gpt4-correct", turns).text == (
        "GPT4 Correct User: Hello<|end_of_turn|>GPT4 Correct Assistant: Hi<|end_of_turn|>"
        "GPT4 Correct User: How are you today?<|end_of_turn|>GPT4 Correct Assistant:"
    )


@pytest.mark.parametrize("template", ["code-user", "gpt4-correct", "none"])
def test_system_prompt_opens_the_first_turn_where_there_is_no_system_role(template: str) -> None:
    """Without a system role the system prompt stands before the user's text, a blank line between them."""
    with_system = render(template, [("user", "Привет")], "Кратко.")
    assert with_system == render(template, [("user", "Кратко.\n\nПривет")])
    assert render(template, [("user", "Привет")], "") == render(template, [("user", "Привет")])


def test_nothing_follows_the_docstring(shared: Path) -> None:
    """The two rows that MERA publishes end with the closing quotes, and are what str.format would make of them."""
    for row in published_rows(shared):
        turn = user_turn(row)
        assert turn == row.instruction.format(function=row.prompt).strip()
        assert turn.endswith('"""')
        text = build_prompt(row, "code-user").text
        assert text is not None
        assert text.endswith('"""<|end_of_turn|>Code Assistant:')


@given(before=st.text(alphabet="{}a\n "), after=st.text(alphabet="{}a\n "), function=st.text(alphabet='{}"f\n '))
def test_only_the_field_is_replaced(before: str, after: str, function: str) -> None:
    """Braces in the instruction and in the function stay as they are, whatever they are."""
    assert user_turn(problem(f"{before}{{function}}{after}", function)) == f"{before}{function}{after}".strip()


def test_instruction_without_the_field_is_refused() -> None:
    """A model that would never see the function is not asked."""
    with pytest.raises(UsageError, match=r"problem 7: .*\{function\}"):
        user_turn(problem("Допишите функцию"))


def test_unknown_template_lists_the_known_ones() -> None:
    """The message names every template."""
    with pytest.raises(UsageError) as caught:
        build_prompt(problem(), "alpaca")
    assert all(name in str(caught.value) for name in ("alpaca", *TEMPLATES))


@pytest.mark.parametrize(
    "turns", [[], [("assistant", "a")], [("user", "a"), ("user", "b")], [("user", "a"), ("assistant", "b")]]
)
def test_turns_must_alternate(turns: list[Turn]) -> None:
    """A conversation that does not wait for the assistant is refused in every template."""
    for template in TEMPLATES:
        with pytest.raises(UsageError, match="alternate"):
            render(template, turns)


def test_none_takes_one_turn_only() -> None:
    """A raw prompt has no way to say who speaks."""
    with pytest.raises(UsageError, match="single turn"):
        render("none", [("user", "a"), ("assistant", "b"), ("user", "c")])


def test_system_text_literal_and_file(tmp_path: Path) -> None:
    """`--system` takes a text or @FILE; the newline that ends a file is no part of it."""
    (tmp_path / "system.txt").write_text("Отвечай кратко.\n\n", encoding="utf-8")
    assert system_text(f"@{tmp_path}/system.txt") == "Отвечай кратко.\n"
    assert system_text("Отвечай") == "Отвечай"
    assert system_text(None) is None
    assert system_text("") is None


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_system_file_that_cannot_be_read(tmp_path: Path, content: bytes | None) -> None:
    """A missing file and one that is not UTF-8 are named."""
    path = tmp_path / "system.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=r"system.txt"):
        system_text(f"@{path}")


def test_mera_system_prompt_is_the_published_string(shared: Path) -> None:
    """The packaged constant equals the published one."""
    published = (shared / "design" / "mera_system_prompt.txt").read_text(encoding="utf-8")
    assert system_text("mera") == mera_system_prompt() == published.rstrip("\n")


def test_mera_system_prompt_digest() -> None:
    """The constant has not been touched since it was compared with the published one."""
    digest = hashlib.sha256(mera_system_prompt().encode("utf-8")).hexdigest()
    assert digest == "c932be1dad739dfb931d79e0eded76ba4a3f596d70a3f4c74e17a2a25d5f7d2e"


def test_prompt_digest_is_stable_and_tells_text_from_messages() -> None:
    """A digest is fixed for all time, and differs between a text and a message of the same content."""
    expected = hashlib.sha256(b'"\\u043f\\ud800"').hexdigest()
    assert prompt_digest(Prompt(text="п\ud800")) == expected
    assert prompt_digest(Prompt(text="п")) != prompt_digest(Prompt(text=None, messages=(("user", "п"),)))


@given(st.text(), st.text())
def test_prompt_digests_differ_with_the_text(one: str, other: str) -> None:
    """Two texts have one digest only if they are the same text."""
    assert (prompt_digest(Prompt(text=one)) == prompt_digest(Prompt(text=other))) == (one == other)


def test_template_digests_are_distinct() -> None:
    """Every template has a digest of its own, and an unknown one has none."""
    assert len({template_digest(name) for name in TEMPLATES}) == len(TEMPLATES)
    with pytest.raises(UsageError):
        template_digest("alpaca")

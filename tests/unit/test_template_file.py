"""Templates of one's own: what is filled in, what is refused, and that problems with braces survive."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeeval.errors import UsageError
from codeeval.prompts.template_file import TemplateFile, file_template_digest, is_template_file, read_template
from codeeval.prompts.templates import TEMPLATES
from codeeval.types import Problem

PROBLEM = Problem("1", "Допишите.\n{function}\n", 'def f(x):\n    """{x} {{prompt}} {system}"""', "f", (), None)
USER = 'Допишите.\ndef f(x):\n    """{x} {{prompt}} {system}"""'


def write(folder: Path, text: str, name: str = "t.txt") -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder / name)


def test_prompt_and_system_take_their_places(tmp_path: Path) -> None:
    """Other braces stay, those of the problem are not looked into, and one final newline is dropped."""
    template = read_template(write(tmp_path, "<s>{system}</s>{a}[{prompt}]\n\n"))
    assert template.build(PROBLEM, "Кратко. {prompt}").text == f"<s>Кратко. {{prompt}}</s>{{a}}[{USER}]\n"
    assert template.build(PROBLEM).text == f"<s></s>{{a}}[{USER}]\n"


@given(st.text(), st.text(), st.text())
def test_nothing_is_lost_around_the_prompt(head: str, user: str, tail: str) -> None:
    """Whatever stands around it stays."""
    if "{prompt}" not in head and "{system}" not in head + tail:
        assert TemplateFile("t", f"{head}{{prompt}}{tail}").render(user, None) == head + user + tail


@pytest.mark.parametrize("text", ["", "no place", "{prompt} {prompt}", "{prompt} {system} {system}"])
def test_a_template_that_cannot_be_filled(tmp_path: Path, text: str) -> None:
    """It is said what must be there, and what was found."""
    with pytest.raises(UsageError, match=r"must have \{prompt\} once"):
        read_template(write(tmp_path, text))


def test_a_system_prompt_without_a_place(tmp_path: Path) -> None:
    """It is never dropped in silence."""
    template = read_template(write(tmp_path, "{prompt}"))
    with pytest.raises(UsageError, match="the system prompt would be lost"):
        template.build(PROBLEM, "Кратко.")


def test_jinja(tmp_path: Path) -> None:
    """A chat template as tokenizers have it, with messages and without BOS of its own."""
    text = (
        "{{ bos_token }}{% for m in messages %}<{{ m.role }}>{{ m.content | tojson }}{% endfor %}\n"
        "{%- if add_generation_prompt %}<assistant>{% endif %}"
    )
    template = read_template(write(tmp_path, text, "t.jinja"))
    assert template.render("ж\n", None) == '<user>"ж\\n"<assistant>'
    assert template.render("u", "s") == '<system>"s"<user>"u"<assistant>'


@pytest.mark.parametrize(
    "text",
    [
        "{% for %}",
        "{{ raise_exception('no') }}",
        "{{ messages.append(1) }}",
        "{{ ''.__class__.__mro__ }}{{ 1/0 }}",
        "{{ messages + 1 }}",
    ],
)
def test_jinja_that_fails(tmp_path: Path, text: str) -> None:
    """Broken, refusing or reaching out of the sandbox: one usage error."""
    with pytest.raises(UsageError, match="--template"):
        read_template(write(tmp_path, text, "t.jinja")).render("u", None)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """Missing, a folder, or no text."""
    (tmp_path / "b.txt").write_bytes(b"\xff\xfe{prompt}")
    for path in (tmp_path / "none.txt", tmp_path, tmp_path / "b.txt"):
        with pytest.raises(UsageError, match="can't read this file"):
            read_template(str(path))


def test_names_are_no_files() -> None:
    """The built-in templates keep their names; what looks like a path is one."""
    assert not any(map(is_template_file, (*TEMPLATES, "code-usr")))
    assert all(map(is_template_file, ("./code-user", "t.txt", "a/b")))


def test_digest_follows_the_text(tmp_path: Path) -> None:
    """Equal texts have equal digests wherever they lie."""
    one, two = (read_template(write(tmp_path, "{prompt}", name)) for name in ("a.txt", "b.txt"))
    assert file_template_digest(one) == file_template_digest(two)
    assert file_template_digest(one) != file_template_digest(TemplateFile("a.txt", "{prompt}x"))

"""`--template auto`: what a tokenizer's files say, and how a system prompt reaches a model that knows no such role."""

from __future__ import annotations

import json
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mistral_vocabulary import openchat_tokenizer

from codeeval.errors import UsageError
from codeeval.evaluation.request import ask
from codeeval.evaluation.selection import led_by
from codeeval.evaluation.settings import Settings
from codeeval.evaluation.template_choice import is_demo_model
from codeeval.generators.common import native_template as native
from codeeval.generators.common.native_template import BASE, CHAT, FROM_FILE, OPENCHAT, native_template
from codeeval.generators.common.readable_tokens import readable, text_of
from codeeval.generators.common.tokens import load_tokenizer
from codeeval.generators.vllm.worker.token_ids import TemplateProblem, apply_template, fold_system, lacks_system_role
from codeeval.scoring.protocols import get
from codeeval.tasks.bundled import bundled
from codeeval.types import Task

pytestmark = pytest.mark.hf

#: In the style of Gemma's, of one that knows only users and assistants and skips the rest, and of one that takes all roles.
REFUSES = (
    "{% for m in messages %}{% if m['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
    "<{{ m['role'] }}>{{ m['content'] }}{% endfor %}"
)
DROPS = (
    "{% for m in messages %}{% if m['role'] != 'system' %}<{{ m['role'] }}>{{ m['content'] }}{% endif %}{% endfor %}"
)
TAKES = "{% for m in messages %}<{{ m['role'] }}>{{ m['content'] }}{% endfor %}"
MESSAGES = (("system", "be brief"), ("user", "2 + 2?"))


@pytest.fixture(scope="module")
def family() -> Any:
    return openchat_tokenizer()


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A copy of the demo model, which is no longer the one that comes with codeeval."""
    folder = tmp_path / "model"
    shutil.copytree(bundled("demo-model"), folder)
    return folder


def template(folder: Path, text: str) -> None:
    (folder / "chat_template.jinja").write_text(text, "utf-8")


@pytest.mark.parametrize("backend", ["hf", "vllm"])
def test_a_tokenizer_says_what_it_was_made_for(
    model: Path, family: Any, backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A chat template; none; the vocabulary of OpenChat, with a chat template or without."""
    monkeypatch.setenv("CODEEVAL_VLLM_PYTHON", "elsewhere")
    assert native_template(backend, str(model), {}) == CHAT
    (model / "chat_template.jinja").unlink()
    assert native_template(backend, str(model), {}) == BASE
    family.save_pretrained(model)
    assert native_template(backend, str(model), {}) == OPENCHAT
    template(model, TAKES)
    assert native_template(backend, str(model), {}) == OPENCHAT


def test_without_transformers_the_files_are_read(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As with vLLM in an environment of its own."""
    monkeypatch.setattr(native, "can_tokenize", lambda: False)
    monkeypatch.setenv("CODEEVAL_VLLM_PYTHON", "elsewhere")
    assert native_template("vllm", str(model), {}) == CHAT
    template(model, "{{ bos_token }}GPT4 Correct User: {{ messages[0]['content'] }}")
    assert native_template("vllm", str(model), {}) == OPENCHAT
    (model / "chat_template.jinja").unlink()
    assert native_template("vllm", str(model), {}) == BASE
    (model / "tokenizer_config.json").write_text(json.dumps({"chat_template": [{"name": "default", "template": "x"}]}))
    assert native_template("vllm", str(model), {}) == CHAT
    with pytest.raises(UsageError, match="name a template with --template"):
        native_template("vllm", "org/model", {})


def test_completions_of_a_file_have_no_template() -> None:
    """Nothing is asked."""
    assert native_template("replay", "x.jsonl", {}) == FROM_FILE


def test_a_model_that_is_not_there() -> None:
    """The backend's own words."""
    with pytest.raises(UsageError, match="no such model folder"):
        native_template("hf", "./nowhere", {})


def test_the_demo_model_takes_the_template_of_the_mission(model: Path, tmp_path: Path) -> None:
    """By its place, whatever it is called; what is named wins."""
    for name in (None, "demo-model", str(bundled("demo-model"))):
        asked = ask(Settings(model=name, out=tmp_path / "r"))
        assert (asked.template.asked, asked.template.name) == ("auto", "code-user")
        text = asked.planned[0].prompt
        assert text is not None
        assert (text.text or "").startswith("Code User: ")
        assert (text.text or "").endswith("<|end_of_turn|>Code Assistant:")
    assert not is_demo_model(str(model))
    named = ask(Settings(template="none", out=tmp_path / "r")).template
    assert (named.name, named.why) == ("none", "as asked")


def test_the_protocol_that_leads() -> None:
    """strict where an English set is asked for whole programs, the set's own everywhere else."""
    for own, chosen, leads in (
        *(("humaneval", name, "strict") for name in ("chat", "code-user", "own.jinja")),
        ("humaneval", "none", "humaneval"),
        ("mbpp", "chat", "strict"),
        ("mera-code", "chat", "mera-code"),
    ):
        task = Task("t", "", "", (), own)
        found = led_by((get(own), get("strict")), task, chosen)
        assert [protocol.name for protocol in found] == [leads, *({own, "strict"} - {leads})]
    assert led_by((get("strict"),), Task("t", "", "", (), "mbpp"), "chat") == (get("strict"),)


@pytest.mark.parametrize(
    ("jinja", "lacks", "text"),
    [
        (TAKES, False, "<system>be brief<user>2 + 2?"),
        (REFUSES, True, "<user>be brief\n\n2 + 2?"),
        (DROPS, True, "<user>be brief\n\n2 + 2?"),
    ],
)
def test_a_template_without_a_system_role(model: Path, jinja: str, lacks: bool, text: str) -> None:
    """Whether it refuses the role or leaves it out: the system prompt opens the user's turn, and nothing is lost."""
    template(model, jinja)
    tokenizer = load_tokenizer(str(model))
    assert lacks_system_role(tokenizer) is lacks
    assert apply_template(tokenizer, MESSAGES) == text
    assert apply_template(tokenizer, MESSAGES[1:]) == "<user>2 + 2?"


def test_a_template_that_refuses_everything(model: Path) -> None:
    """Its own words."""
    template(model, "{{ raise_exception('not today') }}")
    with pytest.raises(TemplateProblem, match="refuses the messages: not today"):
        apply_template(load_tokenizer(str(model)), MESSAGES)


def test_folding() -> None:
    """Only a system turn in front of another is folded."""
    assert fold_system(MESSAGES) == [("user", "be brief\n\n2 + 2?")]
    assert fold_system(MESSAGES[1:]) == MESSAGES[1:]
    assert fold_system(MESSAGES[:1]) == MESSAGES[:1]


@given(st.text(max_size=40))
def test_byte_level_pieces_are_the_text(text: str) -> None:
    """Put together they are the prompt, whatever is in it; single bytes of a character are shown as bytes."""
    tokenizer = demo_tokenizer()
    tokens = readable(tokenizer, tokenizer(text, add_special_tokens=False)["input_ids"])
    raw = b"".join(_bytes(token.text) for token in tokens)
    if "<0x" not in text and "<|" not in text:
        assert raw == text.encode("utf-8", "surrogatepass")


@cache
def demo_tokenizer() -> Any:
    return load_tokenizer(str(bundled("demo-model")))


def _bytes(text: str) -> bytes:
    parts = text.split("<0x")
    found = parts[0].encode()
    for part in parts[1:]:
        found += bytes([int(part[:2], 16)]) + part[3:].encode()
    return found


def test_pieces_of_both_kinds_of_vocabulary(family: Any) -> None:
    """Russian is readable, specials are marked."""
    demo = load_tokenizer(str(bundled("demo-model")))
    tokens = readable(demo, demo("Привет 🙂<|end_of_turn|>")["input_ids"])
    assert "".join(token.text for token in tokens[1:-1]).startswith("Привет ")
    assert [token.text for token in tokens if token.special] == ["<s>", "<|end_of_turn|>"]
    assert "<0xF0>" in [token.text for token in tokens]
    tokens = readable(family, family("Code User: Верните 🙂<|end_of_turn|>Code Assistant:")["input_ids"])
    assert [token.id for token in tokens if token.special] == [1, 32000]
    assert "".join(token.text for token in tokens).startswith("<s> Code User: Верните ")


@pytest.mark.parametrize(
    ("piece", "in_bytes", "text"),
    [
        ("ÐŁ", True, "П"),
        ("Ð", True, "<0xD0>"),
        ("Ġa", True, " a"),
        ("▁a", False, " a"),
        ("<0xD0>", False, "<0xD0>"),
        ("Ð", False, "Ð"),
    ],
)
def test_single_pieces(piece: str, in_bytes: bool, text: str) -> None:
    """Bytes are bytes in a vocabulary of bytes only."""
    assert text_of(piece, in_bytes) == text

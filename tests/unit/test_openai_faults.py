"""Servers that fail inside of an answer, answer in parts, refuse parameters, or are reached by a way of their own."""

from __future__ import annotations

import gzip
import json
import logging
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from shutil import which
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from misbehaving_server import FAILED_INSIDE, Behaviour, Reply, as_events, body_of, error, serving
from test_openai_generator import SAMPLING, ask, by_key, generator, key, requests, right

from codeeval.errors import GenerationError, UsageError
from codeeval.generators import create
from codeeval.generators.base import problem_seed
from codeeval.generators.common.retry import Later
from codeeval.generators.openai import bounded_client
from codeeval.generators.openai.generator import OpenAIGenerator
from codeeval.generators.openai.network import is_loopback
from codeeval.generators.openai.replies import answers, parse
from codeeval.generators.openai.server_words import MOST_SHOWN, inert, words_of
from codeeval.stats.sanity import check_sampling
from codeeval.types import Prompt, Request, Sample

assert key  # the fixture of that module holds here as well

CHAT = Request("1", Prompt(None, (("user", "u"),)), (0, 1))


@pytest.mark.parametrize("name", FAILED_INSIDE)
@pytest.mark.parametrize("chat", [True, False], ids=["chat", "completions"])
def test_a_failure_inside_of_an_answer_is_asked_again(name: str, chat: bool) -> None:
    """The text that came with it is no completion; the next answer is."""
    spoil = FAILED_INSIDE[name]
    behaviour = Behaviour(spoil=lambda number, completion: spoil(completion) if number < 2 else completion)
    with serving(behaviour) as server:
        samples = ask(server, [CHAT] if chat else requests(1, 2), concurrency="1")
        assert len(server.asked) == 2 + 2
    assert [sample.completion for sample in samples] == [
        body_of("u" if chat else "problem 0", sample.seed) for sample in samples
    ]


@pytest.mark.parametrize("name", [name for name in FAILED_INSIDE if "error" in name and "reason" not in name])
def test_a_failure_that_stays_is_no_sample(name: str) -> None:
    """Nothing is yielded: the sample stays pending. The error has the server's words."""
    spoil = FAILED_INSIDE[name]
    got: list[Sample] = []
    with serving(Behaviour(spoil=lambda number, completion: spoil(completion))) as server:
        made = generator(server, patience="0")
        with pytest.raises(GenerationError, match=r"no answer within 0 s: .*upstream"):
            got.extend(made.generate([CHAT], SAMPLING))
        made.close()
    assert got == []


def test_the_good_choices_before_a_failed_one_are_kept() -> None:
    """Of several samples per request only what failed is asked for again."""

    def spoil(number: int, completion: dict[str, Any]) -> dict[str, Any]:
        if number == 0:
            completion["choices"][2] |= {"finish_reason": "error", "text": "    ret"}
        return completion

    with serving(Behaviour(spoil=spoil)) as server:
        right(ask(server, requests(1), n="4", concurrency="1"), requests(1))
        assert [body.get("n", 1) for body in server.asked] == [4, 1, 1]


def test_choices_in_another_order() -> None:
    """The index says which sample it is."""
    with serving(Behaviour(spoil=lambda number, c: {**c, "choices": c["choices"][::-1]})) as server:
        right(ask(server, requests(1), n="4"), requests(1))


def test_a_server_that_streams_unasked() -> None:
    """Events are put together, in both interfaces."""
    with serving(Behaviour(streams=True)) as server:
        right(ask(server, requests(1), n="2"), requests(1))
        assert {s.completion for s in ask(server, [replace(CHAT, indices=(0,))])} == {
            body_of("u", server.asked[-1]["seed"])
        }


@pytest.mark.parametrize(
    "end", ["", 'data: {"choices": [', 'data: {"error": {"message": "upstream"}}\n\n', "data: [1]\n\n"]
)
def test_a_stream_that_breaks_off_is_no_answer(end: str) -> None:
    """Half of it came: it is asked for again."""
    whole = as_events(
        {"choices": [{"index": 0, "finish_reason": "stop", "text": "    return 1"}], "usage": {}}
    ).decode()
    half = whole.partition("data: " + json.dumps({"choices": [{"index": 0, "finish_reason": "stop"}]}))[0]
    assert half != whole
    with pytest.raises(Later):
        answers(parse(half + end), 1, [0])


#: What the model itself left unsaid, and how it is recorded.
UNSAID: dict[str, tuple[dict[str, Any], str, str]] = {
    "null": ({"message": {"content": None}, "finish_reason": "stop"}, "", "unknown"),
    "no content": ({"message": {"role": "assistant"}, "finish_reason": "stop"}, "", "unknown"),
    "refusal": ({"message": {"content": None, "refusal": "I can't"}, "finish_reason": "stop"}, "", "refusal"),
    "refusal part": ({"message": {"content": [{"type": "refusal", "refusal": "no"}]}}, "", "refusal"),
    "tool call": (
        {"message": {"content": None, "tool_calls": [{"id": "1"}]}, "finish_reason": "tool_calls"},
        "",
        "unknown",
    ),
    "filtered": ({"message": {"content": ""}, "finish_reason": "content_filter"}, "", "content_filter"),
    "filtered half": (
        {"message": {"content": "    ret"}, "finish_reason": "content_filter"},
        "    ret",
        "content_filter",
    ),
    "null as a text": ({"text": None, "finish_reason": "stop"}, "", "unknown"),
    "texts of another interface": (
        {"text": ["    a", {"type": "text", "text": "b"}], "finish_reason": "stop"},
        "    ab",
        "stop",
    ),
    "an error of the word null": ({"message": {"content": "x"}, "error": "null", "finish_reason": "stop"}, "x", "stop"),
    "errors of nulls": ({"message": {"content": "x"}, "error": None, "finish_reason": "stop"}, "x", "stop"),
    "object of nulls": ({"message": {"content": "x"}, "error": {"code": None}, "finish_reason": "stop"}, "x", "stop"),
}


@pytest.mark.parametrize("name", UNSAID)
def test_what_the_model_left_unsaid_is_an_answer(name: str) -> None:
    """One request, one sample, and no retry."""
    fields, text, reason = UNSAID[name]
    with serving(Behaviour(spoil=lambda number, c: {**c, "choices": [{"index": 0, **fields}]})) as server:
        (sample,) = ask(server, [replace(CHAT, indices=(0,))])
        assert len(server.asked) == 1
    assert (sample.completion, sample.finish_reason) == (text, reason)


@pytest.mark.parametrize("name", ["null", "refusal", "tool call", "filtered"])
def test_the_warning_about_empty_answers_tells_the_truth(name: str) -> None:
    """No stop sequence cut them, so none is blamed; filters and refusals are named."""
    fields, _, reason = UNSAID[name]
    with serving(Behaviour(spoil=lambda number, c: {**c, "choices": [{"index": 0, **fields}]})) as server:
        samples = ask(server, [CHAT])
    said = [warning.message for warning in check_sampling(samples, 0.6, stops=SAMPLING.stop).warnings]
    assert any("of the samples are empty" in text for text in said)
    assert not any("stop sequence" in text for text in said)
    assert any("content filter" in text for text in said) == (reason == "content_filter")
    assert any("declined to answer" in text for text in said) == (reason == "refusal")


PARTS: dict[str, tuple[Callable[[str], dict[str, Any]], str | None]] = {
    "one text": (lambda text: {"content": [{"type": "text", "text": text}]}, None),
    "texts": (lambda text: {"content": [{"type": "text", "text": text[:4]}, {"type": "text", "text": text[4:]}]}, None),
    "output_text": (lambda text: {"content": [{"type": "output_text", "text": text}]}, None),
    "value": (lambda text: {"content": [{"type": "text", "text": {"value": text}}]}, None),
    "bare": (lambda text: {"content": [text[:2], text[2:]]}, None),
    "object": (lambda text: {"content": {"type": "text", "text": text}}, None),
    "thinking": (
        lambda text: {"content": [{"type": "thinking", "thinking": "a\ndef b"}, {"type": "text", "text": text}]},
        "a\ndef b",
    ),
    "thinking in parts": (
        lambda text: {
            "content": [
                {"type": "thinking", "thinking": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
                {"type": "text", "text": text},
            ]
        },
        "ab",
    ),
    "reasoning": (lambda t: {"content": [{"type": "reasoning", "text": "hm"}, {"type": "text", "text": t}]}, "hm"),
    "reasoning_content": (lambda text: {"content": text, "reasoning_content": "print(1)"}, "print(1)"),
    "reasoning field": (lambda text: {"content": text, "reasoning": "hm"}, "hm"),
    "reasoning_details": (
        lambda text: {"content": text, "reasoning_details": [{"type": "reasoning.text", "text": "hm"}]},
        "hm",
    ),
    "an unknown kind": (lambda text: {"content": [{"type": "markdown", "text": text}, {"type": "weird"}]}, None),
    "a tool's text": (
        lambda t: {"content": [{"type": "tool_result", "text": "no"}, {"type": "text", "text": t}]},
        None,
    ),
    "image": (
        lambda t: {"content": [{"type": "image_url", "image_url": {"url": "u"}}, {"type": "text", "text": t}]},
        None,
    ),
}


@pytest.mark.parametrize("name", PARTS)
def test_content_in_parts(name: str) -> None:
    """Texts are joined; what was thought is the thought, also where nobody asked for thoughts."""
    wrap, thought = PARTS[name]
    with serving(Behaviour(wrap=wrap, tail="")) as server:
        (sample,) = ask(server, [replace(CHAT, indices=(0,))])
    assert (sample.completion, sample.thought) == (body_of("u", sample.seed), thought)


RUSSIAN = json.dumps({"choices": [{"message": {"content": "    # да"}, "finish_reason": "stop"}]}, ensure_ascii=False)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (RUSSIAN.encode(), "application/json; charset=iso-8859-1"),
        (RUSSIAN.encode(), "application/json; charset=none-such"),
        (RUSSIAN.encode(), "text/html"),
        (RUSSIAN.encode("utf-8-sig"), "application/json"),
        (RUSSIAN.encode("utf-16"), "application/json"),
        (RUSSIAN.encode("utf-16-le"), "application/json"),
        (RUSSIAN.encode("cp1251"), "application/json; charset=windows-1251"),
        (b"data: " + RUSSIAN.replace("message", "delta").encode() + b"\n\n", "text/event-stream; charset=latin-1"),
        (gzip.compress(RUSSIAN.encode(), mtime=0), "gzip"),
    ],
)
def test_the_encoding_of_an_answer(body: bytes, kind: str) -> None:
    """JSON is UTF-8, whatever a header claims; letters are never mangled on the way to the sandbox."""
    headers = {"Content-Encoding": "gzip"} if kind == "gzip" else {"Content-Type": kind}
    with serving(Behaviour(fail=lambda number, asked: (200, headers, body))) as server:
        (sample,) = ask(server, [replace(CHAT, indices=(0,))])
    assert sample.completion == "    # да"


def test_an_answer_beyond_any_bound_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """By its size once it is unpacked, whatever the status; it stays pending."""
    monkeypatch.setattr(bounded_client, "MAX_REPLY_BYTES", 1 << 20)
    long = json.dumps({"choices": [{"message": {"content": "a" * (3 << 20)}, "finish_reason": "stop"}]}).encode()
    replies: list[Reply] = [
        (200, {}, long),
        (400, {}, long),
        (200, {"Content-Encoding": "gzip"}, gzip.compress(long)),
    ]
    for reply in replies:
        behaviour = Behaviour(fail=lambda number, asked, reply=reply: reply)  # type: ignore[misc]
        with serving(behaviour) as server, pytest.raises(GenerationError, match="longer than 1 MiB"):
            ask(server, [CHAT], patience="0")


def test_an_answer_that_drips_ends() -> None:
    """The time of a request is that of all its pieces."""
    with (
        serving(Behaviour(drips=True)) as server,
        pytest.raises(GenerationError, match="did not come to its end in time"),
    ):
        ask(server, [replace(CHAT, indices=(0,))], patience="0", timeout="1")


def test_a_redirection_that_leads_nowhere_is_named() -> None:
    """Also one that turns the request into one for a page."""
    for status in (301, 302, 303, 307, 308):
        behaviour = Behaviour(fail=lambda number, asked: (status, {"Location": "/other/completions"}, b""))  # noqa: B023
        with (
            serving(behaviour) as server,
            pytest.raises(UsageError, match=r"sends requests on to .*/other/completions"),
        ):
            ask(server, requests(1, 1))
    with (
        serving(Behaviour(fail=lambda number, asked: (307, {}, b""))) as server,
        pytest.raises(UsageError, match="307"),
    ):
        ask(server, requests(1, 1))


@pytest.mark.parametrize(
    "said",
    [
        b"\0\xff garbage\r\n\r\n",
        b"SSH-2.0-OpenSSH_9\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n" + b"[" * 9000,
        b"HTTP/1.1 200 " + b"A" * 200_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 2000 + b"\r\n",
        b"{}",
        b"",
    ],
    ids=["garbage", "ssh", "half a chunk", "deep", "long status", "many headers", "no header", "nothing"],
)
def test_what_is_no_server_of_this_protocol(said: bytes) -> None:
    """Whatever listens there: an error that says what it said, no traceback."""

    def answer(listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                connection.recv(65536)
                connection.sendall(said)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=answer, args=(listener,), daemon=True)
        thread.start()
        made = create("openai", "m", {"base_url": f"http://127.0.0.1:{listener.getsockname()[1]}/v1", "patience": "0"})
        with pytest.raises(GenerationError, match="no answer within 0 s"):
            list(made.generate(requests(1, 1), SAMPLING))
        made.close()
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["choices", "error", "message", "content", "text", "type", "thinking", "finish_reason", "index"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(JSON, st.integers(1, 3))
def test_any_json_is_answers_or_a_reason_to_ask_again(body: Any, n: int) -> None:
    """Nothing else is raised, and never more answers than asked for."""
    try:
        found = answers(parse(json.dumps(body)), n, [None] * n)
    except Later:
        return
    assert 1 <= len(found) <= n
    assert all(isinstance(one.text, str) for one in found)


@given(st.text() | st.binary().map(lambda raw: raw.decode("latin-1")))
def test_any_body_is_words_on_one_line(body: str) -> None:
    """Bounded, printable, whatever the server sends."""
    said = words_of(body)
    assert len(said) <= MOST_SHOWN
    assert said.isprintable()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('{"error": {"message": "m", "type": "t"}}', "m"),
        ('{"error": "e"}', "e"),
        ('{"detail": "d"}', "d"),
        ('{"detail": [{"loc": ["body", "top_p"], "msg": "extra", "type": "x"}]}', "body.top_p: extra"),
        ('{"object": "error", "message": "old vLLM", "code": 400}', "old vLLM"),
        ('{"error": {"code": 7}}', '{"code": 7}'),
        ("<html><body>busy</body></html>", "<html><body>busy</body></html>"),
        ("", ""),
        ('{"error": "\\u001b[31mred\\u202e"}', "\\x1b[31mred\\u202e"),
    ],
)
def test_the_servers_own_words(body: str, said: str) -> None:
    """Wherever a server puts them."""
    assert words_of(body) == said


@pytest.mark.parametrize("status", [400, 401, 404, 422, 429, 500])
@pytest.mark.parametrize(
    "body", ['{"detail": "words"}', '{"error": "words"}', "words \x1b[2J", '{"detail": [{"msg": "words"}]}']
)
def test_the_servers_words_are_in_every_error(status: int, body: str) -> None:
    """Whatever the status, and nothing that steers a terminal."""
    behaviour = Behaviour(fail=lambda number, asked: (status, {}, body.encode()))
    with serving(behaviour) as server, pytest.raises((GenerationError, UsageError), match="words") as caught:
        ask(server, requests(1, 1), patience="0")
    assert "\x1b" not in str(caught.value)


NEUTRAL = [("top_p", {}), ("temperature", {"temperature": 1.0}), ("seed", {}), ("stop", {})]
#: A short word without quotes could be one of the prompt.
STYLES = [
    (name, changes, style)
    for name, changes in NEUTRAL
    for style in ("param", "quoted", "detail", "plain")
    if style != "plain" or len(name) > 4
]


@pytest.mark.parametrize(("name", "changes", "style"), STYLES)
def test_a_neutral_value_that_is_refused_is_left_out(
    name: str, changes: dict[str, Any], style: str, caplog: pytest.LogCaptureFixture
) -> None:
    """With a note, once."""
    replies: dict[str, Reply] = {
        "param": error(400, "not this one", param=name),
        "quoted": error(400, f"Unsupported parameter: '{name}' is not supported with this model."),
        "detail": (422, {}, json.dumps({"detail": [{"loc": ["body", name], "msg": "extra fields"}]}).encode()),
        "plain": error(400, f"{name} is not supported"),
    }
    behaviour = Behaviour(fail=lambda number, body: replies[style] if name in body else None)
    with serving(behaviour) as server, caplog.at_level(logging.WARNING):
        samples = ask(server, requests(1), replace(SAMPLING, **changes), concurrency="1")
        assert len(server.asked) == 5
    assert len(by_key(samples)) == 4
    assert caplog.text.count(f"the server refuses the parameter {name}") == 1


#: How servers say that they do not know a parameter.
WORDS: list[tuple[str, object]] = [
    ("seed", {"error": {"message": "Unrecognized request argument supplied: seed", "param": None}}),
    (
        "seed",
        {
            "object": "error",
            "message": {"detail": [{"type": "extra_forbidden", "loc": ["body", "seed"], "msg": "Extra"}]},
        },
    ),
    ("seed", [{"error": {"code": 400, "message": 'Unknown name "seed": Cannot find field.', "status": "INVALID"}}]),
    ("seed", {"error": 'json: unknown field "seed"'}),
    ("seed", {"error": {"message": "Parameter seed is not supported"}}),
    ("seed", {"error": {"message": "Параметр seed не поддерживается"}}),
    ("stop", {"error": {"message": "stop is not supported with this model"}}),
    ("stop", {"code": "invalid", "error": "This model does not support parameter stop."}),
    ("n", {"error": {"message": "n must be 1"}}),
    ("n", {"error": {"message": "Only n=1 is supported"}}),
    ("n", {"error": {"message": "Multiple completions (n > 1) are not supported"}}),
    ("top_p", {"error": {"message": "不支持参数 top_p"}}),
    ("top_p", {"error_msg": "Argument not supported on this model: top_p"}),
    ("max_tokens", {"error": {"message": "max_tokens is not supported; please use max_completion_tokens"}}),
]


@pytest.mark.parametrize(("name", "words"), WORDS)
def test_a_refused_parameter_is_found_in_the_servers_words(name: str, words: object) -> None:
    """Quoted or not, in whatever language and field."""
    reply: Reply = (400, {}, json.dumps(words).encode())
    with serving(Behaviour(fail=lambda number, body: reply if name in body else None)) as server:
        assert len(by_key(ask(server, [CHAT], n="2", concurrency="1"))) == 2
        assert name not in server.asked[-1]


@pytest.mark.parametrize(
    "words", ["can't read the prompt: when will it stop", "def n(seed): is not supported", "seedless"]
)
def test_words_of_a_prompt_are_no_parameters(words: str) -> None:
    """A refusal that quotes the prompt costs that problem, not what every other request is sent with."""
    with serving(Behaviour(fail=lambda number, body: error(400, words))) as server:
        with pytest.raises(GenerationError, match="the server refused"):
            ask(server, [CHAT], n="2", concurrency="1")
        assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("name", "changes", "flag"),
    [
        ("temperature", {}, "--temperature"),
        ("top_p", {"top_p": 0.9}, "--top-p"),
        ("top_k", {"top_k": 5}, "--top-k"),
    ],
)
def test_a_value_that_counts_and_is_refused_ends_the_run(name: str, changes: dict[str, Any], flag: str) -> None:
    """After one request per thread, with its name, its value and the flag."""
    with serving(Behaviour(refuses=(name,))) as server:
        with pytest.raises(UsageError, match=rf"refuses {name}=.*'{name}' is not supported.*{flag} ") as caught:
            ask(server, requests(50), replace(SAMPLING, **changes), concurrency="2")
        assert len(server.asked) <= 3
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(("temperature", "left_out"), [(1.0, True), (0.6, False)])
def test_the_servers_own_default_is_neutral(temperature: float, left_out: bool) -> None:
    """As OpenAI's reasoning models say it: only the default is supported."""
    words = f"Unsupported value: 'temperature' does not support {temperature}. Only the default (1) value is supported."

    def fail(number: int, body: dict[str, Any]) -> Reply | None:
        return error(400, words, param="temperature", code="unsupported_value") if "temperature" in body else None

    with serving(Behaviour(fail=fail)) as server:
        if left_out:
            assert len(ask(server, requests(1), replace(SAMPLING, temperature=temperature))) == 4
        else:
            with pytest.raises(UsageError, match=r"temperature=0\.6"):
                ask(server, requests(1), replace(SAMPLING, temperature=temperature))


def test_of_two_parameters_the_neutral_one_goes() -> None:
    """A server that takes only one of them gets the one that counts."""
    words = "`temperature` and `top_p` cannot both be specified for this model. Please use only one."

    def fail(number: int, body: dict[str, Any]) -> Reply | None:
        return error(400, words) if {"temperature", "top_p"} <= body.keys() else None

    with serving(Behaviour(fail=fail)) as server:
        right(ask(server, requests(1)), requests(1))
        assert server.asked[-1]["temperature"] == 0.6


def test_a_refusal_that_quotes_the_prompt_is_about_the_prompt() -> None:
    """A problem about temperatures costs itself, not the run."""

    def fail(number: int, body: dict[str, Any]) -> Reply | None:
        return error(400, "can't read: def f('temperature'): …") if "problem 1" in body["prompt"] else None

    got: list[Sample] = []
    with serving(Behaviour(fail=fail)) as server:
        made = generator(server)
        with pytest.raises(GenerationError, match="problem 1: "):
            got.extend(made.generate(requests(3), SAMPLING))
        made.close()
    right(got, [requests(3)[0], requests(3)[2]])


@pytest.mark.parametrize(
    "end", ["/chat/completions", "/completions", "/completions/", "/chat/completions//", "/models", "/completions?a=b"]
)
def test_an_endpoint_in_the_address_is_left_off(end: str, caplog: pytest.LogCaptureFixture) -> None:
    """With a note; and `/v1` is not put in."""
    with serving() as server, caplog.at_level(logging.WARNING):
        made = create("openai", "m", {"base_url": server.url + end, "patience": "5"})
        assert made.describe()["base_url"] == server.url
        right(list(made.generate(requests(1), SAMPLING)), requests(1))
        made.close()
    assert caplog.text.count(f"{server.url} is the address") == 1


def test_only_chat_and_only_completions() -> None:
    """What the other interface is asked for in vain says so, with a hint."""
    chats, completes = (Behaviour(interfaces=(name,)) for name in ("chat/completions", "completions"))
    with serving(chats) as server, pytest.raises(UsageError, match=r"Not Found.*--template chat"):
        ask(server, requests(1, 1))
    with serving(completes) as server, pytest.raises(UsageError, match=r"Not Found.*--template none"):
        ask(server, [CHAT])


def test_whether_a_server_chats_costs_no_request() -> None:
    """The first samples are asked for, and are there when the run comes to them."""
    with serving() as server:
        made = generator(server, n="2")
        assert isinstance(made, OpenAIGenerator)
        assert made.can_chat(CHAT, SAMPLING)
        assert len(server.asked) == 1
        samples = list(made.generate([replace(CHAT, indices=(0, 1, 2, 3))], SAMPLING))
        made.close()
        assert len(server.asked) == 2
    assert [sample.completion for sample in sorted(samples, key=lambda one: one.index)] == [
        body_of("u", problem_seed(1234, "1") + index) for index in range(4)
    ]
    for behaviour in (
        Behaviour(interfaces=("completions",)),
        Behaviour(fail=lambda number, body: error(400, "no") if "messages" in body else None),
        Behaviour(fail=lambda number, body: error(500, "KeyError: 'prompt'") if "messages" in body else None),
        Behaviour(fail=lambda number, body: None if body["prompt"] else error(500, "")),  # hangs up on a chat
    ):
        with serving(behaviour) as server:
            made = generator(server, patience="1")
            assert isinstance(made, OpenAIGenerator)
            assert not made.can_chat(CHAT, SAMPLING)
            right(list(made.generate(requests(1), SAMPLING)), requests(1))
            made.close()


@pytest.mark.parametrize(
    ("status", "words", "chats"),
    [
        (500, "no chat template is set for this tokenizer", False),
        (503, "overloaded", True),
        (422, "Chat completions are not supported by this model", False),
        (400, "'prompt' is required", False),
        (
            400,
            "As of transformers v4.44, default chat template is no longer allowed, so you must provide a chat template",
            False,
        ),
        (404, "This is not a chat model and thus not supported in the v1/chat/completions endpoint.", False),
        (400, "max_tokens must be at least 16", True),
    ],
)
def test_a_refusal_in_the_chat_interface(status: int, words: str, chats: bool) -> None:
    """About the template: there is none. About anything else: the interface is there."""
    with serving(Behaviour(fail=lambda number, body: error(status, words))) as server:
        made = generator(server, patience="0")
        assert isinstance(made, OpenAIGenerator)
        assert made.can_chat(CHAT, SAMPLING) is chats
        made.close()


def test_a_server_without_a_system_role(caplog: pytest.LogCaptureFixture) -> None:
    """The system prompt opens the user's turn from then on, and it is said once."""
    asked = [Request("1", Prompt(None, (("system", "s"), ("user", "u"))), (0, 1))]
    with serving(Behaviour(no_system_role=True)) as server, caplog.at_level(logging.WARNING):
        samples = ask(server, asked, concurrency="1")
        assert [body["messages"][0]["content"] for body in server.asked] == ["s", "s\n\nu", "s\n\nu"]
    assert len(samples) == 2
    assert caplog.text.count("the server takes no system message") == 1


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://127.0.0.1:8000/v1", True),
        ("http://127.1.2.3", True),
        ("http://localhost:1", True),
        ("http://LOCALHOST./v1", True),
        ("http://[::1]:8000/v1", True),
        ("http://0.0.0.0:8000", True),
        ("http://localhost.example.org", False),
        ("http://10.0.0.1", False),
        ("https://api.example.org/v1", False),
    ],
)
def test_what_this_machine_is(address: str, expected: bool) -> None:
    """Names and numbers of the loopback interface."""
    assert is_loopback(address) is expected


def test_a_dead_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server on this machine is reached without it; for any other the message names it, without its password."""
    with serving() as server:
        gone = server.url.removesuffix("/v1")
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, gone.replace("//", "//me:hunter2@"))
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with serving() as server:
        right(ask(server, requests(1)), requests(1))
    with pytest.raises(GenerationError, match=r"the proxy http://\*\*\*@127.0.0.1:\d+, .*NO_PROXY") as caught:
        create("openai", "m", {"base_url": "http://models.invalid/v1"})
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:9", "gopher://127.0.0.1:9"])
def test_a_proxy_of_an_unknown_kind(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error for a server elsewhere, and nothing to a server on this machine."""
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy)
    with serving() as server:
        right(ask(server, requests(1)), requests(1))
    monkeypatch.setattr("codeeval.generators.openai.servers.reach", lambda settings: None)
    with pytest.raises(UsageError, match="the proxies of the environment can't be used"):
        create("openai", "m", {"base_url": "https://models.invalid/v1"})


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate that its owner signed, for this machine, with its key beside it."""
    if which("openssl") is None:
        pytest.skip("openssl makes the certificate")
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", f"{path}.key", "-out", str(path)]
    subprocess.run(command, check=True, capture_output=True)
    return path


def test_certificates(certificate: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """An unknown certificate ends the run at once and says what to do; each of the ways to trust it works."""
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, f"{certificate}.key")
    with serving(tls=context) as server:
        with pytest.raises(UsageError, match=r"certificate of .* can't be verified .*--ca-bundle FILE"):
            ask(server, requests(1))
        right(ask(server, requests(1), ca_bundle=str(certificate)), requests(1))
        with caplog.at_level(logging.WARNING):
            right(ask(server, requests(1), verify="0"), requests(1))
        assert "verify=0: nobody checks" in caplog.text
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        right(ask(server, requests(1)), requests(1))
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate.parent / "none.pem"))
        with pytest.raises(UsageError, match=r"SSL_CERT_FILE .*none.pem: can't read certificates"):
            ask(server, requests(1))
    monkeypatch.delenv("SSL_CERT_FILE")
    with serving() as server:
        made = create("openai", "m", {"base_url": server.url.replace("http:", "https:"), "patience": "5"})
        with pytest.raises(UsageError, match="does not speak TLS"):
            list(made.generate(requests(1), SAMPLING))
        made.close()


def test_inert_text_is_short() -> None:
    """Escapes count."""
    assert inert("a\n\tb") == "a b"
    assert len(inert("\x1b" * 5000)) == MOST_SHOWN

"""The backend for servers, against a real HTTP server that does everything wrong that servers do wrong."""

from __future__ import annotations

import json
import logging
import threading
import traceback
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from misbehaving_server import Behaviour, Reply, Server, body_of, error, serving

from codeeval.errors import CodeevalError, GenerationError, UsageError
from codeeval.generators import Generator, create
from codeeval.generators.base import problem_seed
from codeeval.stops import MERA_STOPS
from codeeval.types import Prompt, Request, Sample, Sampling

SAMPLING = Sampling(n=4, stop=MERA_STOPS, max_tokens=50)
SECRET = "sk-tests-0123456789"


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key in the environment, nothing else of OpenAI's, and first waits that a test can afford."""
    monkeypatch.setattr("codeeval.generators.common.retry.FIRST_WAIT_S", 0.02)
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)


def requests(problems: int = 2, n: int = 4) -> list[Request]:
    return [Request(str(i), Prompt(text=f"problem {i}"), tuple(range(n))) for i in range(problems)]


def generator(server: Server, **options: str) -> Generator:
    return create("openai", "m", {"base_url": server.url, "patience": "20", **options})


def ask(server: Server, asked: list[Request], sampling: Sampling = SAMPLING, **options: str) -> list[Sample]:
    made = generator(server, **options)
    try:
        return list(made.generate(asked, sampling))
    finally:
        made.close()


def by_key(samples: list[Sample]) -> dict[tuple[str, int], Sample]:
    assert len({(s.problem_id, s.index) for s in samples}) == len(samples)
    return {(s.problem_id, s.index): s for s in samples}


def right(samples: list[Sample], asked: list[Request]) -> None:
    """Every index once, with the text that its own seed gives, cut at the stop."""
    found = by_key(samples)
    assert set(found) == {(r.problem_id, i) for r in asked for i in r.indices}
    for (problem_id, index), sample in found.items():
        seed = problem_seed(1234, problem_id) + index
        assert (sample.seed, sample.completion) == (seed, body_of(f"problem {problem_id}", seed))
        assert sample.finish_reason == "stop"


FAULTS: dict[str, tuple[Behaviour, dict[str, str]]] = {
    "none": (Behaviour(), {}),
    "several samples per request": (Behaviour(), {"n": "3"}),
    "ignores n": (Behaviour(ignores_n=True), {"n": "4"}),
    "fewer choices than asked": (Behaviour(fewer_choices=True), {"n": "4"}),
    "keeps the stop": (Behaviour(keeps_stop=True), {}),
    "stops at the fifth, which is not sent": (Behaviour(tail="\nif x:"), {}),
    "knows no stop": (Behaviour(refuses=("stop",)), {}),
    "knows no n": (Behaviour(refuses=("n",)), {"n": "2"}),
    "cuts the connection in the body": (Behaviour(cut_after=20), {}),
    "cuts the connection before the body": (Behaviour(cut_after=0), {}),
}


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize("concurrency", ["1", "8"])
def test_every_sample_arrives_whatever_the_server_does(name: str, concurrency: str) -> None:
    """Faults change neither which samples there are nor their text."""
    behaviour, options = FAULTS[name]
    with serving(replace(behaviour)) as server:
        right(ask(server, requests(), SAMPLING, concurrency=concurrency, **options), requests())
        assert all(len(body.get("stop", ())) <= 4 for body in server.asked)
        assert server.keys == {f"Bearer {SECRET}"}


@pytest.mark.parametrize(
    "reply",
    [
        error(429, "slow down", {"Retry-After": "0.01"}),
        *(error(status, "broken") for status in (500, 502, 503, 408)),
        (200, {"Content-Type": "application/json"}, b'{"choices": [{'),
        (200, {"Content-Type": "application/json"}, b'{"choices": []}'),
        (200, {"Content-Type": "application/json"}, b'{"choices": [{"text": null}]}'),
        (200, {"Content-Type": "text/html"}, b"<html>busy</html>"),
    ],
    ids=lambda reply: f"{reply[0]} {reply[2][:20]!r}",
)
def test_what_may_pass_is_asked_again(reply: Reply) -> None:
    """Overload, a broken server and an answer that is none: the second request brings the sample."""
    with serving(Behaviour(fail=lambda number, body: reply if number < 2 else None)) as server:
        right(ask(server, requests(1)), requests(1))
        assert len(server.asked) == 4 + 2


def test_retry_after_is_obeyed() -> None:
    """The second request comes no earlier than the server asked for."""
    import time

    times: list[float] = []

    def fail(number: int, body: dict[str, Any]) -> Reply | None:
        times.append(time.monotonic())
        return error(429, "slow down", {"Retry-After": "1.5"}) if number == 0 else None

    with serving(Behaviour(fail=fail)) as server:
        ask(server, requests(1, 1), concurrency="1")
    assert times[1] - times[0] >= 1.5


def test_a_server_that_goes_away_and_comes_back() -> None:
    """While the server is gone requests wait; when it is back the run goes on as if nothing had been."""
    asked = requests(3)
    with serving() as server:
        made = generator(server, concurrency="2", patience="60")
        samples = made.generate(asked, SAMPLING)
        got = [next(samples)]
        port = int(server.url.split(":")[2].split("/")[0])
    gone = threading.Event()
    timer = threading.Timer(1.5, gone.set)
    timer.start()

    rest: list[Sample] = []
    reader = threading.Thread(target=lambda: rest.extend(samples))
    reader.start()
    assert gone.wait(30)
    with serving(port=port):
        reader.join(60)
    made.close()
    right([*got, *rest], asked)


def test_patience_has_an_end() -> None:
    """A server that never recovers ends the run with an error that says how to go on; what had finished was yielded."""

    def fail(number: int, body: dict[str, Any]) -> Reply | None:
        return error(500, "broken") if number >= 3 else None

    with serving(Behaviour(fail=fail)) as server:
        samples: list[Sample] = []
        made = generator(server, concurrency="1", patience="1")
        with pytest.raises(GenerationError, match=r"within 1 s: .*broken.*--resume"):
            samples.extend(made.generate(requests(1), SAMPLING))
        assert len(server.asked) > 4
    made.close()


def test_budget_of_requests() -> None:
    """Never more requests than allowed, retries counted; every answer that came is kept."""
    got: list[Sample] = []
    with serving(Behaviour(fail=lambda number, body: error(500, "x") if number == 1 else None)) as server:
        made = generator(server, budget="5")
        with pytest.raises(GenerationError, match="budget of 5 requests"):
            got.extend(made.generate(requests(3), SAMPLING))
        assert len(server.asked) == 5
        assert len(got) == 4
    made.close()


def test_no_more_requests_than_the_consumer_can_take() -> None:
    """At most `concurrency` requests at a time, and none beyond while nobody takes the results."""
    barrier = threading.Barrier(3, timeout=20)
    with serving(Behaviour(before=lambda: barrier.wait())) as server:
        made = generator(server, concurrency="3")
        samples = made.generate(requests(3), SAMPLING)  # 12 samples: the barrier opens for three requests at a time
        next(samples)
        assert len(server.asked) <= 5
        assert len(list(samples)) == 11
        assert server.busiest == 3
    made.close()


def test_a_closed_run_asks_no_more() -> None:
    """Closing the iterator in the middle ends the asking."""
    with serving() as server:
        made = generator(server, concurrency="2")
        samples = made.generate(requests(50), SAMPLING)
        next(samples)
        samples.close()  # type: ignore[attr-defined]
        assert len(server.asked) <= 4
        made.close()


def test_resume_asks_only_for_what_is_missing() -> None:
    """Single indices give what they gave, at any number of samples per request."""
    with serving() as server:
        whole = by_key(ask(server, requests()))
        part = [replace(r, indices=(1, 3)) for r in requests()]
        for n in ("1", "2", "4"):
            again = by_key(ask(server, part, n=n))
            assert again == {key: whole[key] for key in again}
            assert len(again) == 4


def test_temperature_zero_is_asked_once() -> None:
    """One request per problem without a seed; the copies carry none."""
    with serving() as server:
        samples = ask(server, requests(), replace(SAMPLING, temperature=0))
        assert len(server.asked) == 2
        assert all("seed" not in body and body["temperature"] == 0 for body in server.asked)
    assert len(by_key(samples)) == 8
    assert {s.seed for s in samples} == {None}


def test_sampling_reaches_the_server() -> None:
    """Temperature, top_p, top_k, limit of tokens and more from extra_body are in every request."""
    sampling = replace(SAMPLING, temperature=0.7, top_p=0.9, top_k=5)
    with serving() as server:
        ask(server, requests(1, 1), sampling, extra_body='{"min_p": 0.1}')
        (body,) = server.asked
    want = {"model": "m", "temperature": 0.7, "top_p": 0.9, "top_k": 5, "min_p": 0.1, "max_tokens": 50}
    assert {name: body[name] for name in want} == want
    assert "n" not in body


def test_keep_raw_sends_no_stop_and_cuts_as_ever() -> None:
    """The completions are the same; what the model wrote behind the stop is there."""
    with serving(Behaviour(tail="\ndef g(): pass")) as server:
        cut = by_key(ask(server, requests()))
        assert all(len(body["stop"]) == 4 for body in server.asked)
        asked = len(server.asked)
        kept = by_key(ask(server, requests(), keep_raw="1"))
        assert all("stop" not in body for body in server.asked[asked:])
    assert {key: sample.completion for key, sample in kept.items()} == {k: s.completion for k, s in cut.items()}
    assert {sample.raw for sample in cut.values()} == {None}
    assert all(sample.raw == sample.completion + "\ndef g(): pass" for sample in kept.values())
    assert {sample.finish_reason for sample in kept.values()} == {"stop"}


def test_messages_go_to_chat_and_texts_to_completions() -> None:
    """By default the prompt decides; `api=chat` makes a user's turn of a text; newer servers want another limit."""
    chat = [Request("1", Prompt(None, (("system", "s"), ("user", "u"))), (0,))]
    with serving(Behaviour(refuses=("max_tokens",))) as server:
        samples = ask(server, chat)
        ask(server, requests(1, 1), api="chat")
        assert set(server.paths) == {"/v1/chat/completions"}
        assert server.asked[-1]["messages"] == [{"role": "user", "content": "problem 0"}]
        assert server.asked[-1]["max_completion_tokens"] == 50
        with pytest.raises(UsageError, match="needs the server's chat interface"):
            ask(server, chat, api="completions")
    assert samples[0].completion == body_of("u", samples[0].seed)


def test_a_refused_problem_does_not_stop_the_others() -> None:
    """A prompt that the server can't take costs its problem; all others are yielded, then the refusal is told."""

    def fail(number: int, body: dict[str, Any]) -> Reply | None:
        long = body["prompt"] == "problem 1"
        return error(400, "This model's maximum context length is 512 tokens") if long else None

    got: list[Sample] = []
    with serving(Behaviour(fail=fail)) as server:
        made = generator(server)
        with pytest.raises(GenerationError, match=r"problem 1: .*maximum context length is 512"):
            got.extend(made.generate(requests(3), SAMPLING))
    made.close()
    right(got, [requests(3)[0], requests(3)[2]])


def test_a_server_that_refuses_everything_is_not_asked_a_thousand_times() -> None:
    """After a few problems that were refused, and none answered, the run ends."""

    def fail(number: int, body: dict[str, Any]) -> Reply:
        return error(400, "this prompt is not to my taste")

    with serving(Behaviour(fail=fail)) as server, pytest.raises(GenerationError, match="not to my taste"):
        ask(server, requests(100), concurrency="2")
    assert len(server.asked) < 60


def test_a_server_without_seeds(caplog: pytest.LogCaptureFixture) -> None:
    """It is told once that samples can't be repeated, and the samples don't claim a seed."""
    with serving(Behaviour(refuses=("seed",))) as server, caplog.at_level(logging.WARNING):
        samples = ask(server, requests(), concurrency="1")
    assert {s.seed for s in samples} == {None}
    assert caplog.text.count("samples can't be repeated") == 1


def test_a_server_that_repeats_itself_shows_in_the_sanity_report() -> None:
    """One text for all seeds: nothing fails, but the share of distinct samples tells."""
    from codeeval.stats.sanity import check_sampling

    with serving(Behaviour(repeats=True)) as server:
        samples = ask(server, requests())
    report = check_sampling(samples, 0.6)
    assert report.all_equal == 1.0
    assert "all_equal" in {warning.code for warning in report.warnings}


@pytest.mark.parametrize(
    ("message", "text", "thought"),
    [
        (lambda text: {"content": f"<think>a\ndef b\nprint</think>{text}"}, "right", "a\ndef b\nprint"),
        (lambda text: {"content": f"opened by the template</think>{text}"}, "right", "opened by the template"),
        (lambda text: {"content": text, "reasoning_content": "x\nif y"}, "right", "x\nif y"),
        (lambda text: {"content": None, "reasoning": "and so on"}, "", "and so on"),
        (lambda text: {"content": text}, "right", None),
    ],
)
def test_thoughts_are_kept_apart(message: Any, text: str, thought: str | None) -> None:
    """In the text or beside it, a thought is recorded, takes its own tokens, and no stop is looked for in it."""
    with serving(Behaviour(wrap=message)) as server:
        (sample,) = ask(server, [Request("1", Prompt(None, (("user", "u"),)), (0,))], think_tokens="100")
        assert "stop" not in server.asked[0]
        assert server.asked[0]["max_tokens"] == 150
    assert sample.completion == (body_of("u", sample.seed) if text else "")
    assert sample.thought == thought


def secrets_in(server: Server, work: Any) -> Iterator[str]:
    """Everything that a failure shows: message, representation, traceback with its causes."""
    with pytest.raises(CodeevalError) as caught:
        work(server)
    yield from (str(caught.value), repr(caught.value), "".join(traceback.format_exception(caught.value)))


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500])
def test_the_key_is_in_no_error_and_no_log(status: int, caplog: pytest.LogCaptureFixture) -> None:
    """Even where the server quotes the key in its refusal."""

    def fail(number: int, body: dict[str, Any]) -> Reply:
        return error(status, f"Incorrect API key provided: {SECRET}. {{'k': '{SECRET}'}}", {"x-k": SECRET})

    with serving(Behaviour(fail=fail)) as server, caplog.at_level(logging.DEBUG, logger="codeeval"):
        texts = list(secrets_in(server, lambda s: ask(s, requests(1, 1), patience="0")))
    assert all(text and SECRET not in text for text in [*texts, caplog.text + "x"])


def test_the_key_is_in_no_description(tmp_path: Path) -> None:
    """Neither from the environment nor from a file, which wins."""
    (tmp_path / "key").write_text("sk-of-the-file\n", "utf-8")
    with serving() as server:
        made = generator(server, api_key_file=str(tmp_path / "key"))
        list(made.generate(requests(1, 1), SAMPLING))
        shown = json.dumps(made.describe()) + repr(made) + repr(vars(made))
        assert server.keys == {"Bearer sk-of-the-file"}
        made.close()
    assert "sk-" not in shown


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"base_url": "127.0.0.1:8000"}, "is not an address"),
        ({"base_url": "ftp://127.0.0.1"}, "is not an address"),
        ({"base_url": "http://127.0.0.1:99999/v1"}, "is not an address"),
        ({"base_url": "http://me:secret@127.0.0.1:1/v1"}, "no name, password or query"),
        ({"base_url": "http://127.0.0.1:1/v1?api_key=secret"}, "no name, password or query"),
        ({"api": "voice"}, "one of auto, completions, chat"),
        ({"concurrency": "0"}, "integer of at least 1"),
        ({"extra_body": "[1]"}, "must be a JSON object"),
        ({"extra_body": "{"}, "not JSON"),
        ({"extra_body": '{"api_key": "secret"}'}, "no key, token or password"),
        ({"base_url": "http://me:secret@h:99999/v1"}, "is not an address"),
        ({"api_key_file": "no/such/file"}, "can't be read"),
        ({"api_key": "secret"}, "has no such option"),
    ],
)
def test_settings_that_cannot_be(options: dict[str, str], message: str) -> None:
    """The error names the option; what may be a secret is not repeated."""
    with pytest.raises(UsageError, match=message) as caught:
        create("openai", "m", {"base_url": "http://127.0.0.1:9/v1", **options})
    assert "secret" not in str(caught.value)


def test_a_key_file_that_is_none(tmp_path: Path) -> None:
    """Empty, or several lines: said without showing what is in it."""
    for content in ("", "\n", "secret one\nsecret two"):
        (tmp_path / "key").write_text(content, "utf-8")
        with pytest.raises(UsageError, match="must hold the key and nothing else") as caught:
            create("openai", "m", {"base_url": "http://127.0.0.1:9", "api_key_file": str(tmp_path / "key")})
        assert "secret" not in str(caught.value)


def test_openai_itself_needs_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a key the address that needs one is not asked at all; other servers get a word in its place."""
    monkeypatch.delenv("OPENAI_API_KEY")
    with pytest.raises(UsageError, match="needs a key"):
        create("openai", "m")
    with serving() as server:
        ask(server, requests(1, 1))
        assert server.keys == {"Bearer none"}


def test_nothing_listens() -> None:
    """Known before anything else is started."""
    with serving() as server:
        url = server.url
    with pytest.raises(GenerationError, match="no server listens at"):
        create("openai", "m", {"base_url": url})


def test_an_address_without_a_path_means_v1() -> None:
    """`--base-url http://127.0.0.1:8000` is what people type first."""
    with serving() as server:
        made = create("openai", "m", {"base_url": server.url.removesuffix("/v1") + "/"})
        assert made.describe()["base_url"] == server.url
        assert len(list(made.generate(requests(1, 1), SAMPLING))) == 1
        made.close()

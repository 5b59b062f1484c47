"""Several servers of one model: they share the work, the others do a dead server's part, and no sample tells who answered."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from misbehaving_server import Behaviour, Reply, Server, error, serving
from typer.testing import CliRunner

from codeeval.cli.main import program
from codeeval.errors import GenerationError, UsageError
from codeeval.evaluation.resolve import resolve
from codeeval.generators.base import Options
from codeeval.generators.openai.generator import OpenAIGenerator, open_generator
from codeeval.generators.openai.settings import ServerSettings
from codeeval.report import build, document
from codeeval.store import RunReader
from codeeval.types import Prompt, Request, Sample, Sampling

SAMPLING = Sampling(n=6, temperature=0.8, seed=11, stop=("\nprint",))
REQUESTS = [Request(f"p{at}", Prompt(f"def f{at}():\n"), tuple(range(6))) for at in range(12)]


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the user's own servers."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


def opened(*servers: Server | str, **options: str) -> OpenAIGenerator:
    urls = [each if isinstance(each, str) else each.url for each in servers]
    return open_generator("m", {"base_url": ",".join(urls), **options})


def texts(samples: list[Sample]) -> dict[tuple[str, int], str]:
    return {(sample.problem_id, sample.index): sample.completion for sample in samples}


def asked_of(*servers: Server | str, **options: str) -> tuple[dict[tuple[str, int], str], dict[str, int]]:
    made = opened(*servers, **options)
    try:
        return texts(list(made.generate(REQUESTS, SAMPLING))), made.answered()
    finally:
        made.close()


@pytest.fixture(scope="module")
def alone() -> dict[tuple[str, int], str]:
    """What one server answers to everything."""
    with serving() as server:
        made = opened(server)
        found = texts(list(made.generate(REQUESTS, SAMPLING)))
        made.close()
    assert len(found) == 72
    return found


@pytest.fixture
def three() -> Iterator[list[Server]]:
    with ExitStack() as stack:
        yield [stack.enter_context(serving()) for _ in range(3)]


@pytest.mark.parametrize("n", ["1", "4"])
def test_servers_share_the_work(three: list[Server], alone: dict[tuple[str, int], str], n: str) -> None:
    """Every server answers a part, the samples are those of one server, and the counts are those of the servers."""
    found, answered = asked_of(*three, n=n)
    assert found == alone
    assert answered == {server.url: sum(body.get("n", 1) for body in server.asked) for server in three}
    assert all(answered.values())
    assert sum(answered.values()) == 72


def refusing(reply: Reply, after: int = 0) -> Behaviour:
    def fail(number: int, body: dict[str, Any]) -> Reply | None:
        return reply if number >= after else None

    return Behaviour(fail=fail)


@pytest.mark.parametrize("after", [0, 9])
@pytest.mark.parametrize(
    "reply",
    [error(500, "broken"), error(429, "slow down", {"Retry-After": "300"}), (200, {}, b"nonsense")],
    ids=["500", "429 for minutes", "nonsense"],
)
def test_a_failing_servers_share_goes_to_the_others(
    alone: dict[tuple[str, int], str], reply: Reply, after: int
) -> None:
    """Within a patience that does not suffice for a wait that the broken server advises."""
    with serving(refusing(reply, after)) as broken, serving() as sound:
        found, answered = asked_of(broken, sound, patience="60")
    assert found == alone
    assert answered[broken.url] == min(after, answered[broken.url])
    assert answered[sound.url] >= 72 - after


def test_a_server_that_dies_in_the_middle(alone: dict[tuple[str, int], str]) -> None:
    """One server stops listening: the other one does the rest."""
    with serving() as sound:
        with serving() as dying:
            made = opened(dying, sound, concurrency="2", patience="60")
            samples = made.generate(REQUESTS, SAMPLING)
            got = [next(samples) for _ in range(10)]
        got += samples
        made.close()
    assert texts(got) == alone


@pytest.mark.parametrize("changes", [0, 5])
def test_answers_that_name_another_model(
    alone: dict[tuple[str, int], str], caplog: pytest.LogCaptureFixture, changes: int
) -> None:
    """A wrong address in the list, or a gateway that changes over in the middle: one warning, with who says what."""

    def spoil(number: int, completion: dict[str, Any]) -> dict[str, Any]:
        return {**completion, "model": "other-7b\x1b[2J"} if number >= changes else completion

    with serving(Behaviour(spoil=spoil)) as other, serving() as sound, caplog.at_level(logging.WARNING):
        found, _ = asked_of(other, sound)
    assert found == alone
    (told,) = [record.getMessage() for record in caplog.records if "different models" in record.getMessage()]
    assert f"{other.url}: " in told
    assert f"{sound.url}: " in told
    assert "other-7b" in told
    assert "\x1b" not in told


def _named(name: str | None, number: int, completion: dict[str, Any]) -> dict[str, Any]:
    return {**completion, "model": name}


def test_answers_that_name_one_model_or_none(
    alone: dict[tuple[str, int], str], caplog: pytest.LogCaptureFixture
) -> None:
    """The usual name with a date behind it, also for a server that says nothing."""
    names = iter(("m-2024-08-06", None))
    servers = [Behaviour(spoil=partial(_named, name)) for name in names]
    with serving(servers[0]) as one, serving(servers[1]) as other, caplog.at_level(logging.WARNING):
        found, _ = asked_of(one, other)
    assert found == alone
    assert "different models" not in caplog.text


def nowhere() -> str:
    """An address at which a server has just ended."""
    with serving() as server:
        return server.url


def test_a_server_that_does_not_listen(alone: dict[tuple[str, int], str], caplog: pytest.LogCaptureFixture) -> None:
    """One line, and the others do its share; where nobody listens anywhere it is an error."""
    gone = nowhere()
    with serving() as sound, caplog.at_level(logging.WARNING):
        found, answered = asked_of(gone, sound)
    assert found == alone
    assert answered == {gone: 0, sound.url: 72}
    assert f"no server listens at {gone}; the others do its share" in caplog.text
    with pytest.raises(GenerationError, match=f"no server listens at {gone}"):
        opened(gone, nowhere())


def test_a_server_that_comes_back_is_asked_again() -> None:
    """Its rest is over once it has answered the one request that tries it."""
    from codeeval.generators.common.retry import Later
    from codeeval.generators.openai.client import Ask
    from codeeval.generators.openai.servers import Servers
    from codeeval.generators.openai.settings import Key

    with (
        serving(Behaviour(fail=lambda number, body: error(500, "x") if number == 0 else None)) as ill,
        serving() as well,
    ):
        servers = Servers.open("m", ServerSettings(ill.url, others=(well.url,)), Key(""))
        ask = Ask(Prompt("def f():\n"), 1, 1)
        with pytest.raises(Later):
            servers.ask(ask, SAMPLING)
        for _ in range(3):
            servers.ask(ask, SAMPLING)
        assert servers.answered() == {ill.url: 0, well.url: 3}
        for server in servers._servers:
            server.rest_until = 0.0
        for _ in range(4):
            servers.ask(ask, SAMPLING)
        assert servers.answered() == {ill.url: 4, well.url: 3}
        servers.close()


def test_one_server_refuses_for_good_what_all_would() -> None:
    """A wrong model at one of them ends the run with its address: waiting helps nobody."""
    with (
        serving(Behaviour(interfaces=())) as wrong,
        serving() as sound,
        pytest.raises(UsageError, match=f"{wrong.url} has no such model or interface"),
    ):
        asked_of(wrong, sound)


def parsed(value: str) -> ServerSettings:
    return ServerSettings.parse(Options("openai", {"base_url": value}))


def test_addresses_of_a_list() -> None:
    """Each is corrected for itself, twice the same is once, and a wrong one is named."""
    settings = parsed("http://a:1, http://b:2/v1/chat/completions,http://a:1/v1,")
    assert settings.base_urls == ("http://a:1/v1", "http://b:2/v1")
    assert settings.endpoint == "/chat/completions"
    assert [each.base_urls for each in settings.each()] == [("http://a:1/v1",), ("http://b:2/v1",)]
    assert settings.threads == 32
    with pytest.raises(UsageError, match=r"--base-url 'b' is not an address"):
        parsed("http://a:1,b")
    with pytest.raises(UsageError, match="no name, password or query"):
        parsed("http://a:1,http://me:secret@b")


@pytest.mark.parametrize("given", [["http://a:1", "http://b:2"], "http://a:1,http://b:2", ("http://a:1,http://b:2",)])
def test_the_flag_may_be_repeated(given: object) -> None:
    """Words, a list with commas and an array of a configuration file are one setting."""
    assert resolve({"base_url": given}, None, {}).settings.base_url == "http://a:1,http://b:2"


@pytest.mark.local
def test_a_run_records_who_answered(tmp_path: Path) -> None:
    """The flag given twice reaches both servers; their addresses are in the manifest, what each answered in its session."""
    with serving() as one, serving() as other:
        words = ["run", "-t", "rustarter", "--problems", "1-4", "-n", "4", "-k", "1", "-m", "m", "--sandbox", "local"]
        result = CliRunner().invoke(
            program(), [*words, "--base-url", one.url, "--base-url", other.url, "-o", str(tmp_path / "run")]
        )
    assert result.exit_code == 0, result.output
    with RunReader(tmp_path / "run") as reader:
        (session,) = reader.sessions()
        assert reader.manifest().model.describe["base_url"] == f"{one.url},{other.url}"
        report = document(build(reader))
    assert set(session.servers) == {one.url, other.url}
    assert all(session.servers.values())
    assert sum(session.servers.values()) == 16
    assert report["servers"] == session.servers

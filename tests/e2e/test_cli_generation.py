"""Generation from the command line: servers that fail, secrets, prompts, manifests, repeated runs."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from cli_runs import ROOT, codeeval, document, failed, start, write_tasks

from codeeval.errors import CodeevalError
from codeeval.store import RunReader

sys.path.insert(0, str(ROOT / "tests" / "unit"))
from misbehaving_server import Behaviour, Server, error, serving

pytestmark = pytest.mark.local
SECRET = "sk-tests-secret-0123456789"
LOCAL = ("--sandbox", "local", "-j", "2")


def run(folder: Path, server: Server, *more: object, key: str = "OPENAI_API_KEY") -> subprocess.CompletedProcess[str]:
    arguments = ("run", "-t", "tasks.jsonl", "-m", "m", "--base-url", server.url, "-M", "patience=60", *LOCAL)
    return codeeval(folder, *arguments, *more, env={key: SECRET})


def completions(path: Path) -> dict[tuple[str, int], tuple[str, int | None]]:
    with RunReader(path) as reader:
        return {(s.problem_id, s.index): (s.completion, s.seed) for s in reader.samples()}


def test_the_key_is_nowhere(tmp_path: Path) -> None:
    """Neither in the run file nor on the terminal, with a server that quotes it in a refusal; nor the one of a key file."""
    write_tasks(tmp_path)
    (tmp_path / "key").write_text(SECRET, encoding="ascii")

    def fail(number: int, body: object) -> tuple[int, dict[str, str], bytes] | None:
        return error(500, f"overloaded, {SECRET}") if number % 3 == 0 else None

    with serving(Behaviour(fail=fail)) as server:
        done = run(tmp_path, server, "--n", 3, "-o", "a")
        other = run(tmp_path, server, "--n", 3, "-o", "b", "-M", "api_key_file=key", key="UNUSED")
        server.behaviour.fail = lambda number, body: error(401, f"Incorrect API key provided: {SECRET}")
        refused = run(tmp_path, server, "--n", 3, "-o", "c")
        assert server.keys == {f"Bearer {SECRET}"}
    assert (done.returncode, other.returncode) == (0, 0), done.stderr + other.stderr
    failed(refused, 2, "refuses the key", "OPENAI_API_KEY")
    assert not (tmp_path / "c").exists()
    shown = [done.stdout, done.stderr, other.stdout, other.stderr, refused.stderr]
    manifests = [codeeval(tmp_path, "report", name, "--manifest", "--format", "json").stdout for name in "ab"]
    files = [path for name in "ab" for path in (tmp_path / name).iterdir()]
    assert files
    assert all(SECRET not in text for text in (*shown, *manifests))
    assert all(SECRET.encode() not in path.read_bytes() for path in files)
    assert json.loads(manifests[1])["model"]["options"]["api_key_file"] == "key"


def test_a_password_in_the_address_is_refused(tmp_path: Path) -> None:
    """The manifest records the address, so there may be none in it; the message does not repeat it."""
    write_tasks(tmp_path)
    done = codeeval(tmp_path, "run", "-t", "tasks.jsonl", "-m", "m", "--base-url", f"http://me:{SECRET}@127.0.0.1:9/v1")
    assert SECRET not in failed(done, 2, "no name, password or query")


def so_far(path: Path) -> dict[tuple[str, int], tuple[str, int | None]]:
    """The same while the file may not be there yet."""
    try:
        return completions(path)
    except CodeevalError:
        return {}


@pytest.mark.parametrize("n", ["1", pytest.param("3", marks=pytest.mark.slow)])
def test_kill_9_and_resume_against_a_server(tmp_path: Path, n: str) -> None:
    """Killed in the middle, then resumed while the server fails and goes away: the same samples as in an uninterrupted
    run, and none asked twice that was kept."""
    write_tasks(tmp_path, 6)
    with serving() as server:
        whole = run(tmp_path, server, "--n", 6, "-o", "whole", "-M", f"n={n}")
        assert whole.returncode == 0, whole.stderr
        options = ("--base-url", server.url, "-M", f"n={n}", "-M", "patience=60", "-M", "concurrency=2")
        arguments = ("run", "-t", "tasks.jsonl", "-m", "m", "--n", "6", "-o", "r", *LOCAL, *options)
        # so many requests are answered, the others wait: it can't end before it is killed
        middle = threading.Semaphore(8)
        server.behaviour.before = lambda: middle.acquire(timeout=300)
        process = start(tmp_path, *arguments)
        deadline = time.monotonic() + 240
        while len(so_far(tmp_path / "r")) < 5:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.02)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        server.behaviour.before = lambda: time.sleep(0.05)
        middle.release(2)
        kept = completions(tmp_path / "r")
        port = int(server.url.split(":")[2].split("/")[0])
        asked_before = len(server.asked)
        server.behaviour.fail = lambda number, body: error(503, "away") if number < asked_before + 2 else None
        resumed = start(tmp_path, "run", "--resume", "r", *LOCAL, "-M", "patience=60", "--format", "quiet")
        while len(server.asked) == asked_before:
            assert resumed.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.02)
    time.sleep(1.5)  # nobody listens: requests under way fail and are asked again
    with serving(port=port) as server:
        out, err = resumed.communicate(timeout=120)
        seeds = [body["seed"] + at for body in server.asked for at in range(body.get("n", 1))]
    assert resumed.returncode == 0, err
    assert out.startswith("pass@1")
    assert completions(tmp_path / "r") == completions(tmp_path / "whole")
    assert len(kept) >= 5
    assert not {seed for _, seed in kept.values()} & set(seeds)


def test_keep_raw_lets_a_repair_be_executed(tmp_path: Path) -> None:
    """A model that writes the whole function is cut to nothing. With the rest kept, the report knows that it was right; the
    score stays what it is, and the manifest tells."""
    write_tasks(tmp_path)
    whole = "\ndef add(a: int, b: int) -> int:\n    return a + b\n"
    with serving(Behaviour(says=whole)) as server:
        cut = document(run(tmp_path, server, "--n", 2, "-o", "cut", "--format", "json"))
        kept = document(run(tmp_path, server, "--n", 2, "-o", "kept", "-M", "keep_raw=1", "--format", "json"))
    assert cut["scores"] == kept["scores"]
    assert kept["pass_at_k"]["1"]["estimate"] == 0
    repaired = [found["waterfall"]["levels"][-1]["pass_at_k"]["1"] for found in (cut, kept)]
    assert repaired == [0, 1]
    manifest = json.loads(codeeval(tmp_path, "report", "kept", "--manifest", "--format", "json").stdout)
    assert manifest["model"]["options"]["keep_raw"] == "1"
    assert manifest["model"]["describe"]["stops_sent"] == "0"


def test_like_repeats_a_run(tmp_path: Path) -> None:
    """The same settings give the same samples; a flag wins; what has changed is told."""
    write_tasks(tmp_path, 4)
    (tmp_path / "t.txt").write_text("Задача: {prompt}\nОтвет:{system}\n", encoding="utf-8")
    with serving() as server:
        first = (
            "--n",
            3,
            "--temperature",
            0.9,
            "--seed",
            7,
            "--top-p",
            0.9,
            "--template",
            "t.txt",
            "--problems",
            "1,3",
        )
        assert run(tmp_path, server, *first, "--system", "Кратко.", "-o", "a").returncode == 0
        asked = [dict(body) for body in server.asked]
        again = codeeval(tmp_path, "run", "--like", "a", "-o", "b", *LOCAL)
        assert again.returncode == 0, again.stderr
        key = lambda body: (body["prompt"], body["seed"])  # noqa: E731
        assert sorted(server.asked[len(asked) :], key=key) == sorted(asked, key=key)
        assert {body["top_p"] for body in asked} == {0.9}
        assert asked[0]["prompt"].endswith("\nОтвет:Кратко.")
        assert "warning" not in again.stderr
        (tmp_path / "t.txt").write_text("{prompt}{system}", encoding="utf-8")
        changed = codeeval(tmp_path, "run", "--like", "a", "-o", "c", "--seed", 8, *LOCAL)
    assert changed.returncode == 0
    assert "warning: the prompts have changed since then" in changed.stderr
    assert completions(tmp_path / "a") == completions(tmp_path / "b") != completions(tmp_path / "c")
    assert set(completions(tmp_path / "a")) == {(p, i) for p in "13" for i in range(3)}
    failed(codeeval(tmp_path, "run", "--like", "none"), 2, "none")


def test_manifest_for_people(tmp_path: Path) -> None:
    """Everything that a MERA submission page asks for has its line; what is not known says so."""
    write_tasks(tmp_path)
    with serving() as server:
        assert run(tmp_path, server, "--n", 2, "-o", "a").returncode == 0
    shown = codeeval(tmp_path, "report", "a", "--manifest").stdout
    for name in (
        *("MERA protocol", "torch", "code revision", "CUDA", "weight precision", "seed", "batch size", "transformers"),
        *("GPUs", "inference", "temperature", "max_tokens", "stop", "context length", "system prompt", "chat template"),
        *("name", "parameters", "licence", "versions", "prompts digest", "sandbox"),
    ):
        assert f"\n  {name} " in f"\n{shown}", name
    assert "weight precision         not known" in shown
    assert "CUDA                     not known" in shown
    assert f"API {server.url}" in shown


def test_throughput_is_reported(tmp_path: Path) -> None:
    """Samples and tokens per second, and the sums of tokens, in the document and in the text."""
    write_tasks(tmp_path)
    with serving() as server:
        found = document(run(tmp_path, server, "--n", 2, "-o", "a", "--format", "json"))
    assert found["throughput"]["tokens_out"] == 4 * 9
    assert found["throughput"]["samples_per_s"] > 0
    ratio = found["throughput"]["tokens_per_s"] / found["throughput"]["samples_per_s"]
    assert ratio == pytest.approx(9)
    assert "samples/s" in codeeval(tmp_path, "report", "a").stdout


@pytest.mark.hf
def test_manifest_of_a_local_model(tmp_path: Path) -> None:
    """What the backend has looked for and not found is none, not unknown; the system prompt is there to its last word."""
    from codeeval.prompts.templates import mera_system_prompt

    arguments = ("--limit", 1, "--n", 1, "--max-tokens", 4, "--template", "chat", "--system", "mera", "-o", "a", *LOCAL)
    assert codeeval(tmp_path, "run", *arguments).returncode == 0
    shown = codeeval(tmp_path, "report", "a", "--manifest").stdout
    for line in (
        f"system prompt            {mera_system_prompt()}",
        "adapter sha256           none",
        "inference                hf ",
        "weight precision         float32",
        "licence                  mit",
        "description              A Llama of 0.47 million parameters",
    ):
        assert f"\n  {line}" in shown, line
    assert not re.search(r"^  (CUDA|GPU driver|GPUs|torch|transformers) +not known$", shown, re.MULTILINE)


@pytest.mark.hf
def test_show_prompt(tmp_path: Path) -> None:
    """Text and ids as the model will see them; for a server the messages; nothing is run."""
    shown = document(codeeval(tmp_path, "run", "--show-prompt", 3, "--template", "code-user", "--format", "json"))
    assert shown["text"].startswith("Code User: ")
    assert shown["text"].endswith("<|end_of_turn|>Code Assistant:")
    assert shown["ids"][0] == 0
    assert len(shown["ids"]) == len(shown["tokens"])
    plain = codeeval(tmp_path, "run", "--show-prompt", 3, "--template", "chat", "--system", "mera").stdout
    assert "-- system" in plain
    assert " ids\n[0, " in plain
    served = codeeval(
        tmp_path, "run", "--show-prompt", "3", "-t", "rustarter", "-m", "m", "--base-url", "http://127.0.0.1:9"
    )
    assert served.returncode == 0
    assert "known to the server" in served.stderr
    failed(codeeval(tmp_path, "run", "--show-prompt", "999"), 2, "no such problem")
    assert list(tmp_path.iterdir()) == []

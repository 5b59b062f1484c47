"""Somebody else's run folder can do nothing to this machine: every cell of the table in SECURITY.md, with forged runs.

A forged run names a program, a server, files with secrets, adapters, templates and reward models, all of which are canaries.
"""

from __future__ import annotations

import atexit
import ctypes
import json
import os
import re
import select
import shlex
import shutil
import socket
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cli_runs import RIGHT, ROOT, WRONG, codeeval, document, failed, start, write_samples, write_tasks

LOCAL = ("--sandbox", "local", "-j", 1)
SECRET = "top-secret-content"
COLUMNS = ("executes", "connects to", "reads", "writes")


def table() -> dict[str, str]:
    """Verb -> what SECURITY.md says that it writes."""
    text = (ROOT / "SECURITY.md").read_text("utf-8").partition("| verb | reads |")[2].partition("\n\n")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()[2:]]
    return {row[0].strip("`"): row[4] for row in rows}


class Watch:
    """Who opens a file, by the kernel's word."""

    _OPENED = 0x20

    def __init__(self, *paths: Path) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        self._descriptor = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        for path in paths:
            assert libc.inotify_add_watch(self._descriptor, os.fsencode(path), self._OPENED) >= 0

    def opened(self) -> bool:
        """Since the last call."""
        if not select.select([self._descriptor], [], [], 0)[0]:
            return False
        os.read(self._descriptor, 1 << 20)
        return True

    def close(self) -> None:
        os.close(self._descriptor)


@dataclass
class Trap:
    """What a forged run names, and what came of it."""

    folder: Path
    server: socket.socket
    watch: Watch
    before: dict[str, bytes] = field(default_factory=dict)
    opened: bool = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.getsockname()[1]}/v1"

    def executed(self) -> bool:
        return (self.folder / "canary").exists()

    def connected(self) -> bool:
        return bool(select.select([self.server], [], [], 0)[0])

    def written(self) -> set[str]:
        """What is new, gone or changed."""
        now = snapshot(self.folder)
        return {name for name in {*now, *self.before} if now.get(name) != self.before.get(name)}


def snapshot(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        for path in folder.rglob("*")
    }


@cache
def honest() -> Path:
    """A folder with a run `r` of two problems; made once."""
    folder = Path(tempfile.mkdtemp(prefix="codeeval-honest-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    write_tasks(folder, 2)
    write_samples(folder, {1: [RIGHT], 2: [WRONG]})
    done = codeeval(folder, "run", "-t", "tasks.jsonl", "-m", "samples.jsonl", "-n", 1, *LOCAL, "-o", "r")
    assert done.returncode == 0, done.stderr
    return folder


@contextmanager
def trap_in(folder: Path) -> Iterator[Trap]:
    """A folder with an honest run `r`, and canaries."""
    shutil.copytree(honest(), folder, dirs_exist_ok=True)
    script = folder / "evil"
    script.write_text(f"#!/bin/sh\n: > {folder}/canary\n")
    script.chmod(0o755)
    secret = folder / "secret"
    secret.write_text(SECRET + "{prompt}\n")
    model = folder / "model"
    shutil.copytree(ROOT / "demo" / "model", model)
    (model / "adapter_config.json").write_text("{}")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        watch = Watch(script, secret, *model.iterdir())
        try:
            yield Trap(folder, server, watch)
        finally:
            watch.close()


def forged(trap: Trap, backend: str, name: str = "forged", complete: bool = False, **manifest: Any) -> Path:
    """A copy of the honest run that names every canary. Not complete: its samples are missing."""
    run = trap.folder / name
    shutil.copytree(trap.folder / "r", run)
    secret, model = str(trap.folder / "secret"), str(trap.folder / "model")
    options = {
        "hf": {"lora": model, "revision": "refs/pr/1"},
        "vllm": {"python": str(trap.folder / "evil"), "lora": model, "trust_remote_code": "true", "tokenizer": model},
        "openai": {"base_url": trap.url, "api_key_file": secret, "patience": "0"},
        "replay": {},
    }[backend]
    location = {"replay": secret, "openai": "m"}.get(backend, model)
    changes = {
        "model": {"name": "m", "location": location, "backend": backend, "options": options},
        "prompt": {"template": secret, "system": f"@{secret}"},
        "rankers": [{"name": "rm", "location": model, "options": {"revision": "x"}}],
        "samples_file": secret,
        **manifest,
    }
    with sqlite3.connect(run / "run.sqlite") as db:
        query = "UPDATE meta SET value = json_patch(value, ?) WHERE key = 'manifest'"
        db.execute(query, (json.dumps(changes),))
        if not complete:
            for table in ("samples", "executions", "judgements", "counterfactuals"):
                db.execute(f"DELETE FROM {table}")
    db.close()
    return run


KEYS = {"OPENAI_API_KEY": "sk-secret", "OPENAI_BASE_URL": ""}


def _explore(trap: Trap, run: Path) -> None:
    """Every kind of page, and a note is saved."""
    from urllib.parse import urlencode
    from urllib.request import Request, urlopen

    process = start(trap.folder, "explore", run, "--no-browser", "--port", "0")
    try:
        assert process.stderr is not None
        url = ""
        for line in process.stderr:
            if found := re.search(r"http://127\.0\.0\.1:\d+/", line):
                url = found[0]
                break
        name = run.name
        for page in ("", f"{name}/", f"{name}/p/1/", f"{name}/p/1/0"):
            text = urlopen(url + page, timeout=30).read().decode()
            assert SECRET not in text
        token = re.search(r'name="token" value="([^"]+)"', text)
        assert token is not None
        form = urlencode({"token": token[1], "tag": "bug", "note": "seen"}).encode()
        request = Request(f"{url}{name}/p/1/0/note", form, {"Origin": url.rstrip("/")})
        assert urlopen(request, timeout=30).status == 200
    finally:
        process.terminate()
        process.communicate(timeout=60)


def _export(trap: Trap, run: Path) -> None:
    from codeeval.exports import FORMATS

    for each in FORMATS:
        done = codeeval(trap.folder, "export", each, run, "-o", f"out-{each}")
        assert done.returncode in (0, 2), done.stderr


def _validate(trap: Trap, run: Path) -> None:
    rows = {"name": "ruhumaneval", "url": trap.url, "file": str(trap.folder / "secret")}
    path = trap.folder / "out.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("ruHumanEval.json", json.dumps({"data": {"test": [rows]}}))
        archive.writestr("../canary", "escaped")
    codeeval(trap.folder, "validate-submission", path)


def _baseline(trap: Trap, run: Path) -> None:
    made = trap.folder / "out-baseline.json"
    assert codeeval(trap.folder, "export", "baseline", run, "-o", made).returncode == 0
    value = json.loads(made.read_text())
    made.write_text(json.dumps({**value, "python": str(trap.folder / "evil"), "url": trap.url}))
    codeeval(trap.folder, "gate", "r", "--baseline", made)


def verb(*words: object, codes: tuple[int, ...] = (0,)) -> Callable[[Trap, Path], None]:
    """RUN among the words is the forged run."""

    def call(trap: Trap, run: Path) -> None:
        done = codeeval(trap.folder, *(run.name if word == "RUN" else word for word in words), env=KEYS)
        assert done.returncode in codes, (done.returncode, done.stderr)
        assert SECRET not in done.stdout + done.stderr

    return call


#: Verb -> (what it is called with, what it may write).
VERBS: dict[str, tuple[Callable[[Trap, Path], None], str]] = {
    "report": (verb("report", "RUN", "--results", "out-results.jsonl"), r"out-.*"),
    "samples": (verb("samples", "RUN", "--format", "jsonl"), r"out-.*"),
    "explore": (_explore, r"forged/\.?annotations\.json(\.lock)?"),
    "export": (_export, r"out-.*"),
    "compare": (verb("compare", "r", "RUN", "--allow-different"), r"out-.*"),
    "gate": (verb("gate", "RUN", "--baseline", "base.json", "--allow-different", codes=(0, 1)), r"out-.*"),
    "gate --baseline": (_baseline, r"out-.*"),
    "rescore": (verb("rescore", "RUN"), r"forged/run\.sqlite"),
    "rerank": (verb("rerank", "RUN", "-m", "no/such/model", codes=(2,)), r"forged/run\.sqlite"),
    "run --resume": (verb("run", "--resume", "RUN", *LOCAL, codes=(2,)), r"forged/run\.sqlite"),
    "run --like": (verb("run", "--like", "RUN", *LOCAL, "-o", "mine", codes=(2,)), r"mine/.*"),
    "score --samples RUN": (
        verb("score", "-t", "tasks.jsonl", "--samples", "RUN", *LOCAL, "-o", "mine"),
        r"mine(/run\.sqlite)?",
    ),
    "validate-submission": (_validate, r"out\.zip"),
}


@pytest.fixture(scope="module")
def called(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Trap]]:
    """A verb is called once on a forged run of each backend; its four cells look at what came of it."""
    known: dict[str, Trap] = {}
    with ExitStack() as stack:

        def call(name: str) -> Trap:
            if name not in known:
                trap = stack.enter_context(trap_in(tmp_path_factory.mktemp("foreign")))
                if name == "gate":
                    codeeval(trap.folder, "export", "baseline", "r", "-o", "base.json")
                whole = name not in ("run --resume", "run --like")
                run = forged(trap, "vllm", complete=whole)
                trap.before = snapshot(trap.folder)
                trap.watch.opened()
                VERBS[name][0](trap, run)
                trap.opened = trap.watch.opened()
                known[name] = trap
            return known[name]

        yield call


def test_the_table_has_all_verbs() -> None:
    """Neither a row without a test nor a test without a row."""
    assert table().keys() == VERBS.keys()


@pytest.mark.local
@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("name", VERBS)
def test_every_cell(called: Callable[[str], Trap], name: str, column: str) -> None:
    """Nothing that a forged run names is executed, connected to, opened or written."""
    trap = called(name)
    if column == "executes":
        assert not trap.executed()
    elif column == "connects to":
        assert not trap.connected()
    elif column == "reads":
        assert not trap.opened
    else:
        assert [each for each in trap.written() if not re.fullmatch(VERBS[name][1], each)] == []
        if table()[name] == "nothing":
            assert "forged" not in " ".join(trap.written())


@pytest.mark.local
@pytest.mark.parametrize("backend", ["hf", "openai", "replay"])
def test_no_backend_is_taken_from_a_manifest(tmp_path: Path, backend: str) -> None:
    """Nor under the name of the bundled model; --resume and --like say what to give, and nothing happens before."""
    with trap_in(tmp_path) as trap:
        forged(trap, backend)
        named = forged(trap, backend, "named")
        with sqlite3.connect(named / "run.sqlite") as db:
            db.execute("UPDATE meta SET value = json_set(value, '$.model.name', 'demo-model') WHERE key = 'manifest'")
        db.close()
        for run in ("forged", "named"):
            for words in (("--resume", run), ("--like", run, "-o", "mine"), ("--like", run, "--show-prompt", "1")):
                said = failed(codeeval(tmp_path, "run", *words, *LOCAL[:2], env=KEYS), 2, "not made by you")
                assert SECRET not in said
        said = failed(codeeval(tmp_path, "run", "--like", "forged", "--print-config", env=KEYS), 2, "--template")
        assert not trap.executed()
        assert not trap.connected()
        assert not trap.watch.opened()
        assert not (tmp_path / "mine").exists()


@pytest.mark.local
def test_the_canaries_sing(tmp_path: Path) -> None:
    """Given on the command line, the same settings are used: the tests above are about something."""
    with trap_in(tmp_path) as trap:
        forged(trap, "vllm", rankers=None)
        options = (
            "-M",
            f"python={trap.folder}/evil",
            "-M",
            "lora=",
            "-M",
            "trust_remote_code=true",
            "-M",
            "tokenizer=",
        )
        codeeval(tmp_path, "run", "--resume", "forged", "-m", "model", "--backend", "vllm", *options, *LOCAL)
        assert trap.executed()
        forged(trap, "openai", "server", rankers=None)
        options = (
            "--base-url",
            trap.url,
            "-M",
            f"api_key_file={trap.folder}/secret",
            "-M",
            "patience=0",
            "-M",
            "timeout=1",
        )
        codeeval(tmp_path, "run", "--resume", "server", "-m", "m", "--backend", "openai", *options, *LOCAL)
        assert trap.watch.opened()


@pytest.mark.local
def test_a_complete_run_does_not_name_its_reward_model(tmp_path: Path) -> None:
    """`run --resume` leaves it to `codeeval rerank`, and says how."""
    with trap_in(tmp_path) as trap:
        forged(trap, "replay", complete=True)
        failed(codeeval(tmp_path, "run", "--resume", "forged", *LOCAL), 2, "codeeval rerank forged -m")
        assert not trap.watch.opened()


@pytest.mark.local
def test_a_forged_run_gets_no_huge_workers(tmp_path: Path) -> None:
    """Memory and time of a worker are bounded, whatever the manifest says."""
    with trap_in(tmp_path) as trap:
        for name, value in (("memory_mb", 10**9), ("wall_s", 86_400), ("pids", 10**6), ("tmp_mb", 0.5)):
            forged(trap, "replay", name, rankers=None, sandbox={"limits": {name: value}})
            words = ("-m", "samples.jsonl", "--backend", "replay")
            failed(codeeval(tmp_path, "run", "--resume", name, *words, *LOCAL), 2, name, "at most")


@pytest.mark.local
def test_a_message_steers_no_terminal(tmp_path: Path) -> None:
    """What a forged manifest names is shown in one line each, quoted, without control characters, and cut."""
    with trap_in(tmp_path) as trap:
        evil = "a'; touch canary; '\x1b[2J\n  codeeval: all is well \u202e"
        model = {"location": evil, "options": {"python": "x" * 10_000, "extra": evil}}
        forged(trap, "vllm", model={"name": "m", "backend": "vllm", **model})
        said = failed(codeeval(tmp_path, "run", "--resume", "forged", *LOCAL), 2, "not made by you")
        assert "\x1b" not in said
        assert "\u202e" not in said
        assert len(said) < 4_000
        assert not any(line.startswith("  codeeval: all") for line in said.splitlines())
        line = next(line for line in said.splitlines() if "--resume" in line)
        assert shlex.split(line)[:4] == ["codeeval", "run", "--resume", "forged"]


@pytest.mark.local
def test_a_colleagues_run(tmp_path: Path) -> None:
    """Reported, explored, compared, exported and rescored without a question; continued by the line that the message has."""
    write_tasks(tmp_path, 2)
    write_samples(tmp_path, {1: [RIGHT], 2: [WRONG]})
    hers, mine = ({"XDG_STATE_HOME": str(tmp_path / who)} for who in ("hers", "mine"))
    made = codeeval(tmp_path, "run", "-t", "tasks.jsonl", "-m", "samples.jsonl", "-n", 1, *LOCAL, "-o", "r", env=hers)
    assert made.returncode == 0, made.stderr
    for words in (("report", "r"), ("compare", "r", "r"), ("export", "html", "r", "-o", "pages"), ("rescore", "r")):
        assert codeeval(tmp_path, *words, env=mine).returncode == 0
    with sqlite3.connect(tmp_path / "r" / "run.sqlite") as db:
        for name in ("samples", "executions", "judgements", "counterfactuals"):
            db.execute(f"DELETE FROM {name} WHERE problem_id = '2'")
    db.close()
    shutil.copytree(tmp_path / "r", tmp_path / "own")
    said = failed(codeeval(tmp_path, "run", "--resume", "r", *LOCAL, env=mine), 2, "not made by you")
    line = shlex.split(next(line for line in said.splitlines() if line.startswith("  codeeval run")))
    other = write_samples(tmp_path, {1: [RIGHT], 2: [RIGHT]}).rename(tmp_path / "other.jsonl")
    write_samples(tmp_path, {1: [RIGHT], 2: [WRONG]})
    wrong = ("run", "--resume", "r", "-m", other.name, "--backend", "replay", *LOCAL)
    failed(codeeval(tmp_path, *wrong, env=mine), 2, "not the model of the run")
    done = document(codeeval(tmp_path, *line[1:], *LOCAL, "--format", "json", env=mine))
    assert (done["complete"], done["counts"]["generated"]) == (True, 3)  # with the one that was lost
    # hers, and moved: no question
    (tmp_path / "own").rename(tmp_path / "moved")
    assert document(codeeval(tmp_path, "run", "--resume", "moved", *LOCAL, "--format", "json", env=hers))["complete"]
    # repeated with the settings of the message
    said = failed(
        codeeval(tmp_path, "run", "--like", "r", *LOCAL, "-o", "again", env=mine), 2, "-t ", "-m ", "--backend"
    )
    line = shlex.split(next(line for line in said.splitlines() if line.startswith("  codeeval run")))
    assert codeeval(tmp_path, *line[1:], *LOCAL, "-o", "again", env=mine).returncode == 0
    assert codeeval(tmp_path, "run", "--like", "again", *LOCAL, "-o", "once-more", env=mine).returncode == 0


@pytest.mark.local
def test_a_key_that_can_not_be_kept_stops_no_run(tmp_path: Path) -> None:
    """One line says so, and --resume asks."""
    write_tasks(tmp_path, 1)
    write_samples(tmp_path, {1: [RIGHT]})
    (tmp_path / "file").write_text("")
    env = {"XDG_STATE_HOME": str(tmp_path / "file")}
    words = ("run", "-t", "tasks.jsonl", "-m", "samples.jsonl", "-n", 1, *LOCAL)
    done = codeeval(tmp_path, *words, "-o", "r", env=env)
    assert done.returncode == 0
    assert "can't be marked" in done.stderr
    with sqlite3.connect(tmp_path / "r" / "run.sqlite") as db:
        db.execute("DELETE FROM samples")
    db.close()
    failed(codeeval(tmp_path, "run", "--resume", "r", *LOCAL, env=env), 2, "not made by you", "home folder")


@pytest.mark.local
def test_a_folder_of_instructions(tmp_path: Path) -> None:
    """One forged run among them, and all are somebody else's; a model that can't answer deletes nothing."""
    with trap_in(tmp_path) as trap:
        words = tmp_path / "words"
        words.mkdir()
        rows = [{"name": name, "text": "{function}", "own": 1} for name in ("own", "1")]
        plan = {"kind": "codeeval instructions", "schema": 1, "instructions": rows}
        (words / "instructions.json").write_text(json.dumps(plan))
        made = ("run", "-t", "tasks.jsonl", "-m", "samples.jsonl", "-n", 1, *LOCAL, "-o", "words/own")
        assert codeeval(tmp_path, *made).returncode == 0
        with sqlite3.connect(words / "own" / "run.sqlite") as db:
            for name in ("samples", "executions", "judgements", "counterfactuals"):
                db.execute(f"DELETE FROM {name}")
        db.close()
        forged(trap, "vllm").rename(words / "1")
        failed(codeeval(tmp_path, "run", "--resume", "words", *LOCAL), 2, "not made by you", "-m")
        assert not trap.executed()
        shutil.rmtree(words / "1")
        shutil.copytree(words / "own", words / "1")
        assert codeeval(tmp_path, "report", "words").returncode == 0
        write_samples(tmp_path, {1: []})
        before = sorted(words.rglob("*"))
        done = codeeval(tmp_path, "run", "--resume", "words", *LOCAL)
        assert done.returncode != 0
        assert sorted(words.rglob("*")) == before
        write_samples(tmp_path, {1: [RIGHT], 2: [WRONG]})
        assert codeeval(tmp_path, "run", "--resume", "words", *LOCAL).returncode == 0

"""Every bad input: an exit code, what is wrong, where, and what to do. Never a traceback."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cli_runs import COMMAND, RIGHT, codeeval, environment, failed, problem, write_samples, write_tasks

from codeeval.store import RunReader

pytestmark = pytest.mark.local


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A good problem file and a good samples file, to be spoiled."""
    write_tasks(tmp_path)
    write_samples(tmp_path, {1: [RIGHT], 2: [RIGHT]})
    return tmp_path


def score(cwd: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    return codeeval(cwd, "score", "-t", "tasks.jsonl", "--samples", "samples.jsonl", "--sandbox", "local", *arguments)


def test_missing_files(folder: Path) -> None:
    """A problem file, a samples file, a settings file and a run that are not there are named."""
    failed(codeeval(folder, "score", "-t", "none.jsonl", "--samples", "samples.jsonl"), 2, "none.jsonl")
    failed(codeeval(folder, "score", "-t", "tasks.jsonl", "--samples", "none.jsonl"), 2, "none.jsonl", "No such file")
    failed(codeeval(folder, "run", "-C", "none.toml"), 2, "none.toml", "No such file")
    failed(codeeval(folder, "report", "none"), 2, "none: no such run folder")
    failed(codeeval(folder, "run", "--resume", "none"), 2, "none: no such run folder")
    failed(codeeval(folder, "run", "-m", "x", "--system", "@none.txt", "--backend", "replay"), 2, "none.txt")
    failed(codeeval(folder, "score", "-t", "tasks.jsonl"), 2, "--samples")
    failed(
        codeeval(folder, "tasks", "show", "tasks.jsonl", "9"), 2, "tasks has no problem '9'", "tasks show tasks.jsonl"
    )
    failed(codeeval(folder, "explore", "tasks.jsonl", "--no-browser"), 2, "tasks.jsonl: not a run file of codeeval")


@pytest.mark.parametrize(
    ("spoilt", "words"),
    [
        ('{"instruction": ', ("tasks.jsonl", "line 2")),
        (problem(2, outputs="3"), ("line 2", "outputs")),
        (problem(1), ("line 2", "meta.id")),
        (problem(2, inputs={"function": "def add(a, b):", "tests": "[{'a': 1,"}), ("line 2", "inputs.tests")),
        (problem(2, inputs={"function": "def add(a, b):"}), ("line 2", "inputs.tests")),
        (problem(2, outputs=["3"]), ("line 2", "outputs")),
        ({}, ("line 2", "instruction")),
    ],
    ids=["broken JSON", "wrong type", "duplicate id", "test literal", "missing field", "too few outputs", "empty row"],
)
def test_broken_problem_files(folder: Path, spoilt: object, words: tuple[str, ...]) -> None:
    """The error names file, line and field, and nothing is executed."""
    with (folder / "tasks.jsonl").open("w") as stream:
        stream.write(json.dumps(problem(1)) + "\n" + (spoilt if isinstance(spoilt, str) else json.dumps(spoilt)) + "\n")
    failed(score(folder, "-o", "r"), 2, *words)
    assert not (folder / "r").exists()


def test_broken_samples_files(folder: Path) -> None:
    """A file without a single usable row is refused with the first reason; binary and empty files too."""
    for content in (b"not json\n", b"\xff\xfe\x00", b"", b"[1, 2]\n", b'{"task_id": 1}\n'):
        (folder / "samples.jsonl").write_bytes(content)
        failed(score(folder), 2, "samples.jsonl", "no usable row")


def test_a_python_that_cannot_execute_programs(folder: Path) -> None:
    """Refused before a model is loaded or a sandbox started, by what has to be mended, in both languages."""
    words = "--python ./none: there is no such file"
    failed(codeeval(folder, "run", "-t", "tasks.jsonl", "-m", "samples.jsonl", "--python", "./none"), 2, words)
    failed(codeeval(folder, "sandbox", "selftest", "--python", "no-such-python"), 2, "of this name on PATH")
    failed(score(folder, "--python", folder / "tasks.jsonl", "--lang", "ru"), 2, "это не исполняемый файл")
    assert not (folder / "runs").exists()


def test_unknown_names_get_near_matches(folder: Path) -> None:
    """Task, protocol, template, backend, sandbox and format that don't exist: exit 2 and what was probably meant."""
    for arguments, near in (
        (("-t", "rustartr"), "rustarter"),
        (("--protocol", "mera-cod"), "mera-code"),
        (("--template", "code-usr"), "code-user"),
        (("--backend", "replya"), "replay"),
        (("--sandbox", "dockr", "-m", "samples.jsonl", "-t", "tasks.jsonl", "--n", 1), "docker"),
        (("--format", "jsn"), "json"),
    ):
        failed(codeeval(folder, "run", *arguments), 2, arguments[1], "Did you mean", near)
    failed(score(folder, "--protocol", "strikt"), 2, "Did you mean strict")
    failed(codeeval(folder, "report", "r", "--format", "markdwn"), 2, "Did you mean markdown")


def test_impossible_values(folder: Path) -> None:
    """Numbers out of range are named by the flag, the variable or the file that holds them."""
    failed(codeeval(folder, "run", "--n", "0"), 2, "--n", "greater than or equal to 1")
    failed(codeeval(folder, "run", "--n", "many"), 2, "--n")
    failed(codeeval(folder, "run", "--k", "1,x"), 2, "--k", "1,5,10")
    failed(codeeval(folder, "run", "--k", "0"), 2, "--k")
    failed(codeeval(folder, "run", "--temperature", "-1"), 2, "--temperature")
    failed(codeeval(folder, "run", "--isolation", "cold"), 2, "--isolation", "warm")
    failed(codeeval(folder, "run", "-M", "novalue"), 2, "-M", "key=value")
    failed(codeeval(folder, "run", env={"CODEEVAL_N": "ten"}), 2, "CODEEVAL_N", "ten")
    failed(codeeval(folder, "run", "--problems", "77", "-m", "samples.jsonl", "-t", "tasks.jsonl"), 2, "77")
    failed(codeeval(folder, "run", "--limit", "0"), 2, "--limit")
    failed(score(folder, "-k", "5"), 2, "pass@5 needs at least 5 samples")


def test_broken_settings_files(folder: Path) -> None:
    """A settings file that is no TOML, or that knows a setting we don't, is named with the place."""
    settings = folder / "c.toml"
    settings.write_text("n = \n")
    failed(codeeval(folder, "run", "-C", "c.toml"), 2, "c.toml", "TOML", "line 1")
    settings.write_text("temprature = 1\n")
    failed(codeeval(folder, "run", "-C", "c.toml"), 2, "c.toml", "temprature", "did you mean temperature")
    settings.write_text('n = "many"\n')
    failed(codeeval(folder, "run", "-C", "c.toml"), 2, "c.toml, n", "many")


def test_a_model_is_needed_for_other_tasks(folder: Path) -> None:
    """Only the bundled task has a model by default."""
    failed(codeeval(folder, "run", "-t", "tasks.jsonl"), 2, "-m")


@pytest.mark.hf
def test_a_model_folder_without_weights(folder: Path) -> None:
    """A folder that holds no model, or a configuration alone, is a usage error that names it."""
    (folder / "model").mkdir()
    arguments = ("run", "-t", "tasks.jsonl", "-m", "model", "--backend", "hf", "--sandbox", "local")
    failed(codeeval(folder, *arguments), 2, "model")
    (folder / "model" / "config.json").write_text('{"model_type": "llama"}')
    failed(codeeval(folder, *arguments), 2, "model")
    assert not (folder / "runs").exists()


def test_an_engine_that_does_not_answer(folder: Path) -> None:
    """--sandbox docker without an engine: exit 3, and what to do; no run is left behind."""
    dead = {"DOCKER_HOST": f"unix://{folder}/dead.sock"}
    for verb in (("score", "-t", "tasks.jsonl", "--samples", "samples.jsonl"), ("sandbox", "selftest")):
        failed(codeeval(folder, *verb, "--sandbox", "docker", env=dead), 3, "engine")
    assert not (folder / "runs").exists()
    failed(codeeval(folder, "sandbox", "build", env=dead), 3, "engine")


def test_places_that_can_not_be_written(folder: Path) -> None:
    """A run folder or a results file that can't be is found out before anything is executed."""
    (folder / "file").write_text("")
    failed(score(folder, "-o", "file/run"), 2, "file is not a folder", "-o")
    failed(score(folder, "-o", "/proc/run"), 3, "/proc/run")
    failed(score(folder, "--results", "none/out.jsonl"), 2, "--results none/out.jsonl", "does not exist")
    failed(score(folder, "--results", "."), 2, "this is a folder")
    if os.geteuid() != 0:  # root writes everywhere
        (folder / "closed").mkdir(mode=0o500)
        failed(score(folder, "-o", "closed/run"), 2, "no permission")
    assert not (folder / "runs").exists()


def test_a_run_is_not_overwritten(folder: Path) -> None:
    """-o with a run in it is refused and the run stays."""
    assert score(folder, "-o", "r").returncode == 0
    before = (folder / "r" / "run.sqlite").read_bytes()
    failed(score(folder, "-o", "r"), 2, "already holds a run", "--resume r")
    assert (folder / "r" / "run.sqlite").read_bytes() == before


def test_resume_keeps_the_settings_of_the_run(folder: Path) -> None:
    """A flag that would change what is measured can't be given with --resume; a complete run has nothing to do."""
    assert score(folder, "-o", "r").returncode == 0
    failed(codeeval(folder, "run", "--resume", "r", "--n", 3, "--seed", 1), 2, "--n, --seed", "can't be changed")
    done = codeeval(folder, "run", "--resume", "r", "--format", "quiet")
    assert (done.returncode, done.stdout) == (0, "pass@1 1.000 (mera-code) r\n")


def test_files_that_are_no_runs(folder: Path) -> None:
    """A folder without a run, a text named like one, and a truncated run are told apart from a run."""
    failed(codeeval(folder, "report", "."), 2, "not a run folder")
    (folder / "x").mkdir()
    (folder / "x" / "run.sqlite").write_text("hello " * 1000)
    failed(codeeval(folder, "report", "x"), 2, "not a run file")
    assert score(folder, "-o", "r").returncode == 0
    whole = (folder / "r" / "run.sqlite").read_bytes()
    (folder / "r" / "run.sqlite").write_bytes(whole[: len(whole) // 3])
    failed(codeeval(folder, "report", "r"), 2, "damaged")


def test_a_full_disk(folder: Path) -> None:
    """When the run file can't grow: exit 3, the reason and how to go on; later the run is completed."""
    write_tasks(folder, 40)
    write_samples(folder, {pid: [RIGHT + "  # " + "x" * 15_000 + str(pid)] for pid in range(1, 41)})
    limited = (  # a worker's own sources, which are handed to it in a file, are smaller
        "import resource, os, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000));"
        " os.execv(sys.argv[1], sys.argv[1:])"
    )
    arguments = ("score", "-t", "tasks.jsonl", "--samples", "samples.jsonl", "--sandbox", "local", "-o", "r")
    command = [sys.executable, "-c", limited, *COMMAND, *arguments]
    done = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True, timeout=300)
    assert "Traceback" not in done.stderr
    failed(done, 3, "full", "--resume r")
    assert codeeval(folder, "run", "--resume", "r", "--sandbox", "local").returncode == 0
    with RunReader(folder / "r") as reader:
        assert reader.counts("strict") == tuple((str(pid), 1, 1) for pid in range(1, 41))


def test_results_on_a_full_disk_leave_the_run(folder: Path) -> None:
    """The results file that can't be written is an error of its own; the run is complete."""
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    done = score(folder, "-o", "r", "--results", "/dev/full")
    assert done.returncode == 3
    assert "No space left" in done.stderr
    assert codeeval(folder, "report", "r").returncode == 0


def test_a_reader_that_goes_away(folder: Path) -> None:
    """`codeeval report RUN | head -1` ends without a complaint, and with the shell's code for it: 1 would be a failed gate, 0 a
    passed one."""
    assert score(folder, "-o", "r").returncode == 0
    shell = f"{' '.join(COMMAND)} report r | true; echo ${{PIPESTATUS[0]}}"  # `true` is gone long before
    done = subprocess.run(
        ["bash", "-c", shell], cwd=folder, env=environment(), capture_output=True, text=True, timeout=60
    )
    assert (done.stdout, done.stderr) == ("141\n", "")


def test_a_bug_is_one_line_unless_asked_for(folder: Path, tmp_path: Path) -> None:
    """Whatever goes wrong inside, the user sees a sentence; CODEEVAL_DEBUG=1 shows the traceback."""
    program = (
        "import sys; from codeeval.cli import main, report\n"
        "def boom(*a, **k): raise RuntimeError('inside')\n"
        "import codeeval.report; codeeval.report.build = boom\n"
        "sys.argv = ['codeeval', 'report', 'r']; main.main()"
    )
    assert score(folder, "-o", "r").returncode == 0
    for debug, shown in (("", False), ("1", True)):
        env = environment({"CODEEVAL_DEBUG": debug})
        command = [sys.executable, "-c", program]
        done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=60)
        assert done.returncode == 3
        assert "a bug in codeeval: RuntimeError: inside" in done.stderr
        assert ("Traceback" in done.stderr) is shown


def test_streams_that_can_not_be_written(folder: Path) -> None:
    """Closed by the caller: what belongs there is dropped, and the code is right. On a full disk: a result that was not
    written is a failure, with one line that says so; lines of a log that were not written are not."""
    assert score(folder, "-o", "r").returncode == 0
    for words, code, said in (
        ("report r --format quiet >&-", 0, ""),
        ("report none 2>&-", 2, ""),
        ("report r --format quiet >&- 2>&- <&-", 0, ""),
        ("report r > /dev/full", 3, "the result can't be written: No space left"),
        ("report --help > /dev/full", 3, "the result can't be written"),
        ("report --none 2> /dev/full", 2, ""),
        ("report none 2> /dev/full", 2, ""),
        ("score -t tasks.jsonl --samples samples.jsonl --sandbox local 2> /dev/full >&-", 0, ""),
    ):
        shell = ["bash", "-c", f'"$0" -m codeeval {words}', sys.executable]
        done = subprocess.run(shell, cwd=folder, env=environment(), capture_output=True, text=True, timeout=300)
        assert (done.returncode, done.stdout) == (code, ""), (words, done.stderr)
        assert said in done.stderr, words
        assert not re.search("Traceback|bug", done.stderr), (words, done.stderr)


def test_places_for_exports_and_pictures(folder: Path) -> None:
    """A folder where a file belongs, and the reverse, are found out before anything is written; no run is touched."""
    assert score(folder, "-o", "r").returncode == 0
    assert codeeval(folder, "export", "baseline", "r", "-o", "b.json").returncode == 0
    (folder / "x.png").mkdir()
    for words, said in (
        ("export jsonl r -o r", "r: this is a folder"),
        ("export junit r -o x.png", "x.png: this is a folder"),
        ("export lm-eval r -o b.json", "b.json: this is a file"),
        ("export csv r -o none/x", "the folder none does not exist"),
        ("export waterfall r -o x.gif", "-o x.gif: the name must end in"),
        ("report r --plot x.png", "--plot x.png: this is a folder"),
        ("gate r --baseline b.json --junit r", "--junit r: this is a folder"),
        ("gate r --baseline b.json --summary none/x", "--summary none/x: the folder none does not exist"),
    ):
        failed(codeeval(folder, *words.split()), 2, said)
    done = codeeval(folder, "gate", "r", "--baseline", "b.json", "--junit", "/dev/full")
    assert done.returncode == 3
    assert "/dev/full: No space left on device" in done.stderr
    assert sorted(path.name for path in (folder / "r").iterdir()) == ["run.sqlite"]


def test_names_and_numbers_beyond_reason(folder: Path) -> None:
    """A name too long for any disk, a link to nowhere, a list of options that is none, counts beyond any run."""
    (folder / "link").symlink_to("nowhere")
    failed(score(folder, "-o", "x" * 300), 2, "File name too long", "-o RUN_DIR")
    failed(score(folder, "-o", "link"), 2, "link is not a folder")
    failed(score(folder, "--k", "5"), 2, "and there is 1", "Give more samples, or ask for a smaller k")
    (folder / "c.toml").write_text("model_options = 5")
    failed(codeeval(folder, "run", "-C", "c.toml"), 2, "c.toml, model_options: must look like key=value, got 5")
    assert score(folder, "-o", "r").returncode == 0
    assert codeeval(folder, "export", "baseline", "r", "-o", "b.json").returncode == 0
    baseline = json.loads((folder / "b.json").read_text())
    baseline["tasks"]["tasks"]["problems"]["1"] = [10**400, 1]
    (folder / "b.json").write_text(json.dumps(baseline))
    failed(codeeval(folder, "gate", "r", "--baseline", "b.json"), 2, "b.json, field tasks.tasks.problems.1", "[n, c]")
    (folder / "b.json").write_text("")
    said = failed(codeeval(folder, "gate", "r", "--baseline", "b.json"), 2, "b.json: Invalid JSON", "export baseline")
    assert "field" not in said
    failed(codeeval(folder, "explore", "r", "--no-browser", "--host", "192.0.2.1"), 2, "--host 192.0.2.1: this machine")

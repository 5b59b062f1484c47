"""`codeeval run` with completions from a file in place of a model: everything but the model is real."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from cli_runs import RAISES, RIGHT, WRONG, codeeval, document, failed, write_samples, write_tasks

pytestmark = pytest.mark.local
REPLAY = ("run", "-t", "tasks.jsonl", "-m", "samples.jsonl", "--sandbox", "local", "-j", 2)


def run(cwd: Path, *arguments: object, **env: str) -> subprocess.CompletedProcess[str]:
    return codeeval(cwd, *REPLAY, *arguments, env=env)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two problems, five completions each."""
    write_tasks(tmp_path)
    write_samples(tmp_path, {1: [RIGHT, WRONG, RIGHT, RIGHT, WRONG], 2: [RAISES] * 5})
    return tmp_path


def test_a_run_from_completions_to_scores(folder: Path) -> None:
    """Generation, execution and judging in one go, with two protocols and the counts of what was saved."""
    found = document(run(folder, "--n", 5, "--k", "1,5", "--format", "json", "-o", "r", "--results", "out.jsonl"))
    assert found["pass_at_k"]["1"]["estimate"] == pytest.approx(0.3)
    assert found["pass_at_k"]["5"]["estimate"] == 0.5
    assert set(found["scores"]) == {"mera-code", "strict"}
    assert (found["complete"], found["n_samples"], found["kind"]) == (True, 10, "run")
    assert found["counts"] == {"generated": 10, "executed": 6, "deduplicated": 14, "cached": 0}
    assert len((folder / "out.jsonl").read_text().splitlines()) == 10
    assert found["timing"]["total_s"] >= found["timing"]["execution_s"] > 0


def test_the_default_k_are_those_up_to_n(folder: Path) -> None:
    """With fewer samples than 10 or 5 those k are simply not there."""
    found = document(run(folder, "--n", 3, "--format", "json"))
    assert list(found["pass_at_k"]) == ["1"]
    assert list(document(run(folder, "--n", 5, "--format", "json"))["pass_at_k"]) == ["1", "5"]


def test_runs_lie_below_runs(folder: Path) -> None:
    """Without -o the run gets a folder of its own, named in the result."""
    found = document(run(folder, "--n", 1, "--format", "json"))
    assert found["run"].startswith("runs/tasks-samples.jsonl-")
    assert (folder / found["run"] / "run.sqlite").is_file()


def test_k_larger_than_n_is_refused_before_anything_starts(folder: Path) -> None:
    """pass@k is never extrapolated; nothing is written."""
    failed(run(folder, "--n", 5, "--k", "1,10", "-o", "r"), 2, "pass@10 needs at least 10 samples", "--n")
    assert not (folder / "r").exists()


def test_settings_have_an_order(folder: Path) -> None:
    """Flags win over the environment, that over the file, that over the defaults; --print-config says which it was."""
    (folder / "c.toml").write_text(
        'n = 3\nseed = 7\ntemperature = 0.1\nprotocol = "strict"\nk = [1, 2]\nmax-tokens = 9\n'
    )
    arguments = ("run", "-C", "c.toml", "--n", 5, "--print-config", "--format", "json", "-M", "a=1", "-M", "api_key=sk")
    done = codeeval(folder, *arguments, env={"CODEEVAL_N": "4", "CODEEVAL_SEED": "8"})
    found = {name: (entry["value"], entry["origin"]) for name, entry in document(done).items()}
    assert found["n"] == (5, "flag --n")
    assert found["seed"] == (8, "environment CODEEVAL_SEED")
    assert found["temperature"] == (0.1, "c.toml")
    assert found["protocol"] == ("strict", "c.toml")
    assert found["k"] == ([1, 2], "c.toml")
    assert found["max_tokens"] == (9, "c.toml")
    assert found["template"] == ("auto", "default")
    assert found["model_options"] == ({"a": "1", "api_key": "***"}, "flag -M")


def test_the_printed_settings_are_a_settings_file(folder: Path) -> None:
    """What --print-config prints can be given back with -C."""
    arguments = ("--n", 2, "--k", "1,2", "--protocol", "strict", "-M", "x=a b", "--system", 'say "да"', "--no-dedup")
    printed = codeeval(folder, "run", *arguments, "--print-config").stdout
    (folder / "c.toml").write_text(printed, encoding="utf-8")
    assert [
        line.split("  #")[0] for line in codeeval(folder, "run", "-C", "c.toml", "--print-config").stdout.splitlines()
    ] == [line.split("  #")[0] for line in printed.splitlines()]


def test_a_settings_file_drives_a_run(folder: Path) -> None:
    """A run without a single flag but -C."""
    (folder / "c.toml").write_text(
        'task = "tasks.jsonl"\nmodel = "samples.jsonl"\nsandbox = "local"\nn = 5\nformat = "json"\nprotocol = "strict"\n'
        "dedup = false\nworkers = 1\n"
    )
    found = document(codeeval(folder, "run", "-C", "c.toml"))
    assert found["counts"]["executed"] == 10
    assert found["protocol"] == "strict"


def test_a_part_of_the_problems(folder: Path) -> None:
    """--problems and --limit choose problems, and the report says out of how many."""
    found = document(run(folder, "--n", 1, "--problems", "2", "--format", "json"))
    assert (found["n_problems"], found["n_selected"], found["pass_at_k"]["1"]["estimate"]) == (1, 1, 0.0)
    found = document(run(folder, "--n", 1, "--limit", 1, "--format", "json", "-o", "r"))
    assert found["pass_at_k"]["1"]["estimate"] == 1.0


def test_the_manifest_says_what_was_measured(folder: Path) -> None:
    """Digests, sampling, template, model, sandbox, versions and the command line are in the run file."""
    from codeeval.store import RunReader

    run(folder, "--n", 2, "--seed", 5, "--template", "code-user", "--system", "mera", "-o", "r")
    with RunReader(folder / "r") as reader:
        manifest = reader.manifest()
        prompt = reader.problems()[0].prompt
    assert manifest.sampling.seed == 5
    assert manifest.sampling.stop == ("\nclass", "\ndef", "\n#", "\nif", "\nprint")
    assert manifest.prompt.template == "code-user"
    assert manifest.prompt.system
    assert prompt is not None
    assert (prompt.text or "").startswith("Code User: " + manifest.prompt.system)
    assert manifest.command[:2] == ("codeeval", "run")
    assert manifest.task.digest
    assert manifest.prompt.digest
    assert manifest.sandbox.describe["backend"] == "local"
    assert manifest.model.describe["engine"] == "replay"
    assert manifest.versions["pydantic"]
    assert manifest.sandbox.limits["memory_mb"] > 0


def test_too_few_completions_are_a_usage_error(folder: Path) -> None:
    """A file that can't give n samples is refused, and no empty run is left behind."""
    failed(run(folder, "--n", 6, "-o", "r"), 2, "problem 1 has 5 completions, the run needs 6")
    assert not (folder / "r").exists()


def test_progress_and_notes_stay_off_stdout(folder: Path) -> None:
    """stdout is the result and nothing else; --format quiet is one line and silence."""
    done = run(folder, "--n", 1, "--format", "json")
    json.loads(done.stdout)
    assert "samples.jsonl (replay) writes 2 problems of tasks" in done.stderr
    quiet = run(folder, "--n", 1, "--format", "quiet", "-o", "q")
    assert quiet.stdout == "pass@1 0.500 (mera-code) q\n"
    assert quiet.stderr == ""


def test_automatic_choice_of_the_sandbox_is_explained(folder: Path) -> None:
    """Without an engine `auto` takes local namespaces and says why, in one line."""
    done = codeeval(
        folder, *REPLAY[:5], "--n", 1, "--format", "json", env={"DOCKER_HOST": f"unix://{folder}/nothing.sock"}
    )
    assert document(done)["sandbox"]["backend"] == "local"
    line = next(line for line in done.stderr.splitlines() if line.startswith("sandbox:"))
    assert "local" in line
    assert "because" in line


@pytest.mark.docker
def test_the_docker_sandbox_gives_the_same_verdicts(folder: Path) -> None:
    """Where programs are executed does not change what is concluded."""
    local = document(run(folder, "--n", 5, "--format", "json"))
    docker = document(codeeval(folder, *REPLAY[:5], "--sandbox", "docker", "--n", 5, "--format", "json"))
    assert docker["sandbox"]["image"].startswith("sha256:")
    assert docker["sandbox"]["backend"] == "docker"
    assert docker["verdicts_by_protocol"] == local["verdicts_by_protocol"]
    assert docker["scores"] == local["scores"]


@pytest.mark.hf
@pytest.mark.slow
def test_without_any_flag_the_demo_model_is_evaluated(tmp_path: Path) -> None:
    """The first command of the README runs, and its first line says what is evaluated."""
    done = codeeval(tmp_path, "run", "--k", "1,5,10", "--limit", 3, "--sandbox", "local", "--format", "json", limit=600)
    found = document(done)
    assert "the bundled demo model" in done.stderr.splitlines()[0]
    assert "measures nothing" in done.stderr.splitlines()[0]
    assert (found["task"], found["n_samples"], list(found["pass_at_k"])) == ("rustarter", 30, ["1", "5", "10"])

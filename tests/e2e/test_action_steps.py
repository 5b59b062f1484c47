"""The steps of the GitHub action and the GitLab template, run as the shell script that both call: everything but the runners
themselves. No model is needed: completions are scored or replayed."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from cli_runs import RIGHT, ROOT, WRONG, environment, problem, write_samples, write_tasks
from gate_runs import BEFORE, LOST, SHAKY, N
from junitparser import JUnitXml

from codeeval.gate import markdown

SCRIPT = ROOT / "ci" / "action.sh"
ALL_STEPS = ("check", "install", "cache-key", "sandbox", "evaluate", "gate", "publish")
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
#: In the template, these come from elsewhere than the inputs of the action.
ONLY_GITLAB = {"INPUT_CACHE"}


@dataclass(frozen=True)
class Job:
    """A finished job: exit code of `conclude`, its outputs, everything that was logged, the step summary."""

    code: int
    outputs: dict[str, str]
    log: str
    summary: str
    folder: Path

    @property
    def left(self) -> set[str]:
        """What can be uploaded."""
        return {path.name for path in (self.folder / "codeeval-results").glob("[!.]*")}


def write_stub(folder: Path) -> Path:
    """A folder for the PATH with the `codeeval` of this checkout."""
    bin_folder = folder / "bin"
    bin_folder.mkdir(exist_ok=True)
    (bin_folder / "codeeval").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m codeeval "$@"\n', "utf-8")
    (bin_folder / "codeeval").chmod(0o755)
    return bin_folder


def job(folder: Path, settings: Mapping[str, str], env: Mapping[str, str] | None = None) -> Job:
    """Run all steps in `folder` as a runner would: one process each, a step that fails ends the job."""
    bin_folder = write_stub(folder)
    for name in ("outputs", "summary"):
        (folder / name).write_text("", "utf-8")
    variables = {
        **environment(),
        "PATH": f"{bin_folder}:{os.environ['PATH']}",
        "PYTHON": sys.executable,
        "GITHUB_ACTIONS": "true",
        "GITHUB_OUTPUT": str(folder / "outputs"),
        "GITHUB_STEP_SUMMARY": str(folder / "summary"),
        "INPUT_SANDBOX": "local",
        "INPUT_HTML": "false",
        **{f"INPUT_{name.upper()}": value for name, value in settings.items()},
        **(env or {}),
    }
    log, code = "", 0
    for step in (*ALL_STEPS, "conclude"):
        done = subprocess.run(
            [SCRIPT, step],
            cwd=folder,
            env=variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
        )
        log, code = log + done.stdout + done.stderr, done.returncode
        assert "Traceback" not in log
        if code:
            break
    lines = (folder / "outputs").read_text("utf-8").splitlines()
    outputs = dict(line.split("=", 1) for line in lines)
    return Job(code, outputs, log, (folder / "summary").read_text("utf-8"), folder)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Twenty problems, and completions of four models."""
    write_tasks(tmp_path, len(BEFORE))
    for name, counts in (("released", BEFORE), ("same", BEFORE), ("worse", LOST), ("shaky", SHAKY)):
        texts = {pid: [RIGHT] * c + [WRONG] * (N - c) for pid, c in enumerate(counts, start=1)}
        write_samples(tmp_path, texts).rename(tmp_path / f"{name}.jsonl")
    return tmp_path


def scored(name: str, **more: str) -> dict[str, str]:
    return {"task": "tasks.jsonl", "samples": f"{name}.jsonl", "baseline": "baseline.json", **more}


@pytest.mark.local
def test_from_no_baseline_to_a_red_build(folder: Path) -> None:
    """The first job has no baseline: exit code 2, what to commit lies among the results. Committed, the same model passes,
    and a worse one fails with annotations, summary and JUnit."""
    first = job(folder, scored("released"))
    assert (first.code, first.outputs["verdict"], first.outputs["exit-code"]) == (2, "NONE", "2")
    assert "::error title=codeeval gate::there is no baseline at baseline.json yet" in first.log
    assert "### codeeval: no baseline" in first.summary
    (folder / "codeeval-results" / "baseline.json").rename(folder / "baseline.json")

    same = job(folder, scored("same"))
    assert (same.code, same.outputs["verdict"]) == (0, "PASS")
    assert float(same.outputs["pass-at-1"]) == pytest.approx(sum(BEFORE) / (N * len(BEFORE)))
    assert {"run", "results.jsonl", "report.json", "report.md", "report.svg", "junit.xml", "gate.json"} <= same.left
    assert "::error" not in same.log

    worse = job(folder, scored("worse"))
    assert (worse.code, worse.outputs["verdict"]) == (1, "FAIL")
    assert 1 < worse.log.count("::error title=") <= 10
    assert worse.summary.count("codeeval gate: FAIL") == 1
    assert "| mera-code | 1 |" in worse.summary
    (suite,) = JUnitXml.fromfile(str(folder / "codeeval-results" / "junit.xml"))
    assert (suite.tests, suite.failures) == (20, 8)


@pytest.mark.slow
@pytest.mark.local
def test_a_missing_baseline_may_pass_with_a_warning(folder: Path) -> None:
    """For the time before there is one; also without asking for a gate at all."""
    found = job(folder, scored("released", missing_baseline="pass"))
    assert (found.code, found.outputs["verdict"]) == (0, "NONE")
    assert "::warning title=codeeval gate::there is no baseline" in found.log
    ungated = job(folder, {**scored("released"), "baseline": ""})
    assert (ungated.code, ungated.outputs["verdict"]) == (0, "NONE")
    assert "baseline.json" in ungated.left


@pytest.mark.slow
@pytest.mark.local
def test_policy_and_strict_reach_the_gate(folder: Path) -> None:
    """An inconclusive model is let through, or ends with 4; the policy's floor fails it."""
    job(folder, scored("released"))
    (folder / "codeeval-results" / "baseline.json").rename(folder / "baseline.json")
    assert job(folder, scored("shaky")).code == 0
    assert job(folder, scored("shaky", strict="true")).code == 4
    (folder / "gate.toml").write_text("[tiers.release]\nfloor = 0.99\n", "utf-8")
    assert job(folder, scored("shaky", policy="gate.toml", tier="release")).code == 1
    unknown = job(folder, scored("shaky", policy="gate.toml", tier="none"))
    assert (unknown.code, unknown.outputs["verdict"]) == (2, "ERROR")


def test_a_pull_request_of_a_fork_without_secrets_is_skipped(folder: Path) -> None:
    """Nothing is evaluated, nothing fails, and the summary says why."""
    found = job(folder, scored("same", secret="API_KEY"), {"API_KEY": "", "CODEEVAL_FORK": "true"})
    assert found.code == 0
    assert (found.outputs["skipped"], found.outputs["verdict"]) == ("true", "SKIPPED")
    assert found.left == set()
    assert "::notice title=codeeval::not evaluated: API_KEY is a secret" in found.log
    assert "forks get none" in found.summary


def test_a_missing_secret_of_the_own_repository_fails(folder: Path) -> None:
    """There it is a mistake in the workflow; so is a value where a name belongs, which is not repeated in the log."""
    found = job(folder, scored("same", secret="API_KEY"), {"CODEEVAL_FORK": "false"})
    assert found.code == 2
    assert "::error title=codeeval::API_KEY is empty" in found.log
    wrong = job(folder, scored("same", secret="sk-very-secret"))
    assert wrong.code == 2
    assert "sk-very-secret" not in wrong.log


@pytest.mark.local
def test_a_secret_that_is_there_is_used_and_not_shown(folder: Path) -> None:
    """Its value appears in no log, output or summary."""
    found = job(
        folder, scored("same", secret="API_KEY", baseline=""), {"API_KEY": "s3cr3t-value", "CODEEVAL_FORK": "true"}
    )
    assert found.code == 0
    assert "s3cr3t-value" not in found.log + found.summary + str(found.outputs)
    for path in (folder / "codeeval-results").rglob("*"):
        assert not path.is_file() or b"s3cr3t-value" not in path.read_bytes()


@pytest.mark.local
def test_completions_can_be_replayed(folder: Path) -> None:
    """`codeeval run` with a file of completions as the model, with arguments that need quotes and are not expanded."""
    settings = {"task": "tasks.jsonl", "model": "same.jsonl", "n": str(N), "k": "1,2", "backend": "replay"}
    args = "--limit 3 --system 'two words $(touch pwned) `touch pwned` ; touch pwned'"
    found = job(folder, {**settings, "args": args})
    assert found.code == 0, found.log
    assert not (folder / "pwned").exists()
    assert "3 of 3 problems" in found.summary


@pytest.mark.local
def test_a_failed_evaluation_ends_the_job_with_its_code(folder: Path) -> None:
    """No verdict is given, and the first exit code that is not 0 wins."""
    found = job(folder, scored("nowhere"))
    assert (found.code, found.outputs["evaluate-exit-code"]) == (2, "2")
    assert "::error title=codeeval: not evaluated::" in found.log
    assert "verdict" not in found.outputs


#: Ids with line breaks and control characters are refused when the set is read.
HOSTILE = (
    "::error::id",
    "##[error]id",
    "::add-mask::id",
    "<b> & ]]> <!--",
    "| x | `y` | @everyone",
    "long " + "и" * 150,
)
CALLS_US_NAMES = "\n    raise ValueError('\\n::error::message\\n##[error]message \\ud800')"


@pytest.mark.local
def test_nothing_that_is_evaluated_gives_commands_to_the_runner(folder: Path) -> None:
    """Problem ids with workflow commands and XML, messages of programs with line ends too: the log's only commands are ours, the
    JUnit file can be read, and the summary shows them as text."""
    tasks = [problem(1, meta={**problem()["meta"], "id": name}) for name in HOSTILE]
    (folder / "tasks.jsonl").write_text("".join(json.dumps(row) + "\n" for row in tasks), "utf-8")
    for name, text in (("released", RIGHT), ("worse", CALLS_US_NAMES)):
        rows = [{"task_id": pid, "completion": text} for pid in HOSTILE for _ in range(N)]
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    first = job(folder, scored("released"))
    assert "baseline.json" in first.left, first.log
    (folder / "codeeval-results" / "baseline.json").rename(folder / "baseline.json")
    found = job(folder, scored("worse"))
    assert (found.code, found.outputs["verdict"]) == (1, "FAIL")
    commands = [line.strip() for line in re.split(r"[\r\n]", found.log) if line.strip().startswith("::")]
    ours = re.compile(
        r"::(error|warning|notice) title=codeeval[^:]*::|::(error|warning) title=tasks[^:]*::|::stop-commands::|::[0-9a-f]{32}::$"
    )
    assert commands
    assert [line for line in commands if not ours.match(line)] == []
    assert [line for line in found.log.splitlines() if "##[" in line and not ours.match(line)] == []
    (suite,) = JUnitXml.fromfile(str(folder / "codeeval-results" / "junit.xml"))
    assert (suite.tests, suite.failures) == (len(HOSTILE), len(HOSTILE))
    assert "<b>" not in found.summary
    assert len(found.summary.encode()) < 1_000_000


def test_a_step_summary_stays_below_its_limit(tmp_path: Path) -> None:
    """Whole lines of a huge report, and a word that it was cut."""
    text = "".join(f"| строка {i} |\n" for i in range(100_000))
    kept = markdown.bounded(text)
    assert len(kept.encode()) < 500_000
    assert kept.startswith(text[: len(kept) // 2])
    assert "**cut:**" in kept
    assert markdown.bounded("short\n") == "short\n"
    script = SCRIPT.read_text("utf-8").split("case ${1:-} in")[0] + "\nbounded"
    done = subprocess.run(
        ["bash", "-c", script],
        input=text,
        env={**environment(), "PYTHON": sys.executable},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.encode()) < 500_000
    assert done.stdout.endswith("\n> **cut:** the artifact has all of it\n")
    assert done.stdout[:1000] == text[:1000]


def test_outside_github_the_lines_are_plain(folder: Path) -> None:
    """GitLab knows no workflow commands."""
    settings = scored("same", secret="API_KEY")
    found = job(folder, settings, {"CODEEVAL_FORK": "true", "GITHUB_ACTIONS": ""})
    assert "::" not in found.log
    assert "notice: codeeval: not evaluated" in found.log


def test_the_cache_key_follows_the_image(folder: Path) -> None:
    """The same twice; another base image or version of the cache gives another."""

    def key(env: Mapping[str, str]) -> str:
        variables = {**environment(), **env}
        done = subprocess.run(
            [SCRIPT, "cache-key"], cwd=folder, env=variables, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    assert key({"CODEEVAL_BASE": "a"}) == key({"CODEEVAL_BASE": "a"})
    keys = {
        key({"CODEEVAL_BASE": "a"}),
        key({"CODEEVAL_BASE": "b"}),
        key({"CODEEVAL_BASE": "a", "INPUT_CACHE_VERSION": "2"}),
    }
    assert len(keys) == 3
    assert all(re.fullmatch(r"codeeval-sandbox-[\w-]+-[0-9a-f]{20}", name) for name in keys)


# -- the files that call the script


def steps_with_script() -> list[dict[str, Any]]:
    return [step for step in ACTION["runs"]["steps"] if "action.sh" in step.get("run", "")]


def test_the_action_runs_every_step_in_order() -> None:
    """The steps tested above are those of the action, one after the other."""
    called = [step["run"].split()[-1] for step in steps_with_script()]
    assert called == [*ALL_STEPS, "conclude"]
    for step in steps_with_script():
        assert step["shell"] == "bash"
        assert "${{" not in step["run"]  # what comes from outside reaches the shell as a variable only


def test_every_input_reaches_the_script_and_every_variable_is_an_input() -> None:
    """An input that nobody reads, or a variable that nobody sets, would be a mistake that no runner reports."""
    inputs = {f"INPUT_{name.upper().replace('-', '_')}" for name in ACTION["inputs"]}
    read = set(re.findall(r"INPUT_[A-Z0-9_]+[A-Z0-9]", SCRIPT.read_text("utf-8")))
    named = {
        name
        for names in re.findall(r"^\s+pass (.+)$", SCRIPT.read_text("utf-8"), re.MULTILINE)
        for name in names.split()
    }
    read |= {f"INPUT_{name.upper().replace('-', '_')}" for name in named}
    given = {name for step in steps_with_script() for name in step.get("env", {}) if name.startswith("INPUT_")}
    by_workflow = {"INPUT_PYTHON_VERSION", "INPUT_ARTIFACT"}
    assert inputs - given == by_workflow
    assert given - inputs == {"INPUT_CACHE"}
    assert read == given


@pytest.mark.parametrize("path", sorted((ROOT / "ci" / "examples").glob("*.yml")), ids=lambda path: path.name)
def test_examples_use_inputs_that_exist(path: Path) -> None:
    """Each is a workflow that reads, never pull_request_target, and every `with` is known to the action."""
    workflow = yaml.safe_load(path.read_text("utf-8"))
    assert workflow["permissions"]["contents"] == "read"
    assert "pull_request_target" not in workflow[True]  # YAML 1.1 reads `on` as true
    (found,) = (step for step in workflow["jobs"]["gate"]["steps"] if "codeeval@" in step.get("uses", ""))
    assert set(found["with"]) <= set(ACTION["inputs"])
    assert all(isinstance(value, str) for value in found["with"].values())


def test_the_gitlab_template_runs_the_same_steps() -> None:
    """In the same order, without the cache key, which GitLab has itself."""
    template = yaml.safe_load((ROOT / "ci" / "gitlab-template.yml").read_text("utf-8"))[".codeeval"]
    called = [line.split()[-1] for line in template["script"]]
    assert called == [step for step in (*ALL_STEPS, "conclude") if step != "cache-key"]
    inputs = {f"INPUT_{name.upper().replace('-', '_')}" for name in ACTION["inputs"]}
    assert {name for name in template["variables"] if name.startswith("INPUT_")} <= inputs | ONLY_GITLAB
    assert template["artifacts"]["reports"]["junit"] == "codeeval-results/junit.xml"


@pytest.mark.local
@pytest.mark.parametrize("fork", [False, True])
def test_the_lines_of_the_gitlab_template_run(folder: Path, fork: bool) -> None:
    """As a GitLab runner joins them, with its own clone: no baseline is exit code 2, and what to commit is left behind; a merge
    request of a fork that has no secret is skipped."""
    source = folder / "mirror"
    shutil.copytree(ROOT / "ci", source / "ci")
    for command in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "mirror"]):
        subprocess.run(
            ["git", "-c", "user.name=t", "-c", "user.email=t@example.invalid", *command], cwd=source, check=True
        )
    write_stub(folder)
    template = yaml.safe_load((ROOT / "ci" / "gitlab-template.yml").read_text("utf-8"))[".codeeval"]
    lines = [*template["before_script"], *template["script"]]
    variables = {
        **{name: value.replace("$CI_PROJECT_DIR", str(folder)) for name, value in template["variables"].items()},
        "CI_PROJECT_DIR": str(folder),
        "CODEEVAL_SOURCE": f"file://{source}",
        "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
        "PYTHON": sys.executable,
        "INPUT_SANDBOX": "local",
        "INPUT_HTML": "false",
        "INPUT_TASK": "tasks.jsonl",
        "INPUT_SAMPLES": "same.jsonl",
        "INPUT_BASELINE": "baseline.json",
        **(
            {"INPUT_SECRET": "KEY", "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "2", "CI_MERGE_REQUEST_PROJECT_ID": "1"}
            if fork
            else {}
        ),
    }
    outside = {name: value for name, value in environment().items() if not name.startswith("GITHUB_")}
    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", "\n".join(lines)],
        cwd=folder, env={**outside, **variables}, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == (0 if fork else 2), done.stdout + done.stderr
    assert "::" not in done.stdout + done.stderr
    assert (folder / "codeeval-results" / "baseline.json").exists() is not fork
    assert ("not evaluated" if fork else "no baseline") in (folder / "codeeval-summary.md").read_text("utf-8")

"""The gate over committed baselines: files, policies, tasks, and what CI is shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from gate_values import make_run, manifest
from hypothesis import given
from hypothesis import strategies as st
from junitparser import Failure, JUnitXml

from codeeval.errors import DataError, UsageError
from codeeval.gate import (
    Candidate,
    GateReport,
    candidate,
    judge,
    junit,
    load_baseline,
    load_policy,
    markdown,
    save_baseline,
    text,
)
from codeeval.gate.annotations import command
from codeeval.gate.annotations import render as annotation_lines
from codeeval.gate.verdict import GateVerdict
from codeeval.store import RunReader
from codeeval.store.runcounts import IncompleteRun

BEFORE = [10, 9, 8, 5, 3, 0] * 10
LOST = [0] * 12 + BEFORE[12:]
SHAKY = [10, 7, 9, 3, 4, 0] * 10


def baseline_of(folder: Path, correct: list[int], **changes: Any) -> Path:
    with RunReader(make_run(folder / "released", correct, **changes)) as reader:
        save_baseline(reader, folder / "baseline.json")
    return folder / "baseline.json"


def candidate_of(folder: Path, correct: list[int], **changes: Any) -> Candidate:
    with RunReader(make_run(folder / "new", correct, **changes)) as reader:
        return candidate(reader)


def report_of(
    folder: Path, before: list[int], after: list[int], policy: str = "", tier: str | None = None
) -> GateReport:
    (folder / "gate.toml").write_text(policy, "utf-8")
    baseline = load_baseline(baseline_of(folder, before))
    return judge([candidate_of(folder, after)], baseline, load_policy(folder / "gate.toml", tier))


def other_task(name: str) -> dict[str, Any]:
    return {"task": manifest().task.model_copy(update={"name": name})}


# -- baseline.json


def test_a_baseline_is_small_stable_and_readable(tmp_path: Path) -> None:
    """Written twice it is the same bytes; it has one line per problem; reading gives back the counts and digests."""
    path = baseline_of(tmp_path, BEFORE)
    first = path.read_bytes()
    with RunReader(tmp_path / "released") as reader:
        save_baseline(reader, path)
    assert path.read_bytes() == first
    assert b'        "p1": [10, 9],\n' in first
    task = load_baseline(path).tasks["rustarter"]
    assert task.problems == {f"p{index}": (10, c) for index, c in enumerate(BEFORE)}
    expected = {
        "problems": "e",
        "prompt": "f",
        "protocol": "strict",
        "image": "codeeval:1",
        "limits": "cpu_s=3 memory_mb=512",
    }
    assert task.digests == expected
    assert task.pass_at_1 == pytest.approx(sum(BEFORE) / 600)


def test_tasks_are_added_and_replaced_one_by_one(tmp_path: Path) -> None:
    """A second task joins the file; the first stays as it was."""
    path = baseline_of(tmp_path, BEFORE)
    before = load_baseline(path).tasks["rustarter"]
    with RunReader(make_run(tmp_path / "other", [1, 2], **other_task("other"))) as reader:
        save_baseline(reader, path)
    assert list(load_baseline(path).tasks) == ["other", "rustarter"]
    assert load_baseline(path).tasks["rustarter"] == before


def test_an_incomplete_run_is_no_baseline_and_no_candidate(tmp_path: Path) -> None:
    """Numbers over what happens to be there would be biased."""
    run = make_run(tmp_path / "run", [1, 2], n=3, wanted=5)
    with RunReader(run) as reader:
        with pytest.raises(IncompleteRun, match="4 samples are pending"):
            save_baseline(reader, tmp_path / "baseline.json")
        with pytest.raises(IncompleteRun, match="--resume"):
            candidate(reader)
    assert not (tmp_path / "baseline.json").exists()


def test_a_missing_baseline_says_how_to_make_one(tmp_path: Path) -> None:
    """The message holds the command."""
    with pytest.raises(UsageError, match=r"codeeval export baseline RUN -o .*baseline\.json"):
        load_baseline(tmp_path / "baseline.json")


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda raw: raw.update(schema=2), "schema"),
        (lambda raw: raw["tasks"]["rustarter"]["problems"].update(p0=[10, 11]), "problems.p0"),
        (lambda raw: raw["tasks"]["rustarter"]["problems"].update(p0=[0, 0]), "problems.p0"),
        (lambda raw: raw["tasks"]["rustarter"].pop("digests"), "digests"),
        (lambda raw: raw["tasks"]["rustarter"].update(problems={}), "problems"),
        (lambda raw: raw.update(tasks=3), "tasks"),
    ],
)
def test_a_broken_baseline_names_the_field(
    tmp_path: Path, change: Callable[[dict[str, Any]], object], where: str
) -> None:
    """A hand-edited file that can't be right is refused where it is wrong."""
    path = baseline_of(tmp_path, [1, 2])
    raw = json.loads(path.read_text("utf-8"))
    change(raw)
    path.write_text(json.dumps(raw), "utf-8")
    with pytest.raises(DataError, match=where):
        load_baseline(path)


@given(st.binary(max_size=60))
def test_any_file_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    """No content of a baseline or policy file gives anything but DataError or UsageError."""
    path = tmp_path_factory.mktemp("any") / "file"
    path.write_bytes(content)
    for read in (load_baseline, load_policy):
        try:
            read(path)
        except UsageError:
            continue


# -- the policy


def test_what_is_said_later_wins(tmp_path: Path) -> None:
    """File, task, tier, task in the tier; and false alarms are shared among the tasks that are judged together."""
    path = tmp_path / "gate.toml"
    path.write_text(
        'margin = 0.03\nrequired = ["a"]\n[tasks.a]\nmargin = 0.04\nfloor = 0.5\n[tasks.b]\nadvisory = true\n'
        "[tiers.pr]\nmargin = 0.06\n[tiers.release]\nstrict = true\ntasks.a.margin = 0.01\n",
        "utf-8",
    )
    plain, pr, release = (load_policy(path, tier) for tier in (None, "pr", "release"))
    assert [p.for_task("a").gate.margin for p in (plain, pr, release)] == [0.04, 0.06, 0.01]
    assert [p.for_task("b").gate.margin for p in (plain, pr, release)] == [0.03, 0.06, 0.03]
    assert (plain.for_task("a").floor, plain.for_task("b").advisory) == (0.5, True)
    assert [p.strict for p in (plain, pr, release)] == [False, False, True]
    assert plain.for_task("a", tasks=5).gate.compare.level == 0.95
    assert plain.for_task("a", tasks=5).floor_level == pytest.approx(0.99)
    assert plain.for_task("b", tasks=5).gate.drop_p == plain.for_task("b").gate.drop_p  # advisory: takes no share
    assert plain.for_task("a", tasks=5).gate.lost_p == pytest.approx(0.001)
    assert plain.for_task("a", tasks=5).gate.drop_p == pytest.approx(0.007)
    assert load_policy(None, strict=True).strict


@pytest.mark.parametrize(
    ("policy", "word"),
    [
        ("margn = 0.03", "margin"),
        ("margin = 3", "less than 1"),
        ('margin = "a"', "number"),
        ("[tasks.a]\nflor = 1", "floor"),
        ("[tiers.pr]\nstrikt = true", "strict"),
        ("margin = ", "TOML"),
        ('allow_different = ["imag"]', "image"),
    ],
)
def test_a_wrong_policy_names_field_and_remedy(tmp_path: Path, policy: str, word: str) -> None:
    """Typing errors get the near match, wrong values the field."""
    path = tmp_path / "gate.toml"
    path.write_text(policy, "utf-8")
    with pytest.raises(DataError, match=word) as found:
        load_policy(path)
    assert "gate.toml" in str(found.value)


def test_an_unknown_tier_and_a_missing_file(tmp_path: Path) -> None:
    """Both are usage errors with what there is."""
    with pytest.raises(UsageError, match="no policy was given"):
        load_policy(None, "pr")
    (tmp_path / "gate.toml").write_text("[tiers.pr]\n", "utf-8")
    with pytest.raises(UsageError, match="it has pr"):
        load_policy(tmp_path / "gate.toml", "nightly")
    with pytest.raises(UsageError, match=r"none\.toml"):
        load_policy(tmp_path / "none.toml")


# -- verdicts


def test_pass_fail_and_inconclusive(tmp_path: Path) -> None:
    """Exit codes 0, 1, and 0 or 4 where nothing is shown."""
    cases = (
        ("same", BEFORE, "", GateVerdict.PASS, 0),
        ("lost", LOST, "", GateVerdict.FAIL, 1),
        ("shaky", SHAKY, "", GateVerdict.INCONCLUSIVE, 0),
        ("strict", SHAKY, "strict = true", GateVerdict.INCONCLUSIVE, 4),
    )
    for name, after, policy, verdict, code in cases:
        (tmp_path / name).mkdir()
        found = report_of(tmp_path / name, BEFORE, after, policy)
        assert (found.verdict, found.exit_code) == (verdict, code), name
        assert text.render(found).startswith(str(verdict))


def test_floors(tmp_path: Path) -> None:
    """An unchanged model fails where it lies below the floor beyond noise; within noise that is inconclusive."""
    mean = sum(BEFORE) / 600
    verdicts = {mean - 0.02: GateVerdict.PASS, mean + 0.01: GateVerdict.INCONCLUSIVE, mean + 0.2: GateVerdict.FAIL}
    for number, (floor, verdict) in enumerate(verdicts.items()):
        (tmp_path / str(number)).mkdir()
        found = report_of(tmp_path / str(number), BEFORE, BEFORE, f"floor = {floor}")
        assert (found.verdict, found.tasks[0].result.verdict) == (verdict, GateVerdict.PASS)
        assert "floor" in text.render(found)


def test_an_advisory_task_never_fails(tmp_path: Path) -> None:
    """It is reported as it is, and does not count."""
    found = report_of(tmp_path, BEFORE, LOST, "[tasks.rustarter]\nadvisory = true")
    assert (found.tasks[0].verdict, found.verdict, found.exit_code) == (GateVerdict.FAIL, GateVerdict.PASS, 0)
    assert "advisory" in text.render(found)
    assert "::error" not in "\n".join(annotation_lines(found))


def test_several_tasks_give_the_worst_verdict(tmp_path: Path) -> None:
    """One task regressed, one did not; a task of the baseline without a run is named; the interval is as for one."""
    path = baseline_of(tmp_path, BEFORE)
    for name in ("other", "third"):
        with RunReader(make_run(tmp_path / name, BEFORE, **other_task(name))) as reader:
            save_baseline(reader, path)
    runs = [
        candidate_of(tmp_path, BEFORE),
        candidate_of(tmp_path / "b", LOST, **other_task("other")),
    ]
    found = judge(runs, load_baseline(path), load_policy(None))
    assert [item.verdict for item in found.tasks] == [GateVerdict.PASS, GateVerdict.FAIL]
    assert (found.verdict, found.skipped) == (GateVerdict.FAIL, ("third",))
    assert found.tasks[0].result.comparison.level == 0.95
    assert "third" in text.render(found)
    assert "third" in markdown.render(found)


def test_what_can_not_be_judged_is_refused(tmp_path: Path) -> None:
    """Unlike runs, unknown tasks, two runs of a task, and a required task without a run."""
    baseline = load_baseline(baseline_of(tmp_path, BEFORE))
    same = candidate_of(tmp_path, BEFORE)
    prompt = manifest().prompt.model_copy(update={"digest": "z"})
    unlike = candidate_of(tmp_path / "unlike", BEFORE, prompt=prompt)
    unknown = candidate_of(tmp_path / "unknown", BEFORE, **other_task("other"))
    with pytest.raises(UsageError, match="different prompt: f in baseline, z in this run"):
        judge([unlike], baseline, load_policy(None))
    with pytest.raises(UsageError, match="no task 'other', it has rustarter"):
        judge([unknown], baseline, load_policy(None))
    with pytest.raises(UsageError, match="two runs of the task rustarter"):
        judge([same, same], baseline, load_policy(None))
    (tmp_path / "gate.toml").write_text('required = ["rucodeeval"]', "utf-8")
    with pytest.raises(UsageError, match="requires a run of rucodeeval"):
        judge([same], baseline, load_policy(tmp_path / "gate.toml"))
    allowed = judge([unlike], baseline, load_policy(None), allow_different=True)
    assert any("different prompt" in warning for warning in allowed.tasks[0].warnings)


def test_a_policy_may_exempt_a_digest(tmp_path: Path) -> None:
    """A newer sandbox image is let through with a warning; what is not named is still refused."""
    (tmp_path / "gate.toml").write_text('allow_different = ["image"]', "utf-8")
    policy = load_policy(tmp_path / "gate.toml")
    baseline = load_baseline(baseline_of(tmp_path, BEFORE))
    sandbox = manifest().sandbox
    newer = sandbox.model_copy(update={"describe": {"image_tag": "codeeval:2"}})
    found = judge([candidate_of(tmp_path, BEFORE, sandbox=newer)], baseline, policy)
    assert found.tasks[0].warnings[0].startswith("different image, which the policy allows: codeeval:1")
    larger = newer.model_copy(update={"limits": {"cpu_s": 9.0}})
    with pytest.raises(UsageError, match="different limits"):
        judge([candidate_of(tmp_path / "b", BEFORE, sandbox=larger)], baseline, policy)


def test_other_sampling_is_pointed_out(tmp_path: Path) -> None:
    """Another temperature is no reason to refuse, and no secret."""
    baseline = load_baseline(baseline_of(tmp_path, BEFORE))
    sampling = manifest().sampling.model_copy(update={"temperature": 0.2})
    found = judge([candidate_of(tmp_path, BEFORE, sampling=sampling)], baseline, load_policy(None))
    assert "sampled differently: temperature was 0.6 in the baseline, is 0.2 now" in found.tasks[0].warnings


def test_json_can_be_written(tmp_path: Path) -> None:
    """The document carries verdicts, reasons and the whole comparison."""
    found = json.loads(json.dumps(report_of(tmp_path, BEFORE, LOST).to_json()))
    assert (found["verdict"], found["exit_code"], found["tasks"][0]["task"]) == ("FAIL", 1, "rustarter")
    assert len(found["tasks"][0]["regressed"]) == 8
    assert found["tasks"][0]["comparison"]["problems"] == 60


# -- what CI is shown


def read_junit(content: str) -> JUnitXml:
    return JUnitXml.fromstring(content.encode())


def test_junit_has_a_case_per_problem_and_only_regressions_fail(tmp_path: Path) -> None:
    """junitparser reads it; the failures are exactly the regressed problems, although many others are unsolved."""
    found = report_of(tmp_path, BEFORE, LOST)
    suites = list(read_junit(junit.render(found)))
    assert [(suite.name, suite.tests, suite.failures) for suite in suites] == [("codeeval.rustarter", 60, 8)]
    failed = {case.name for case in suites[0] if any(isinstance(result, Failure) for result in case.result)}
    regressed = found.tasks[0].result.comparison.with_change("regressed")
    assert failed == {f"problem {item.problem_id}" for item in regressed}
    properties = {item.name: item.value for item in suites[0].properties()}
    assert properties["verdict"] == "FAIL"


def test_junit_without_a_baseline_fails_nothing(tmp_path: Path) -> None:
    """A run alone can't have regressed."""
    run = candidate_of(tmp_path, [0, 5])
    (suite,) = read_junit(junit.render_counts(run.task, "strict", run.counts))
    assert (suite.tests, suite.failures) == (2, 0)


@given(st.text(min_size=1, max_size=30), st.text(min_size=1, max_size=30))
def test_junit_carries_any_name(task: str, problem: str) -> None:
    """Control characters, quotes and markup in names leave it well-formed."""
    from codeeval.stats.run_counts import RunCounts

    (suite,) = read_junit(junit.render_counts(task, "strict", RunCounts("a", {problem: (1, 0)})))
    assert [case.name for case in suite]


def test_annotations_are_at_most_ten_lines(tmp_path: Path) -> None:
    """The verdict first, then problems; what does not fit is counted."""
    found = report_of(tmp_path, [10] * 60, [0] * 30 + [10] * 30)
    lines = annotation_lines(found)
    assert len(lines) == 10
    assert lines[0].startswith("::error title=codeeval gate%3A rustarter FAIL::pass@1 changed by -50.0 points")
    assert all(line.startswith("::error ") for line in lines[1:9])
    assert lines[9].endswith("::22 more are in the step summary")
    (tmp_path / "same").mkdir()
    assert annotation_lines(report_of(tmp_path / "same", BEFORE, BEFORE)) == ()


@given(st.text(max_size=40), st.text(max_size=40))
def test_an_annotation_is_one_command_whatever_it_says(title: str, said: str) -> None:
    """No text can end the line, the title or the command; unescaping gives it back."""
    line = command("error", title, said)
    assert not set("\r\n") & set(line)
    head, _, data = line.removeprefix("::error title=").partition("::")
    for escape, char in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        head, data = head.replace(escape, char), data if escape in ("%3A", "%2C") else data.replace(escape, char)
    assert (head, data) == (title, said)


def test_the_summary_shows_verdict_difference_and_problems(tmp_path: Path) -> None:
    """Markdown with a table of tasks and one of problems; names can't become markup."""
    model = manifest().model.model_copy(update={"name": "x|<b>"})
    baseline = load_baseline(baseline_of(tmp_path, BEFORE, model=model))
    found = judge([candidate_of(tmp_path, LOST, model=model)], baseline, load_policy(None))
    shown = markdown.render(found)
    assert shown.startswith("## ❌ codeeval gate: FAIL")
    assert "| p0 | regressed | 10/10 | 0/10 |" in shown
    assert "<b>" not in shown
    assert "<details><summary>8 regressed, 0 fixed beyond sampling noise" in shown


def test_hostile_text_does_not_steer_the_terminal(tmp_path: Path) -> None:
    """Escape sequences in names of models are shown, not obeyed."""
    model = manifest().model.model_copy(update={"name": "m\x1b[31m\nFAKE PASS"})
    baseline = load_baseline(baseline_of(tmp_path, BEFORE, model=model))
    shown = StringIO(text.render(judge([candidate_of(tmp_path, BEFORE, model=model)], baseline, load_policy(None))))
    assert "\x1b" not in shown.getvalue()
    assert not any(line.startswith("FAKE") for line in shown)

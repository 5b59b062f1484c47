"""Reports: what they count, what they warn of, and that hostile text stays text."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from run_values import add_judgements, judged, make_manifest, planned

from codeeval.manifest import Manifest
from codeeval.report import Report, build, document, markdown, text
from codeeval.report.terminal import Style, safe
from codeeval.store import Counterfactual, Counts, Incident, RunReader, RunStore, Session, StoredJudgement, TimeSplit
from codeeval.types import Judgement, Sample, Verdict

Fill = Callable[[RunStore], None]


def failure(pid: str, index: int, signature: str, error: str = "message") -> StoredJudgement:
    found = Judgement(Verdict.EXCEPTION, False, (None, None), 0, error, signature, (0, 1))
    return StoredJudgement(pid, index, None, found.outputs, found)


def report_of(folder: Path, fill: Fill, manifest: Manifest | None = None, wanted: int = 3) -> Report:
    plan = [planned("1", wanted), planned("2", wanted)]
    with RunStore.create(folder / "run", manifest or make_manifest(), plan) as store:
        fill(store)
    with RunReader(folder / "run") as reader:
        return build(reader)


def samples(store: RunStore, *completions: str, reason: str = "stop") -> None:
    """The given completions for both problems."""
    store.add_samples(
        Sample(pid, index, "d", completion, reason)  # type: ignore[arg-type]
        for pid in ("1", "2")
        for index, completion in enumerate(completions)
    )


def test_counts_and_estimates(tmp_path: Path) -> None:
    """pass@k, verdicts and sums of what the invocations did come from the file."""

    def fill(store: RunStore) -> None:
        samples(store, "a", "b", "c")
        add_judgements(store, "strict", [judged(pid, i, passed=i == 0) for pid in ("1", "2") for i in range(3)])
        for end in ("interrupted", "complete"):
            store.put_session(Session("t", (), end, Counts(3, 2, 1, 0), TimeSplit(2.0, 1.0, 1.0, 0.5, 0.5)))

    report = report_of(tmp_path, fill)
    assert report.complete
    assert report.estimates["strict"][1].estimate == pytest.approx(1 / 3)
    assert report.verdicts == {"passed": 2, "wrong_output": 4}
    assert (report.n_problems, report.n_samples, report.counts) == (2, 6, Counts(6, 4, 2, 0))
    assert report.timing == TimeSplit(4.0, 2.0, 2.0, 1.0, 1.0)
    assert report.sanity.distinct == 1.0
    assert report.quality.tests_passed == pytest.approx((2 * 1 + 4 * 0.5) / 6)
    assert [warning for warning in report.warnings if not warning.startswith("pass@1: only 2 problems")] == []


def test_shares_of_samples_are_means_over_problems(tmp_path: Path) -> None:
    """A problem with many samples weighs no more than one with few, and a sample that hung passes none of its tests."""
    hung = Judgement(Verdict.TIMEOUT, False, "timed out", 0, "timed out", "timeout", (0, 1))
    broken = Judgement(Verdict.SYNTAX_ERROR, False, (None, None), 0, "message", "syntax_error", (0, 1))

    def fill(store: RunStore) -> None:
        samples(store, "a", "b", "c")
        add_judgements(store, "strict", [judged("1", 0, passed=True), judged("2", 0, passed=False)])
        add_judgements(store, "strict", [StoredJudgement("2", 1, None, hung.outputs, hung)])
        add_judgements(store, "strict", [StoredJudgement("2", 2, None, broken.outputs, broken)])

    found = report_of(tmp_path, fill).quality
    assert found.compiles == pytest.approx((1 + 2 / 3) / 2)
    assert found.tests_passed == pytest.approx((1 + (1 / 2 + 0 + 0) / 3) / 2)


def test_failures_are_grouped_in_a_fixed_order(tmp_path: Path) -> None:
    """The largest group first, ties by name; samples and problems counted apart; the example is the first of the run."""
    names = [("1", 0, "b"), ("1", 1, "a"), ("1", 2, "c"), ("2", 0, "c"), ("2", 1, "a"), ("2", 2, "c")]

    def fill(store: RunStore) -> None:
        samples(store, "a", "b", "c")
        add_judgements(store, "strict", [failure(pid, index, name, f"{pid}{index}") for pid, index, name in names])

    groups = report_of(tmp_path, fill).groups
    assert [(g.signature, g.n_samples, g.n_problems) for g in groups] == [("c", 3, 2), ("a", 2, 2), ("b", 1, 1)]
    assert [(g.example_problem, g.example_index, g.message) for g in groups] == [
        ("1", 2, "12"),
        ("1", 1, "11"),
        ("1", 0, "10"),
    ]


def test_an_incomplete_run_says_so_beside_the_numbers(tmp_path: Path) -> None:
    """Pending samples are counted, with their reasons, and are neither passed nor failed."""

    def fill(store: RunStore) -> None:
        samples(store, "a", "b")
        add_judgements(store, "strict", [judged("1", 0, passed=True)])
        store.add_incidents(
            [Incident("1", 1, "execution:strict", "engine gone"), Incident("2", 2, "generation", "no GPU")]
        )

    report = report_of(tmp_path, fill)
    assert (report.pending, report.n_samples, report.complete) == (5, 1, False)
    assert "5 of 6 samples are pending" in report.warnings[0]
    assert "pending (1): engine gone" in report.warnings
    assert "INCOMPLETE" in text.render(report)
    assert "incomplete" in markdown.render(report)
    assert document(report)["complete"] is False


def test_odd_sampling_is_noticed(tmp_path: Path) -> None:
    """Identical completions, empty ones and those cut by the limit each get a warning."""
    cases = (
        (lambda store: samples(store, "a", "a", "a"), "all samples are the same text"),
        (lambda store: samples(store, "a", "", "b"), "of the samples are empty"),
        (lambda store: samples(store, "a", "", "b", reason="unknown"), "empty"),
        (lambda store: samples(store, "a", "b", "c", reason="length"), "token limit"),
    )
    for number, (fill, word) in enumerate(cases):
        report = report_of(tmp_path / str(number), fill)
        assert [word in warning for warning in report.warnings].count(True) == 1, word


def test_a_difference_between_the_protocols_is_shown(tmp_path: Path) -> None:
    """Samples that MERA's rule and strict judge differently are counted by cause, with an example."""
    manifest = make_manifest().model_copy(update={"protocol": "mera-code", "protocols": ("mera-code", "strict")})

    def fill(store: RunStore) -> None:
        samples(store, "a", "b", "c")
        rows = [failure(pid, 0, "exception NameError: name '…' is not defined · call 1") for pid in ("1", "2")]
        add_judgements(store, "mera-code", [*rows, *(judged(p, i, passed=True) for p in "12" for i in (1, 2))])
        add_judgements(store, "strict", [judged(p, i, passed=True) for p in "12" for i in range(3)])

    report = report_of(tmp_path, fill, manifest)
    (found,) = report.differences
    assert (found.requested, found.strict) == ("exception NameError: name '…' is not defined", "passed")
    assert (found.n_samples, found.example_problem, found.example_index) == (2, "1", 0)
    assert "2 samples judged differently by mera-code and strict" in text.render(report)


@pytest.mark.parametrize("leads", ["humaneval", "strict"])
def test_scores_that_are_far_apart(tmp_path: Path, leads: str) -> None:
    """One sentence right under the table, in JSON as well, with the reason; whichever leads. No second warning says it again."""
    names = (leads, *({"humaneval", "strict"} - {leads}))
    manifest = make_manifest().model_copy(update={"protocol": leads, "protocols": names})

    def fill(store: RunStore) -> None:
        samples(store, "a", "b", "c")
        everything = [(pid, index) for pid in "12" for index in range(3)]
        add_judgements(store, "humaneval", [failure(*key, "syntax_error SyntaxError: …") for key in everything])
        add_judgements(store, "strict", [judged(*key, passed=True) for key in everything[:5]])
        add_judgements(store, "strict", [failure(*everything[5], "wrong_output · call 1")])
        store.add_counterfactuals([Counterfactual(*key, ("Markdown fence",)) for key in everything])

    report = report_of(tmp_path, fill, manifest)
    scores = "0.833 under strict and 0.000 under humaneval"
    if leads == "humaneval":
        scores = "0.000 under humaneval and 0.833 under strict"
    said = (
        f"pass@1 is {scores}, mostly because of this: Markdown fence (5 of 5 samples that differ), "
        "which strict reads and humaneval executes as it stands"
    )
    lines = text.render(report).splitlines()
    at = lines.index(said)
    assert lines[at + 2].startswith("intervals ")
    assert lines[at - 1].startswith("  standard error")
    assert document(report)["headline"] == said
    assert "which strict reads" in markdown.render(report)
    assert "Markdown fence 6 (5 pass when read)" in text.render(report)
    assert not any("table of differences" in warning for warning in report.warnings)
    assert "5 samples judged differently by humaneval and strict" in text.render(report)


@pytest.mark.parametrize(("passed", "said"), [(0, False), (1, True)])
def test_scores_that_are_close_need_no_sentence(tmp_path: Path, passed: int, said: bool) -> None:
    """From 5 points on there is one; without a cause it has the scores alone."""
    manifest = make_manifest().model_copy(update={"protocol": "mera-code", "protocols": ("mera-code", "strict")})

    def fill(store: RunStore) -> None:
        samples(store, "a", "b", "c")
        everything = [(pid, index) for pid in "12" for index in range(3)]
        add_judgements(store, "mera-code", [failure(*key, "wrong_output · call 1") for key in everything])
        add_judgements(store, "strict", [judged(*key, passed=True) for key in everything[:passed]])
        add_judgements(store, "strict", [failure(*key, "wrong_output · call 1") for key in everything[passed:]])

    report = report_of(tmp_path, fill, manifest)
    assert (document(report)["headline"] is not None) is said


HOSTILE = "\x1b[2J\x1b]0;owned\x07<script>|\n# title\r`x`[a](b)@team \u202e\ud800"


def test_hostile_text_can_not_steer_a_terminal_or_a_page(tmp_path: Path) -> None:
    """What a model wrote reaches a report as one printable line, without control codes, markup or mentions."""

    def fill(store: RunStore) -> None:
        samples(store, "a", "b", "c")
        add_judgements(store, "strict", [failure(p, i, HOSTILE, HOSTILE) for p in "12" for i in range(3)])

    manifest = make_manifest()
    named = manifest.model_copy(update={"model": manifest.model.model_copy(update={"name": "<b>m|\x1b[0m"})})
    report = report_of(tmp_path, fill, named)
    plain, page = text.render(report), markdown.render(report)
    assert not any(char in plain + page for char in "\x1b\x07\r\u202e\ud800")
    assert all(part not in page for part in ("<script>", "<b>", "`x`", "[a](b)", "@team", "\n# title"))
    assert {line.count("|") - line.count("\\|") for line in page.splitlines() if "owned" in line} == {5}
    assert "\x1b[1m" in text.render(report, Style(colour=True))
    json.dumps(document(report))


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_safe_text_is_one_printable_line(hostile: str) -> None:
    """Whatever goes in, what comes out can be printed anywhere."""
    assert safe(hostile).isprintable()
    safe(hostile).encode("utf-8")
    assert all(ord(char) >= 32 for char in markdown.cell(hostile))


def test_tests_that_are_not_supported_are_named_beside_the_score(tmp_path: Path) -> None:
    """They count as not passed, and the warning names their problems."""
    odd = Judgement(
        Verdict.NOT_SUPPORTED, False, (), 3, "the tests can't be carried out: a function", "not_supported a function"
    )

    def fill(store: RunStore) -> None:
        samples(store, "a", "b")
        add_judgements(store, "strict", [judged("1", index, passed=True) for index in range(2)])
        add_judgements(store, "strict", [StoredJudgement("2", index, None, odd.outputs, odd) for index in range(2)])

    report = report_of(tmp_path, fill, wanted=2)
    assert (report.verdicts, report.not_supported, report.n_samples) == ({"passed": 2, "not_supported": 2}, ("2",), 4)
    assert report.estimates["strict"][1].estimate == 0.5
    assert any(line.startswith("2 samples count as not passed") and line.endswith(": 2") for line in report.warnings)

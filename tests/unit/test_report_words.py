"""What a report says of its intervals: their names, the k of each method, the standard error, and samples that are no draws."""

from __future__ import annotations

import re
import statistics
from dataclasses import replace
from pathlib import Path

import pytest
from gate_values import make_run, manifest
from run_values import add_judgements, judged, planned

from codeeval.i18n import language
from codeeval.report import build, document, markdown, text
from codeeval.report.values import Report
from codeeval.stats import words
from codeeval.store import RunReader, RunStore, Session
from codeeval.types import Sample

CORRECT = [10, 9, 8, 5, 3, 0] * 10


def report_of(folder: Path) -> Report:
    with RunReader(make_run(folder, CORRECT)) as reader:
        return build(reader, (1, 5, 10))


def test_intervals_are_named_and_said_once_what_they_are_of(tmp_path: Path) -> None:
    """In text and Markdown alike, without a percent beside the shares."""
    found = report_of(tmp_path / "run")
    for shown in (text.render(found), markdown.render(found)):
        assert words.population() in shown
        assert words.rerun() in shown
        assert shown.count(words.LONG_RUN) == shown.count(words.ASSUMPTION) == 1
        assert not re.search(r"\d%", shown.replace("95% CI", ""))


def test_each_method_names_its_k_where_they_differ(tmp_path: Path) -> None:
    """No `rerun: ...; rerun: ...` without a difference to be seen."""
    legend = next(line for line in text.render(report_of(tmp_path / "run")).splitlines() if "rerun: " in line)
    assert len(re.findall(r"rerun: [^;]*\(k=[\d,]+\)", legend)) == legend.count("rerun: ") == 2


def test_the_standard_error_is_the_plain_one(tmp_path: Path) -> None:
    """Sample standard deviation over the square root of the number of problems, in JSON as well."""
    found = document(report_of(tmp_path / "run"))
    expected = statistics.stdev([c / 10 for c in CORRECT]) / len(CORRECT) ** 0.5
    assert found["pass_at_k"]["1"]["stderr"] == pytest.approx(expected)  # type: ignore[index]


def test_identical_samples_are_pointed_out(tmp_path: Path) -> None:
    """The report warns that its intervals are too short."""
    names = [f"p{index}" for index in range(40)]
    with RunStore.create(tmp_path / "run", manifest(), [planned(name, 5) for name in names]) as store:
        store.add_samples(Sample(name, index, "d", name) for name in names for index in range(5))
        add_judgements(store, "strict", [judged(name, i, passed=True) for name in names for i in range(5)])
        store.put_session(Session("t", (), "complete"))
    with RunReader(tmp_path / "run") as reader:
        found = build(reader)
    assert any("samples of 40 problems are not independent draws" in warning for warning in found.warnings)
    assert not any("not independent" in warning for warning in report_of(tmp_path / "other").warnings)


def test_the_notes_of_a_run_are_said_in_russian(tmp_path: Path) -> None:
    """They come from the run file as finished English; the document keeps that."""
    note = "2 rows could not be used: line 3: the problem's id is empty; line 4: t has no problem '9'"
    found = replace(report_of(tmp_path / "run"), warnings=(note,))
    with language("ru"):
        for shown in (text.render(found), markdown.render(found)):
            assert "2 строки не использованы: строка 3: пустой id задачи; строка 4: в наборе t нет задачи '9'" in shown
        assert document(found)["warnings"] == [note]

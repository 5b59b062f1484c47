"""The explorer counts what the report counts, whatever is in a run."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from explorer_runs import BEHAVIOURS, make_run
from hypothesis import given, settings
from hypothesis import strategies as st

from codeeval.explorer.filters import Filter, format_id, group_id
from codeeval.explorer.library import Library
from codeeval.explorer.overview import RunPage, run_page
from codeeval.explorer.pages import to_json
from codeeval.report import build, document
from codeeval.store import RunReader, kept_counts

NAMES = st.sampled_from([*sorted(BEHAVIOURS.keys() - {"hostile"}), "empty"])
RUNS = st.dictionaries(st.text(max_size=6), st.lists(NAMES, max_size=5), min_size=1, max_size=4)
#: What the twin of a run's page has under the same name as `codeeval report --format json`.
SHARED = (
    *(
        "task",
        "model",
        "protocol",
        "complete",
        "n_problems",
        "n_selected",
        "n_samples",
        "n_wanted",
        "pending",
        "hidden",
    ),
    *("pass_at_k", "scores", "verdicts", "verdicts_by_protocol", "failure_groups", "differences"),
)


#: A chat prompt is led by strict; the protocol of the set stands beside it.
PROTOCOLS = [("mera-code", "strict"), ("strict", "mera-code"), ("strict",)]


def page_of(folder: Path, chosen: Filter | None = None) -> RunPage:
    library = Library.of([folder])
    run = library.runs[0]
    with run.open() as reader:
        return run_page(run, library.numbers(run), reader, chosen or Filter())


def as_read(value: object) -> Any:
    return json.loads(to_json(value))


@settings(max_examples=40, deadline=None)
@given(RUNS, st.integers(0, 3), st.integers(0, 4), st.sampled_from(PROTOCOLS), st.sampled_from([0, 50_000]))
def test_the_twin_of_a_run_equals_the_report(
    samples: dict[str, list[str]], unjudged: int, wanted: int, protocols: tuple[str, ...], fewest: int
) -> None:
    """Every number that both give is the same, for finished, unfinished and empty runs, with hidden answers or without,
    with counts that are kept in the file or without."""
    hidden = sorted(samples)[:1] if len(samples) > 2 else []
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        patch.setattr(kept_counts, "FEWEST_SAMPLES", fewest)
        longest = max(map(len, samples.values()))
        run = make_run(Path(folder) / "r", samples, hidden, unjudged, max(longest, wanted), protocols)
        with RunReader(run) as reader:
            expected = as_read(document(build(reader, groups=10**6)))
        shown = as_read(page_of(run))
    assert {name: shown[name] for name in SHARED} == {name: expected[name] for name in SHARED}
    cells = [cell for row in shown["matrix"]["rows"] for cell in row["cells"]]
    assert len(cells) == expected["n_wanted"]


@pytest.mark.parametrize("protocols", PROTOCOLS[:2])
def test_the_repaired_score_is_that_of_the_waterfall(tmp_path: Path, protocols: tuple[str, ...]) -> None:
    """The last level of the report's waterfall and the explorer's repaired score are one number."""
    samples = {"1": ["right", "syntax"], "2": ["wrong", "syntax", "syntax"]}
    run = make_run(tmp_path / "r", samples, protocols=protocols)
    with RunReader(run) as reader:
        waterfall = build(reader).waterfall
    assert waterfall is not None
    repaired = page_of(run).repaired
    assert repaired is not None
    assert repaired[1].estimate == waterfall.levels[-1].pass_at_k[1]
    assert repaired[1].estimate == (1 + 2 / 3) / 2


def test_filters_let_through_exactly_the_samples_that_fit(tmp_path: Path) -> None:
    """Verdict, group, format failure, time and text, each alone and together."""
    run = make_run(tmp_path / "r", {"1": ["right", "wrong", "slow", "syntax"], "2": ["wrong", "right"], "3": []})
    page = page_of(run)
    group = next(one for one in page.failure_groups if one.signature.startswith("wrong_output"))
    expected = {
        Filter(verdict="wrong_output"): {("1", 1), ("2", 0)},
        Filter(group=group_id(group.signature)): {("1", 1), ("2", 0)},
        Filter(format=format_id("lost indentation")): {("1", 3)},
        Filter(slow=3000): {("1", 2)},
        Filter(slow=3000, verdict="wrong_output"): set(),
        Filter(verdict="wrong_output", q="2"): {("2", 0)},
        Filter(group="0000000000"): set(),
    }
    for chosen, keys in expected.items():
        matrix = page_of(run, chosen).matrix
        found = {(row.problem_id, cell.i) for row in matrix.rows for cell in row.cells if cell.matches}
        assert found == keys, chosen
        assert matrix.matching_samples == len(keys)


@given(st.dictionaries(st.sampled_from(["verdict", "group", "format", "slow", "q", "sort", "page"]), st.text()))
def test_any_query_is_a_filter_and_comes_back_from_its_own_url(query: dict[str, str]) -> None:
    """What a URL says is read without failing, and what is read is written the same way."""
    chosen = Filter.read(query)
    assert Filter.read(chosen.query()) == chosen


def test_the_order_can_be_by_rate(tmp_path: Path) -> None:
    """Hardest first, easiest first, or as the task has them."""
    run = make_run(tmp_path / "r", {"a": ["right", "wrong"], "b": ["wrong", "wrong"], "c": ["right", "right"]})
    for sort, order in (("", "abc"), ("hardest", "bac"), ("easiest", "cab")):
        assert "".join(row.problem_id for row in page_of(run, Filter(sort=sort)).matrix.rows) == order

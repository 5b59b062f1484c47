"""What a report reads of a run file, and what is packed without the general encoder of JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from run_values import add_judgements, judged, make_manifest, planned

from codeeval.store import Reading, RunStore, StoredExecution, StoredJudgement
from codeeval.store.codec import pack_json, pack_numbers, pack_outputs, pack_reading, unpack_json
from codeeval.store.rows import execution_row, judgement_row
from codeeval.types import Cut, Judgement, Verdict
from sandbox import Outcome

#: Any text at all: NULs and lone surrogates too.
wild = st.text(st.characters(codec=None, exclude_categories=()), max_size=20)
cuts = st.builds(Cut, wild | st.just("reader: fence"), st.integers(0, 99), st.integers(0, 99), st.booleans())


@given(st.lists(st.none() | wild, max_size=5).map(tuple) | wild)
def test_outputs_are_packed_as_json(outputs: tuple[str | None, ...] | str) -> None:
    """By hand or by the encoder, the text is the same (only where SQLite can't store it as text is it compressed)."""
    expected = pack_json(outputs)
    assert pack_outputs(outputs) == expected or isinstance(expected, bytes)


@given(
    st.lists(cuts, max_size=4).map(tuple), st.lists(wild, max_size=2).map(tuple), st.lists(st.integers(0), max_size=4)
)
def test_readings_and_numbers_are_packed_as_json(
    trace: tuple[Cut, ...], added: tuple[str, ...], calls: list[int]
) -> None:
    reading = Reading(trace, added)
    assert pack_reading(reading) == pack_json(reading.to_json())
    assert pack_numbers(calls) == pack_json(calls)
    assert unpack_json(pack_reading(reading)) == json.loads(json.dumps(reading.to_json()))


def test_scored_samples_are_the_judgements(tmp_path: Path) -> None:
    """In the order of problems and indices, with the same values; hidden answers have no verdict."""
    rows = [judged("b", 1, True), judged("b", 0, False), StoredJudgement("a", 0, None, ("\ud800", None), None)]
    with RunStore.create(tmp_path / "run", make_manifest(), [planned("b", 2), planned("a")]) as store:
        add_judgements(store, "strict", rows)
        full, scored = list(store.judgements("strict")), list(store.scored("strict"))
    assert [(row.problem_id, row.idx) for row in scored] == [("b", 0), ("b", 1), ("a", 0)]
    for row, one in zip(full, scored, strict=True):
        assert (row.problem_id, row.index, row.outputs) == (one.problem_id, one.idx, one.outputs)
        found = row.judgement
        assert (one.verdict, one.passed) == ((found.verdict, found.passed) if found else (None, False))
        assert one.failed_calls == (found.failed_calls if found else ())


@pytest.mark.parametrize("repeated", [0, 1, 2])
def test_evidence_that_came_before_is_kept(tmp_path: Path, repeated: int) -> None:
    """Whichever of several rows are late, the others are stored, and judgements based on late ones are handed back."""
    evidence = [StoredExecution("1", f"d{n}", "module", "x", Outcome("completed", (), cpu_ms=n)) for n in range(3)]
    judgement = Judgement(Verdict.PASSED, True, ())
    rows = [("strict", *judgement_row(StoredJudgement("1", n, f"d{n}", (), judgement))) for n in range(3)]
    earlier = StoredExecution("1", f"d{repeated}", "module", "earlier", Outcome("completed", ()))
    with RunStore.create(tmp_path / "run", make_manifest(), [planned("1", 3)]) as store:
        store.add_judged([execution_row(earlier)], (), set())
        late: set[tuple[object, ...]] = set()
        back = store.add_judged([execution_row(one) for one in evidence], rows, late)
        assert late == {("1", f"d{repeated}")}
        assert back == [rows[repeated]]
        assert store.execution("1", f"d{repeated}") == earlier
        assert {row.index for row in store.judgements("strict")} == {0, 1, 2} - {repeated}
        assert len(store.execution_keys()) == 3

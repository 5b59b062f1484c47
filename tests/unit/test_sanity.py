"""Sampling sanity: each warning has a run that raises it and one that does not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from codeeval.stats.sanity import SanityReport, check_sampling
from codeeval.types import Sample


def samples(texts: list[list[str]], **fields: Any) -> list[Sample]:
    """One problem per inner list; `fields` go into every sample."""
    return [
        Sample(f"p{i}", j, "digest", text, **{"finish_reason": "stop", **fields})
        for i, group in enumerate(texts)
        for j, text in enumerate(group)
    ]


def codes(found: list[Sample], temperature: float | None = 0.6) -> list[str]:
    """Codes of the warnings, in order."""
    return [warning.code for warning in check_sampling(found, temperature).warnings]


def told(found: SanityReport) -> str:
    """All its warnings in one text."""
    return "\n".join(warning.message for warning in found.warnings)


VARIED = [[f"    return {i + j}" for j in range(10)] for i in range(8)]
EQUAL = [["    return 1"] * 10 for _ in range(8)]


def test_varied_samples_raise_nothing() -> None:
    """Distinct texts that end at a stop are what sampling looks like."""
    report = check_sampling(samples(VARIED), 0.6)
    assert report.warnings == ()
    assert (report.problems, report.samples, report.distinct, report.all_equal) == (8, 80, 1.0, 0.0)


def test_equal_samples_are_noticed_unless_asked_for() -> None:
    """At temperature 0.6 equal samples are two warnings; at 0 they are one note that n samples are one."""
    assert codes(samples(EQUAL)) == ["few_distinct", "all_equal"]
    assert codes(samples(EQUAL), None) == ["few_distinct", "all_equal"]
    assert codes(samples(EQUAL), 0.0) == ["greedy"]


def test_a_few_easy_problems_may_repeat() -> None:
    """Half of the problems with equal samples is still within the thresholds."""
    assert codes(samples(VARIED[:4] + EQUAL[:4])) == []


def test_a_constant_seed_is_noticed_where_samples_repeat() -> None:
    """One recorded seed is a fault where it gave one text, not where a backend drew ten texts from one stream."""
    seeded = [Sample(f"p{i}", j, "d", "x", "stop", seed=7 + i) for i in range(4) for j in range(5)]
    assert "constant_seed" in codes(seeded)
    stream = [Sample(f"p{i}", j, "d", f"x{j}", "stop", seed=7 + i) for i in range(4) for j in range(5)]
    assert codes(stream) == []


def test_a_backend_that_draws_from_one_stream_is_not_told_to_seed_its_samples() -> None:
    """Whoever runs `hf` can't give each sample a seed; that the texts are equal is still said, and no server is blamed."""
    seeded = [Sample(f"p{i}", j, "d", "x", "stop", seed=7 + i) for i in range(4) for j in range(5)]
    found = check_sampling(seeded, 0.6, "hf")
    assert [warning.code for warning in found.warnings] == ["few_distinct", "all_equal"]
    assert found.constant_seed == 1.0
    assert "the model is sure of them" in found.warnings[1].message
    assert "the server may ignore n" in check_sampling(seeded, 0.6, "openai").warnings[1].message


def test_one_seed_for_all_problems_is_noticed() -> None:
    """Prompts that share a seed share a random stream; one problem alone can't."""
    assert codes(samples(VARIED, seed=1234)) == ["shared_seed"]
    assert codes(samples(VARIED[:1], seed=1234)) == []


def test_stops_at_the_first_character_are_noticed() -> None:
    """Nothing left after the stop is a format failure, nothing at all without a stop is an empty answer."""
    assert "stopped_at_once" in codes(samples([["", "a", "b", "c"]] * 3))
    assert "empty" in codes(samples([["", "a", "b", "c"]] * 3, finish_reason="unknown"))
    cut = check_sampling(samples([[""] * 4] * 3, raw="\ndef f(): pass"), 0.6)
    assert cut.stopped_at_once == 1.0
    assert "1.00 of the samples were cut" in told(cut)
    unknown = check_sampling(samples([[""] * 4] * 3), 0.6)
    assert "1.00 of the samples ended before their first character" in told(unknown)


def test_no_stop_sequence_is_blamed_where_none_was_in_force() -> None:
    """Without stops, and with an engine that would have shown the stop, an empty text is the model's."""
    nothing = samples([[""] * 4] * 3)
    for found in (check_sampling(nothing, 0.6, stops=()), check_sampling(nothing, 0.6, "hf", ("\ndef",))):
        assert (found.stopped_at_once, found.empty) == (0.0, 1.0)
        assert "stop sequence" not in told(found)


def test_a_thought_in_the_text_is_noticed() -> None:
    """Where stop sequences cut it, and the backend can keep it apart; not where none did."""
    thinking = samples([["<think>a", "b", "c", "d"]] * 3) + samples([["e</think>f"]], finish_reason="length")
    found = check_sampling(thinking, 0.6, "openai", ("\ndef",))
    assert found.thought_in_text == pytest.approx(4 / 13)
    assert "-M think_tokens=2048" in told(found)
    for backend, stops in (("openai", ()), ("replay", ("\ndef",)), ("samples", None)):
        assert "think_tokens" not in told(check_sampling(thinking, 0.6, backend, stops))


def test_running_into_the_token_limit_is_noticed() -> None:
    """More than a tenth of samples that end by length is a warning, a tenth is not."""
    cut = samples([[f"a{j}" for j in range(10)]], finish_reason="length")
    whole = samples([[], *VARIED])
    assert "ended_by_length" in codes(cut)
    assert codes(cut[:8] + whole[:72]) == []
    assert codes(cut[:9] + whole[:71]) == ["ended_by_length"]


def test_single_samples_say_nothing_about_diversity() -> None:
    """With n = 1 there is nothing to compare, and no problems give no shares; both are None, not 0."""
    single = check_sampling(samples([["a"], ["a"]]), 0.6)
    assert (single.distinct, single.all_equal, single.constant_seed) == (None, None, None)
    nothing = check_sampling([], 0.6)
    assert (nothing.stopped_at_once, nothing.warnings) == (None, ())


def test_warnings_carry_share_and_threshold() -> None:
    """A reader can see by how much a threshold was passed; the JSON can be written."""
    document = json.loads(json.dumps(check_sampling(samples(EQUAL), 0.6).to_json()))
    first = document["warnings"][0]
    assert (first["code"], first["threshold"]) == ("few_distinct", 0.5)
    assert first["share"] == pytest.approx(0.1)

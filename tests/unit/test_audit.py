"""The audit of published rows: known answers, brute force on small sets, and what it says in words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codeeval.errors import UsageError
from codeeval.stats import histograms
from codeeval.stats.audit import AuditInput, audit, parse_triple
from codeeval.stats.passk import pass_at_k


def all_histograms(cells: int, size: int) -> Iterator[tuple[int, ...]]:
    """Every way to put `size` problems into `cells` counts, most in the first cell first."""
    if cells == 1:
        yield (size,)
        return
    for many in range(size, -1, -1):
        for rest in all_histograms(cells - 1, size - many):
            yield (many, *rest)


def brute(published: AuditInput, decimals: int) -> list[tuple[int, ...]]:
    """Consistent histograms by looking at each."""
    n, size, half = published.n, published.problems, Fraction(1, 2 * 10**decimals)
    found = []
    for histogram in all_histograms(n + 1, size):
        for k, text in zip(published.ks, published.values, strict=True):
            solved = (many * (1 - Fraction(comb(n - c, k), comb(n, k))) for c, many in enumerate(histogram))
            if abs(sum(solved, Fraction()) / size - Fraction(text)) > half:
                break
        else:
            found.append(histogram)
    return found


def test_starling_is_25_problems_with_one_correct_sample() -> None:
    """The published 0.015 / 0.076 / 0.152 has one explanation: c = 1 on 25 problems and c = 0 on 139."""
    found = audit(AuditInput(parse_triple("0.015/0.076/0.152"), 10, 164))
    assert found.histograms == ((139, 25, *[0] * 9),)
    assert (found.consistent, found.total) == (True, 1)
    words = " ".join(found.remarks)
    assert "no problem was solved more than once: 25 problems" in words
    assert "pass@10 = 10 × pass@1" in words


def test_all_zero_is_a_format_failure() -> None:
    """0 / 0 / 0 leaves only the histogram of nothing solved, and the remark points at the format."""
    found = audit(AuditInput(parse_triple("0/0/0"), 10, 164))
    assert found.histograms == ((164, *[0] * 10),)
    assert any("suspect the format" in remark for remark in found.remarks)


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 4), st.integers(1, 7), st.integers(1, 3), st.data())
def test_equals_brute_force(n: int, problems: int, decimals: int, data: st.DataObject) -> None:
    """The same histograms in the same order, and the same number of them, for triples that exist and for any others."""
    ks = tuple(sorted(data.draw(st.sets(st.integers(1, n), min_size=1, max_size=3))))
    if data.draw(st.booleans()):
        correct = data.draw(st.lists(st.integers(0, n), min_size=problems, max_size=problems))
        shares = [sum(pass_at_k(n, c, k) or 0.0 for c in correct) / problems for k in ks]
    else:
        shares = data.draw(st.lists(st.floats(0, 1), min_size=len(ks), max_size=len(ks)))
    published = AuditInput(tuple(f"{share:.{decimals}f}" for share in shares), n, problems, ks)
    expected = brute(published, decimals)
    found = audit(published, most=5)
    assert found.total == len(expected)
    assert list(found.histograms) == expected[:5]
    assert found.consistent == bool(expected)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 10), min_size=164, max_size=164))
def test_never_excludes_a_run_that_happened(correct: list[int]) -> None:
    """Whatever a run of the real size gives, rounded to three decimals, is not called inconsistent."""
    shares = [sum(pass_at_k(10, c, k) or 0.0 for c in correct) / 164 for k in (1, 5, 10)]
    patched = pytest.MonkeyPatch()
    patched.setattr(histograms, "_BUDGET", 200)
    try:
        found = audit(AuditInput(tuple(f"{share:.3f}" for share in shares), 10, 164), most=1)
    finally:
        patched.undo()
    assert found.consistent is not False
    assert not any("impossible" in remark for remark in found.remarks)


def test_count_goes_on_where_the_list_ends() -> None:
    """Of thousands of histograms the first few are listed and all are counted, exactly."""
    found = audit(AuditInput(("0.02", "0.08", "0.12"), 10, 164), most=3)
    assert found.total == 3379
    assert len(found.histograms) == 3
    assert list(found.histograms) == sorted(found.histograms, reverse=True)


def test_too_many_to_count_says_at_least(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the bound of the search the total is unknown and the text says so."""
    monkeypatch.setattr(histograms, "_BUDGET", 400)
    found = audit(AuditInput(("0.5", "0.7", "0.8"), 10, 164), most=2)
    assert found.total is None
    assert found.at_least >= 2


@pytest.mark.parametrize(
    ("text", "n", "problems", "remark"),
    [
        ("0.5/0.5/0.9", 10, 164, "no run of 10 samples"),
        ("0.152/0.076/0.015", 10, 164, "pass@1 exceeds pass@5: impossible"),
        ("0.010/0.060/0.060", 10, 164, "pass@5 exceeds 5 × pass@1: impossible"),
        ("0.31/0.42/0.45", 10, 30, "no mean pass@10 of 30 problems rounds to the value given"),
    ],
)
def test_impossible_rows_are_excluded(text: str, n: int, problems: int, remark: str) -> None:
    """Each kind of contradiction is proved and named."""
    found = audit(AuditInput(parse_triple(text), n, problems))
    assert (found.consistent, found.total, found.histograms) == (False, 0, ())
    assert any(remark in line for line in found.remarks)


def test_all_or_nothing_is_noticed() -> None:
    """pass@1 = pass@10 means that sampling added nothing."""
    found = audit(AuditInput(parse_triple("0.500/0.500/0.500"), 10, 164))
    words = " ".join(found.remarks)
    assert "always or never" in words
    assert "further samples solve nothing new" in words


def test_decimals_are_those_of_the_longest() -> None:
    """0.1 beside 0.152 is 0.100; percentages and commas are read; --decimals overrides."""
    assert audit(AuditInput(("0.1", "0.3", "0.305"), 10, 20)).windows[0] == pytest.approx((0.0995, 0.1005))
    assert audit(AuditInput(("10%", "30,5%"), 10, 20, (1, 5))).windows[1] == pytest.approx((0.3045, 0.3055))
    assert audit(AuditInput(("0.1",), 10, 20, (1,), decimals=1)).windows[0] == pytest.approx((0.05, 0.15))


@pytest.mark.parametrize(
    "text", ["", "a/b/c", "1.2/0/0", "0.1//0.3", "-0.1/0.2/0.3", "101%/1/1", "0.1/0.2/nan", "١/0/0"]
)
def test_what_is_no_share_is_refused(text: str) -> None:
    """The message shows the part that can't be read and an example."""
    with pytest.raises(UsageError, match=r"write for example 0\.015/0\.076/0\.152"):
        parse_triple(text)


@given(st.text(max_size=20))
def test_parser_returns_shares_or_refuses(text: str) -> None:
    """Any text gives parts that the audit can read, or a UsageError."""
    try:
        parts = parse_triple(text)
    except UsageError:
        return
    if len(parts) <= 3:
        assert audit(AuditInput(parts, 3, 2, (1, 2, 3)[: len(parts)])).consistent is not None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"n": 0}, "must be positive"),
        ({"n": 5}, "every k must lie between 1 and n = 5"),
        ({"ks": (1, 5)}, "3 values for 2 k"),
        ({"ks": (1, 5, 5)}, "occur once"),
        ({"problems": 10**9}, "at most"),
        ({"decimals": 40}, "decimals"),
    ],
)
def test_impossible_questions_are_refused(changes: dict[str, object], message: str) -> None:
    """Each wrong flag has its own message."""
    values: dict[str, object] = {"values": ("0.1", "0.2", "0.3"), "n": 10, "problems": 164, **changes}
    with pytest.raises(UsageError, match=message):
        AuditInput(**values)  # type: ignore[arg-type]


def test_json_can_be_written() -> None:
    """Histograms come as lists of n + 1 numbers."""
    document = json.loads(json.dumps(audit(AuditInput(("0.015", "0.076", "0.152"), 10, 164)).to_json()))
    assert document["histograms"] == [[139, 25, *[0] * 9]]
    assert document["total"] == 1


@pytest.mark.parametrize(("values", "n"), [("0.95/1.00/1.00", 50), ("0.99/1.00/1.00", 200), ("0.999/1.000/1.000", 100)])
def test_saturated_rows_are_settled(values: str, n: int) -> None:
    """Nearly every problem is solved always: the search starts from that end, and what it lists does give the row."""
    found = audit(AuditInput(parse_triple(values), n, 164), most=2)
    assert found.consistent is True
    for histogram in found.histograms:
        assert sum(histogram) == 164
        for k, (low, high) in zip(found.ks, found.windows, strict=True):
            mean = sum(many * (pass_at_k(n, c, k) or 0.0) for c, many in enumerate(histogram)) / 164
            assert low - 1e-12 <= mean <= high + 1e-12

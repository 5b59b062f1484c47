"""Waiting and asking again: how long, how often, and what ends it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeeval.generators.common.parallel import run_ahead
from codeeval.generators.common.retry import (
    LONGEST_ADVICE_S,
    LONGEST_WAIT_S,
    Exhausted,
    Later,
    Retrier,
    RetryLimits,
    retry_after_s,
)


@given(st.integers(0, 10_000), st.floats(0, 1, exclude_max=True), st.none() | st.floats(0, 1e9))
def test_waits_grow_within_bounds(attempt: int, drawn: float, advised: float | None) -> None:
    """Never below half of the step, never beyond the longest, not before the server's advice unless that is absurd."""
    wait = Retrier(RetryLimits(), threading.Event(), lambda: drawn).wait_s(attempt, advised)
    step = min(LONGEST_WAIT_S, 0.5 * 2.0 ** min(attempt, 20))
    assert step / 2 <= wait <= max(step, LONGEST_ADVICE_S)
    if advised is not None:
        assert wait >= min(advised, LONGEST_ADVICE_S)
    else:
        assert wait <= step


def test_the_random_part_spreads_the_threads() -> None:
    """Two threads that fail together come back apart."""
    waits = {Retrier(RetryLimits(), threading.Event()).wait_s(4, None) for _ in range(20)}
    assert len(waits) > 1


@given(st.text())
def test_any_header_is_read_without_failing(value: str) -> None:
    """A header is what a server wants it to be: seconds from 0, or nothing."""
    found = retry_after_s(value)
    assert found is None or 0 <= found < float("inf")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [(None, None), ("7", 7.0), ("0.5", 0.5), ("-3", 0.0), ("nan", None), ("inf", None), ("soon", None), ("", None)],
)
def test_header_in_seconds(value: str | None, seconds: float | None) -> None:
    """Numbers are seconds; what is none is no advice."""
    assert retry_after_s(value) == seconds


def test_header_as_a_date() -> None:
    """The other form that the standard allows; a date that is over means now."""
    assert retry_after_s(formatdate(1030, usegmt=True), now=lambda: 1000.0) == 30.0
    assert retry_after_s(formatdate(1030, usegmt=True), now=lambda: 2000.0) == 0.0


def test_other_errors_are_not_asked_again() -> None:
    """Only what may pass is repeated."""
    retrier = Retrier(RetryLimits(), threading.Event())
    with pytest.raises(ZeroDivisionError):
        retrier.call(lambda: 1 / 0)
    assert (retrier.requests, retrier.retries) == (1, 0)


def test_closing_ends_a_wait() -> None:
    """A thread that waits an hour because a server said so ends as soon as the run is closed."""
    stop = threading.Event()
    retrier = Retrier(RetryLimits(patience_s=1e6), stop)

    def fail() -> None:
        stop.set()
        raise Later("busy", after_s=3600)

    with pytest.raises(Exhausted, match="closed"):
        retrier.call(fail)
    with pytest.raises(Exhausted, match="closed"):
        retrier.call(fail)
    assert retrier.requests == 1


def test_run_ahead_gives_every_result_and_error() -> None:
    """Whatever the order: each item once, with its value or its error."""
    done = {one.item: one for one in run_ahead(lambda i: 12 // i, range(6), 3, threading.Event())}
    assert {item: one.value for item, one in done.items()} == {0: None, 1: 12, 2: 6, 3: 4, 4: 3, 5: 2}
    assert isinstance(done[0].error, ZeroDivisionError)


def test_run_ahead_takes_no_more_than_it_may() -> None:
    """With a consumer that stands still, only as many items are taken as there are threads."""
    taken: list[int] = []

    def items() -> Iterator[int]:
        for i in range(100):
            taken.append(i)
            yield i

    stop = threading.Event()
    results = run_ahead(lambda i: i, items(), 4, stop)
    next(results)
    assert len(taken) == 4
    next(results)
    assert len(taken) == 5
    results.close()
    assert stop.is_set()

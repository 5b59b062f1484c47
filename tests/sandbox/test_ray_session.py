"""Who leaves this process's connection to a Ray cluster."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.ray_session import Session


@pytest.fixture(autouse=True)
def no_session() -> Iterator[None]:
    before, Session.current = Session.current, None
    yield
    Session.current = before


def counting() -> tuple[Any, list[str]]:
    """Something with Ray's `shutdown`, and its calls."""
    calls: list[str] = []
    return SimpleNamespace(shutdown=lambda: calls.append("shutdown")), calls


def test_the_last_pool_leaves() -> None:
    ray, calls = counting()
    Session(ray, ours=True).leave()
    assert calls == ["shutdown"]


def test_a_newer_connection_stays() -> None:
    """As after `ray.shutdown()` by the user while a pool was open, and another pool since."""
    ray, calls = counting()
    older, Session.current = Session(ray, ours=True), Session(ray, ours=True)
    older.leave()
    assert not calls
    Session.current.leave()
    assert calls == ["shutdown"]

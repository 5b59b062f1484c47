"""Pages that every test of looks, rules and words visits, and what no page may do."""

from __future__ import annotations

from typing import Any

PAGES = (
    "",
    "before/",
    "before/p/1/",
    "before/p/1/2",
    "before/p/1/3",
    "before/p/4/1",
    "before/samples/?verdict=failed",
    "before/p/1/1?verdict=failed",
    "before/p/1/1/diff",
    "compare/before/after/",
    "compare/after/before/?protocol=strict",
    "compare/before/after/2",
    "?sort=-score&column=score&column=temperature&column=date",
    "before/?meta=difficulty:easy",
    "series/before/",
    "series/before/?allow_different=1&order=date&sort=range",
    "series/before/p/1",
)


def calm(watched: Any) -> None:
    """No violation of the policy, no error, no dialog, and nothing of the model's was executed."""
    assert watched.complaints == []
    assert "owned" not in watched.page.title()

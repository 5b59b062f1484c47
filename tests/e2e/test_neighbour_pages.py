"""The examples of the pages about neighbours do what they say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from codeeval.compat import code_eval

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.mark.local
@pytest.mark.parametrize("page", ["integrations.md", "training.md"])
def test_python_examples_run(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each block by itself, with its asserts."""
    monkeypatch.setenv("CODEEVAL_SANDBOX", "local")
    blocks = re.findall(r"```python\n(.*?)```", (DOCS / page).read_text("utf-8"), re.DOTALL)
    assert blocks
    try:
        for block in blocks:
            exec(compile(block, page, "exec"), {"__name__": "example"})  # noqa: S102 - the project's own pages
    finally:
        code_eval.close()

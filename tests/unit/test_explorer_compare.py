"""What two runs must share is asked in one place: the explorer refuses what `codeeval compare` refuses, in the same words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from explorer_runs import make_run

pytest.importorskip("starlette")
from starlette.testclient import TestClient

from codeeval.errors import CodeevalError
from codeeval.explorer.library import Library
from codeeval.explorer.security import Gate
from codeeval.explorer.server import application
from codeeval.manifest import Manifest
from codeeval.stats.compare import CompareOptions, compare
from codeeval.store import RunReader, RunStore
from codeeval.store.runcounts import require_complete, run_counts

ORIGIN = "http://127.0.0.1:8451"
SAMPLES = {"1": ["right", "wrong"], "2": ["right", "right"]}


def changed(made: Manifest, **sandbox: object) -> Manifest:
    return made.model_copy(update={"sandbox": made.sandbox.model_copy(update=sandbox)})


DIFFERENT: dict[str, Callable[[Manifest], Manifest]] = {
    "problems": lambda made: made.model_copy(
        update={"task": made.task.model_copy(update={"problems_digest": "another"})}
    ),
    "prompt": lambda made: made.model_copy(update={"prompt": made.prompt.model_copy(update={"digest": "another"})}),
    "protocol": lambda made: made.model_copy(update={"protocol": "strict"}),
    "image": lambda made: changed(made, describe={"image_tag": "codeeval:2"}),
    "limits": lambda made: changed(made, limits={"cpu_s": 9.0}),
}


def both(folder: Path, change: Callable[[Manifest], Manifest]) -> None:
    """Runs `a` and `b`, of which b is changed."""
    for name in ("a", "b"):
        make_run(folder / name, SAMPLES)
        with RunStore.open(folder / name) as store:
            made = changed(store.manifest(), limits={"cpu_s": 4.0}, describe={"image_tag": "codeeval:1"})
            store.put_manifest(change(made) if name == "b" else made)


def told_by_command(folder: Path, allow_different: bool = False) -> tuple[str, tuple[str, ...]]:
    """(the error, the warnings) of `codeeval compare`."""
    try:
        sides = {}
        for name in ("a", "b"):
            with RunReader(folder / name) as reader:
                if not allow_different:
                    require_complete(reader)
                sides[name] = run_counts(reader, name=name)
        return "", compare(sides["a"], sides["b"], CompareOptions(allow_different=allow_different)).warnings
    except CodeevalError as error:
        return str(error), ()


def told_by_page(folder: Path, query: str = "") -> tuple[str, tuple[str, ...]]:
    with TestClient(application(Library.of([folder]), Gate(token="t")), base_url=ORIGIN) as client:
        page = client.get(f"/compare/a/b/index.json{query}").json()
        shown = client.get(f"/compare/a/b/{query}").text
    assert ("allow_different=1" in shown) == bool(page["error"] or query)
    return page["error"], tuple(page["warnings"])


@pytest.mark.parametrize("what", DIFFERENT)
def test_the_explorer_refuses_what_compare_refuses(tmp_path: Path, what: str) -> None:
    """And compares it where that is asked for, with the same warnings."""
    both(tmp_path, DIFFERENT[what])
    error, _ = told_by_command(tmp_path)
    assert f"different {what}: " in error
    assert told_by_page(tmp_path) == (error, ())
    allowed = told_by_command(tmp_path, allow_different=True)
    assert allowed[1]
    assert told_by_page(tmp_path, "?allow_different=1") == allowed


def test_like_runs_are_compared(tmp_path: Path) -> None:
    """Without a word."""
    both(tmp_path, lambda made: made)
    assert told_by_command(tmp_path) == told_by_page(tmp_path) == ("", ())


def test_an_incomplete_run_is_refused(tmp_path: Path) -> None:
    """What happens to be there would be biased."""
    make_run(tmp_path / "a", SAMPLES)
    make_run(tmp_path / "b", SAMPLES, wanted=5)
    error, _ = told_by_command(tmp_path)
    assert "the run is incomplete, 6 samples are pending" in error
    assert told_by_page(tmp_path) == (error, ())
    assert told_by_page(tmp_path, "?allow_different=1") == told_by_command(tmp_path, allow_different=True)

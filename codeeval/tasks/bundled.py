"""Locate what comes with codeeval (the problem set and the demo model) in a source checkout or an installed wheel."""

from __future__ import annotations

from pathlib import Path

from codeeval.errors import UsageError

DEMO_MODEL = "demo-model"
#: name in the installed package (below codeeval/bundled) -> path in a source checkout
_CHECKOUT = {"rustarter.jsonl": "problems/rustarter.jsonl", DEMO_MODEL: "demo/model"}


def page(name: str) -> str:
    """Where to read a page of the documentation: its path in this installation or checkout."""
    package = Path(__file__).resolve().parent.parent
    places = (package / "bundled" / name, package.parent / "docs" / name)
    return str(next(filter(Path.is_file, places), f"the page {name} of codeeval's documentation"))


def bundled(name: str) -> Path:
    """The path of `rustarter.jsonl` (a file) or `demo-model` (a folder). Raises UsageError if it is missing."""
    if name not in _CHECKOUT:
        raise UsageError(f"nothing bundled is called {name!r}; there are: {', '.join(_CHECKOUT)}")
    package = Path(__file__).resolve().parent.parent
    for path in (package / "bundled" / name, package.parent / _CHECKOUT[name]):
        if path.exists():
            return path
    raise UsageError(f"the bundled {name} is missing from this installation of codeeval; install it again")

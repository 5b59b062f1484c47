"""The digest of what each picture of docs/images shows, so that a test can tell when a picture is stale.

docs/pictures.py and docs/explorer_picture.py call `record` after drawing.
"""

from __future__ import annotations

import ast
import hashlib
import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RECORDED = ROOT / "docs" / "images" / "sources.json"
#: Picture -> the files that it is drawn from: a change in them may change the picture.
_EXPLORER = ("codeeval/explorer/templates/*", "codeeval/explorer/assets/*")
_PAGES = ("runs", "samples", "problem", "sample", "diff", "compare", "compare-problem", "series", "history")
SOURCES = {
    "explorer.png": _EXPLORER,
    **{f"explorer-{page}.png": _EXPLORER for page in _PAGES},
    "report.png": ("codeeval/report/plot*.py", "codeeval/report/waterfall_plot.py"),
}
#: The command that draws all of them again.
COMMAND = "make pictures"


def digest(picture: str) -> str:
    """Over the files that `picture` is drawn from, and the problems and the model of the run that it shows."""
    found = hashlib.sha256()
    patterns = (*SOURCES[picture], "problems/rustarter.jsonl", "demo/model/DIGEST")
    for path in sorted({path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file()}):
        found.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + content(path) + b"\0")
    return found.hexdigest()


def content(path: Path) -> bytes:
    """The bytes of a file; of a module its code, because no comment or docstring changes a picture."""
    if path.suffix != ".py":
        return path.read_bytes()
    tree = ast.parse(path.read_bytes())
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and ast.get_docstring(node, clean=False) is not None
        ):
            del node.body[0]
    return ast.unparse(tree).encode()


def recorded() -> dict[str, str]:
    """picture -> the digest of the files that it was drawn from."""
    return dict(json.loads(RECORDED.read_text("utf-8"))) if RECORDED.is_file() else {}


def record(picture: str) -> None:
    """Record that `picture` is up to date."""
    RECORDED.write_text(json.dumps({**recorded(), picture: digest(picture)}, indent=1, sort_keys=True) + "\n", "utf-8")

"""What each picture of docs/images shows, by digest, so that a test can say when a picture is stale.

docs/pictures.py and docs/explorer_picture.py call `record` when they have drawn.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RECORDED = ROOT / "docs" / "images" / "sources.json"
#: Picture -> what it is drawn from: a change of it may change the picture.
_EXPLORER = ("codeeval/explorer/templates/*", "codeeval/explorer/assets/*")
_PAGES = ("runs", "samples", "problem", "sample", "diff", "compare", "compare-problem", "series", "history")
SOURCES = {
    "explorer.png": _EXPLORER,
    **{f"explorer-{page}.png": _EXPLORER for page in _PAGES},
    "report.png": ("codeeval/report/plot*.py", "codeeval/report/waterfall_plot.py"),
}
#: How each is drawn anew.
COMMAND = "make pictures"


def digest(picture: str) -> str:
    """Of the files that `picture` is drawn from, and the problems and the model of the run that it shows."""
    found = hashlib.sha256()
    patterns = (*SOURCES[picture], "problems/rustarter.jsonl", "demo/model/DIGEST")
    for path in sorted({path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file()}):
        found.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


def recorded() -> dict[str, str]:
    """picture -> the digest of what it was drawn from."""
    return dict(json.loads(RECORDED.read_text("utf-8"))) if RECORDED.is_file() else {}


def record(picture: str) -> None:
    """Note that `picture` shows what is there now."""
    RECORDED.write_text(json.dumps({**recorded(), picture: digest(picture)}, indent=1, sort_keys=True) + "\n", "utf-8")

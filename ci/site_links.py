"""A mkdocs hook: links to files outside docs/, which are in the repository but not on the site, are replaced by their
names."""

from __future__ import annotations

import re
from typing import Any

_OUTSIDE = re.compile(r"\[([^\]]+)\]\(\.\./([^)#\s]+)(?:#[^)]*)?\)")


def on_page_markdown(markdown: str, **_: Any) -> str:
    """The page without links that lead outside the site."""
    return _OUTSIDE.sub(lambda found: f"{found[1]} (in the repository: `{found[2]}`)", markdown)

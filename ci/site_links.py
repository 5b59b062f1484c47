"""A hook of mkdocs: what the pages link to outside of docs/ is in the repository and not on the site, so it is named instead."""

from __future__ import annotations

import re
from typing import Any

_OUTSIDE = re.compile(r"\[([^\]]+)\]\(\.\./([^)#\s]+)(?:#[^)]*)?\)")


def on_page_markdown(markdown: str, **_: Any) -> str:
    """The page without links that lead out of the site."""
    return _OUTSIDE.sub(lambda found: f"{found[1]} (in the repository: `{found[2]}`)", markdown)

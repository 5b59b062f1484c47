"""Parse untrusted TOML (a policy comes with a pull request): bounded, with one kind of failure."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from codeeval.files import opened, reason
from codeeval.i18n import msg

#: Settings and policies have a few dozen lines.
MAX_BYTES = 256 * 1024
#: A key with many parts takes quadratic time to parse.
_MAX_PARTS = 100


def load(path: Path) -> dict[str, Any]:
    """Raises OSError for a file that can't be read, ValueError for one that is not TOML or is unreasonably large."""
    with opened(path) as stream:
        data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ValueError(msg("larger than {n} KiB", n=MAX_BYTES >> 10))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(reason(error)) from None
    for number, line in enumerate(text.split("\n"), 1):
        if line.partition("=")[0].count(".") > _MAX_PARTS:
            raise ValueError(f"a key of too many parts (at line {number})")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None

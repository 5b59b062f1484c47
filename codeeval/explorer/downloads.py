"""A zip with the pages of runs, made when a page's button requests it."""

from __future__ import annotations

import os
import tempfile
import threading
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from codeeval.errors import StoreError
from codeeval.explorer.library import RunFile
from codeeval.explorer.static import export_site
from codeeval.files import reason
from codeeval.i18n import at


class Busy(Exception):
    """Another export is being made."""


class Downloads:
    """Makes one at a time: exporting a large run uses all processors for half a minute."""

    def __init__(self, lang: str) -> None:
        self._lang = lang
        self._lock = threading.Lock()

    def zipped(self, runs: Sequence[RunFile]) -> Path:
        """A new file, which the caller deletes. Raises Busy and CodeevalError."""
        if not self._lock.acquire(blocking=False):
            raise Busy
        try:
            return self._made([run.path for run in runs])
        finally:
            self._lock.release()

    def _made(self, runs: Sequence[Path]) -> Path:
        try:
            with tempfile.TemporaryDirectory(prefix="codeeval-export-") as folder:
                site = Path(folder) / "site"
                export_site(runs, site, self._lang)
                handle, name = tempfile.mkstemp(prefix="codeeval-export-", suffix=".zip")
                try:
                    with os.fdopen(handle, "wb") as stream:
                        _zip(site, stream)
                except BaseException:
                    os.unlink(name)
                    raise
                return Path(name)
        except OSError as error:
            raise StoreError(at(tempfile.gettempdir(), reason(error))) from None


def _zip(site: Path, stream: BinaryIO) -> None:
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        for path in sorted(site.rglob("*")):
            if path.is_file():
                packed.write(path, path.relative_to(site).as_posix())

"""The files of an export, and what surrounds its pages."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from codeeval.errors import StoreError
from codeeval.explorer import pages
from codeeval.explorer.links import Links
from codeeval.explorer.pages import Frame
from codeeval.files import reason
from codeeval.i18n import at


@dataclass(frozen=True, slots=True)
class Site:
    """A folder of pages in one language. `nonce`: allows the pages' style and script, but no shown content, because it
    was unknown when that was written."""

    folder: Path
    lang: str = "en"
    nonce: str = ""

    def frame(self, path: str, *crumbs: tuple[str, str], protocol: str = "", series: str = "") -> Frame:
        """The frame of the page at `path` (which ends in .html)."""
        name = path.rpartition("/")[2].removesuffix(".html") + ".json"
        return Frame(self.links(path, protocol), name, crumbs, self.lang, nonce=self.nonce, series=series)

    def links(self, path: str, protocol: str = "") -> Links:
        return Links(depth=path.count("/"), static=True, protocol=protocol)

    def write(self, path: str, html: bytes, page: object) -> None:
        """A page and its twin. Raises StoreError."""
        self.write_file(path, html)
        self.write_file(f"{path.removesuffix('.html')}.json", pages.to_json(page).encode("ascii"))

    def write_assets(self) -> None:
        """Write the shared style and script."""
        for name, text in pages.assets().items():
            self.write_file(name, text.encode("utf-8"))

    def write_file(self, path: str, content: bytes) -> None:
        target = self.folder / path
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        except OSError as error:
            raise StoreError(at(str(target), reason(error))) from None

"""Draws the explorer's picture from a real run, so that it stays true.

    python docs/explorer_picture.py RUN

Writes docs/images/explorer.png: the top of the run's page in Chromium, as `codeeval explore RUN` shows it.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from picture_sources import record
from playwright.sync_api import sync_playwright

from codeeval.explorer.static import export_site

PICTURE = Path(__file__).parent / "images" / "explorer.png"


def main() -> None:
    """Command line: one argument, the run's folder."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        sys.exit("Chromium is needed: apt install chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        export_site([Path(sys.argv[1])], Path(folder) / "site")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 1180}, color_scheme="light")
        (run,) = (path for path in (Path(folder) / "site").iterdir() if path.is_dir())
        page.goto((run / "index.html").as_uri())
        page.screenshot(path=PICTURE)
        browser.close()
    record(PICTURE.name)
    print("wrote", PICTURE)


if __name__ == "__main__":
    main()

"""Draw the explorer's pictures from real runs, so that they stay correct: one of each kind of page.

    python docs/explorer_picture.py RUN [RUN...]

Writes docs/images/explorer*.png: the tops of pages in Chromium, as `codeeval explore RUN...` shows them. `explorer.png`
is the page of the first run. The pages about several runs are drawn if there are at least three.
"""

from __future__ import annotations

import argparse
import shutil
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from picture_sources import record
from playwright.sync_api import sync_playwright
from starlette.testclient import TestClient

from codeeval.explorer.library import Library
from codeeval.explorer.security import Gate
from codeeval.explorer.server import application

IMAGES = Path(__file__).parent / "images"
#: Pages of one run; `{sample}` is one that failed, `{problem}` its problem.
ONE = {
    "explorer": "{run}/",
    "explorer-samples": "{run}/samples/?verdict=failed",
    "explorer-problem": "{run}/p/{problem}/",
    "explorer-sample": "{run}/p/{problem}/{sample}",
    "explorer-diff": "{run}/p/{problem}/{sample}/diff",
}
#: Pages of several runs.
SEVERAL = {
    "explorer-runs": "",
    "explorer-compare": "compare/{run}/{last}/",
    "explorer-compare-problem": "compare/{run}/{last}/{problem}",
    "explorer-series": "series/{run}/",
    "explorer-history": "series/{run}/p/{problem}",
}
HEIGHTS = {"explorer": 1180, "explorer-series": 1180}


@contextmanager
def serving(library: Library) -> Iterator[str]:
    """Serve the explorer on a free port; yields its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(application(library, Gate()), log_level="error", lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        finally:
            server.should_exit = True
            thread.join()


def places(library: Library) -> dict[str, object]:
    """Values for the placeholders in the addresses: a failed sample of a problem that some sample solved."""
    client = TestClient(application(library, Gate()), base_url="http://127.0.0.1")
    run, last = library.runs[0].slug, library.runs[-1].slug
    rows = client.get(f"/{run}/samples/index.json?verdict=failed").json()["rows"]
    solved = {row["problem_id"] for row in client.get(f"/{run}/samples/index.json?verdict=passed").json()["rows"]}
    chosen = next((row for row in rows if row["problem_id"] in solved), rows[0])
    return {"run": run, "last": last, "problem": chosen["problem_id"], "sample": chosen["index"]}


def main() -> None:
    """Command line: folders of runs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", metavar="RUN", nargs="+", type=Path, help="folders of runs")
    runs = parser.parse_args().runs
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        sys.exit("Chromium is needed: apt install chromium")
    library = Library.of(runs)
    named = places(library)
    shown = {**ONE, **(SEVERAL if len(library.runs) > 2 else {})}
    with serving(library) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, path in shown.items():
            height = HEIGHTS.get(name, 820)
            page = browser.new_page(viewport={"width": 1280, "height": height}, color_scheme="light")
            page.goto(address + path.format(**named))
            page.screenshot(path=IMAGES / f"{name}.png")
            page.close()
            record(f"{name}.png")
            print("wrote", IMAGES / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main()

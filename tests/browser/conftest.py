"""A real Chromium, a real server process over real runs, and axe-core."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from explorer_server import Server, start, stop

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "unit"), str(ROOT / "tests" / "e2e")]
CACHE = Path(__file__).resolve().parent / ".cache"
AXE_VERSION = "4.10.3"


@dataclass
class Watched:
    """A browser page, and everything that it complained about or asked for."""

    page: Any
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda message: self.complaints.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("dialog", self._dialog)

    def _dialog(self, dialog: Any) -> None:
        self.complaints.append("a dialog")
        dialog.dismiss()


@pytest.fixture(scope="module")  # its event loop must end with these tests: others call asyncio.run
def browser(chromium: str) -> Iterator[Any]:
    """Chromium, driven by Playwright."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed (pip install -e '.[dev]')"
    )
    with playwright.sync_playwright() as running:
        found = running.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture
def open_page(browser: Any) -> Iterator[Any]:
    """`open_page(url, width=1280, dark=False, **context)`: a new page at that address, watched."""
    contexts = []

    def opened(url: str, width: int = 1280, dark: bool = False, **more: Any) -> Watched:
        scheme = "dark" if dark else "light"
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, **more)
        contexts.append(context)
        watched = Watched(context.new_page())
        watched.page.goto(url)
        return watched

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three runs of one task with hostile completions, executed in a real sandbox; the last is a copy."""
    from cli_runs import codeeval, problem, write_lines
    from explorer_runs import CODE, HOSTILE

    root = tmp_path_factory.mktemp("browser")
    rows = [{**problem(pid), "outputs": ["3", "42"]} for pid in range(1, 7)]
    for row in rows:
        row["meta"] = {**row["meta"], "difficulty": ["easy", "hard"][row["meta"]["id"] % 2], "topics": ["add"]}
    write_lines(root / "tasks.jsonl", rows)
    right, wrong = "\n    return a + b", "\n    return a - b"
    hostile = (
        "\n    print('<b>hi</b> </script><script>document.title=`owned`</script> \\x1b[31m \\u202e')"
        "\n    raise ValueError('<img src=x onerror=alert(1)> \\u202e \\x00')"
    )
    fenced = "```python\ndef add(a, b):\n    return a + b\n```"
    assert set(CODE)
    before = {1: [right, wrong, hostile, HOSTILE], 2: [right] * 4, 3: [wrong, right, right, "\n    return ("]}
    before |= {4: [right, fenced, right, right], 5: [""] * 4, 6: ["\n    return a / 0", right, right, right]}
    after = {**before, 2: [wrong] * 4, 5: [right] * 4}
    for name, completions in (("before", before), ("after", after)):
        samples = [{"task_id": pid, "completion": text} for pid, texts in completions.items() for text in texts]
        path = root / f"{name}.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in samples), "ascii")
        done = codeeval(
            root, "score", "-t", "tasks.jsonl", "--samples", path, "-o", f"runs/{name}", "--sandbox", "local"
        )
        assert done.returncode == 0, done.stderr
    shutil.copytree(root / "runs" / "after", root / "runs" / "later")
    return root / "runs"


@pytest.fixture(scope="module")
def server(runs: Path) -> Iterator[Server]:
    """The explorer of these runs."""
    running = start(runs)
    yield running
    stop(running)


@pytest.fixture(scope="module")
def russian(runs: Path) -> Iterator[Server]:
    """The same in Russian."""
    running = start(runs, lang="ru")
    yield running
    stop(running)


@pytest.fixture(scope="session")
def axe() -> str:
    """axe-core's source, from npm, kept in a folder that git ignores."""
    target = CACHE / f"axe-core-{AXE_VERSION}" / "axe.min.js"
    if not target.is_file():
        if shutil.which("npm") is None:
            if os.environ.get("CI") == "true":
                pytest.fail("CI=true and npm is missing, so axe-core can't be had", pytrace=False)
            pytest.skip("npm is missing, so axe-core can't be had")
        CACHE.mkdir(exist_ok=True)
        command = ["npm", "install", "--no-save", "--prefix", str(CACHE), f"axe-core@{AXE_VERSION}"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        if done.returncode:
            if os.environ.get("CI") == "true":
                pytest.fail(f"npm could not install axe-core: {done.stderr[-500:]}", pytrace=False)
            pytest.skip(f"npm could not install axe-core: {done.stderr[-200:]}")
        target.parent.mkdir(exist_ok=True)
        shutil.copy(CACHE / "node_modules" / "axe-core" / "axe.min.js", target)
    return target.read_text("utf-8")

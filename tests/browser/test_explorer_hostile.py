"""Runs in which every text is hostile, followed link by link in a real browser: of all that a page shows nothing is executed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urlsplit

import pytest
from explorer_server import Server, start, stop

from codeeval.explorer.annotations import Annotations
from codeeval.explorer.static import export_site

pytestmark = [pytest.mark.browser, pytest.mark.local, pytest.mark.slow]

MARK = "\"'><script>document.title='owned'</script><img src=x onerror=alert(1)><svg onload=alert(2)>\u202e\x1b[31m{{ 7 * 7 }}"
#: What a set lets an id hold of it.
NAME = "".join(char for char in MARK if char.isprintable())
#: Pages of one kind that are visited.
EACH = 15


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three runs of a set, one with hidden answers, and one with tests as code, executed in a real sandbox."""
    from cli_runs import codeeval, problem, write_lines

    root = tmp_path_factory.mktemp("hostile")
    rows = [problem(f"{n}{NAME}") for n in range(3)]
    for row in rows:
        row["inputs"]["function"] = row["inputs"]["function"].replace('"""', f'"""{MARK!r} ', 1)
        row["instruction"] = f"{MARK}\n{{function}}"
        row["outputs"] = [MARK for _ in row["outputs"]]
        row["meta"] = {**row["meta"], "topics": [MARK, "both"], "difficulty": MARK, MARK: MARK}
    write_lines(root / "open.jsonl", rows)
    write_lines(root / "hidden.jsonl", [{**row, "outputs": []} for row in rows])
    prompt, test = (
        f"def f(a, b):\n    # {MARK}\n",
        f"def check(candidate):\n    assert candidate(1, 2) == {MARK!r}  # {MARK}\n",
    )
    coded = {"prompt": prompt, "entry_point": "f", "canonical_solution": f"    return {MARK!r}\n", "test": test}
    write_lines(root / "coded.jsonl", [{"task_id": f"{NAME}/{n}", **coded} for n in range(2)])
    bodies = [
        f"    raise ValueError({MARK!r})\n",
        f"    print({MARK!r})\n    return {MARK!r}\n",
        f"    # {MARK}\n    return (\n",
        MARK,
    ]
    bodies += [f"```python\n{MARK}\n```", f"    return [{MARK!r}, b'<b>']\n"]
    for name, ids in (("open", [row["meta"]["id"] for row in rows]), ("coded", [f"{NAME}/{n}" for n in range(2)])):
        samples = [{"task_id": pid, "completion": f"\n{text}"} for pid in ids for text in bodies]
        (root / f"{name}.samples.jsonl").write_text("".join(json.dumps(one) + "\n" for one in samples))
    for task, run in (("open", "a-1"), ("open", "<b>-2"), ("open", "\"'-3"), ("hidden", "h<i>"), ("coded", "c")):
        given = f"{'coded' if task == 'coded' else 'open'}.samples.jsonl"
        arguments = ("-t", f"{task}.jsonl", "--samples", given, "-o", f"runs/{run}", "--sandbox", "local")
        done = codeeval(root, "score", *arguments)
        assert done.returncode == 0, done.stderr
    for made in (root / "runs").iterdir():
        Annotations(made).put("0" if made.name == "c" else f"0{NAME}", 1, MARK, MARK)
    return root / "runs"


@pytest.fixture(scope="module")
def hostile(folder: Path) -> Iterator[Server]:
    running = start(folder)
    yield running
    stop(running)


def visit(open_page: Any, first: list[str], inside: str, kind: Any) -> dict[str, int]:
    """Follow the links of pages inside of an address; kind of page -> how many were seen. Nothing may be executed or complained
    about, and nothing else asked for."""
    watched = open_page("about:blank")
    page = watched.page
    waiting, seen, counted = list(first), set(first), dict[str, int]()
    while waiting:
        address = waiting.pop(0)
        page.goto("about:blank")
        page.goto(address)
        counted[kind(address)] = counted.get(kind(address), 0) + 1
        page.evaluate("document.querySelectorAll('details').forEach(box => { box.open = true; })")
        assert page.locator("main script:not([type]), main img, svg[onload], main iframe").count() == 0, address
        assert (watched.complaints, page.title() == "owned") == ([], False), address
        for link in page.evaluate("[...document.querySelectorAll('a')].map(one => one.href)"):
            assert link.startswith(inside), (address, link)
            target = link if "samples-" in link else urldefrag(link)[0]
            wanted = not target.endswith((".json", ".jsonl", ".csv"))
            if wanted and target not in seen and sum(kind(one) == kind(target) for one in seen) < EACH:
                seen.add(target)
                waiting.append(target)
    assert all(url.startswith((inside, "about:")) for url in watched.requests)
    return counted


def test_no_page_executes_anything(open_page: Any, hostile: Server) -> None:
    """Of every kind: lists, searches, runs, problems, samples, differences, comparisons and many runs."""
    from test_explorer_crawl import KINDS, kind_of

    base = hostile.url
    page = open_page(base).page
    links = page.evaluate("[...document.querySelectorAll('.runs th a')].map(one => one.href)")
    runs = [link.split("/")[-2] for link in links if link.startswith(base) and link.endswith("/")]
    first = [base, *(f"{base}{run}/" for run in runs), *(f"{base}{run}/samples/?search=script" for run in runs)]
    first += [f"{base}{run}/samples/?tag=*" for run in runs] + [f"{base}{run}/samples/?verdict=failed" for run in runs]
    first += [f"{base}compare/{a}/{b}/?allow_different=1" for a in runs for b in runs if a != b][:8]
    counted = visit(open_page, first, base, lambda address: kind_of(urlsplit(address).path))
    assert {kind: counted.get(kind, 0) for kind in KINDS if not counted.get(kind)} == {}
    assert len(runs) == 5


def test_no_exported_page_executes_anything(open_page: Any, folder: Path, tmp_path: Path) -> None:
    """From the disk, with their filters."""
    export_site([folder], tmp_path / "site")
    inside = f"{(tmp_path / 'site').as_uri()}/"

    def kind(address: str) -> str:
        parts = address.removeprefix(inside).split("/")
        return f"{parts[0] if parts[0] in ('compare', 'series') else ''} {len(parts)} {'samples-' in parts[-1]}"

    counted = visit(open_page, [f"{inside}index.html"], inside, kind)
    assert len(counted) >= 7, counted

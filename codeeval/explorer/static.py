"""The same pages as files, to open from a disk or to publish: relative links, no server, nothing loaded from elsewhere.

All pages share one style file and one script file; their policy allows these by a nonce that is new with every export.
Samples of a problem share files of `links.CHUNK`; the address of a sample is such a file with `#s3`. Filters are in the
URL of a run's page (`index.html#verdict=timeout`) and are applied by a script there.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from itertools import permutations, product
from multiprocessing import get_context
from pathlib import Path

from codeeval.errors import UsageError
from codeeval.explorer import comparison, overview, pages, pages_series, shapes
from codeeval.explorer.annotations import FILE_NAME, MAX_FILE_BYTES, Annotation, Annotations
from codeeval.explorer.catalogue import catalogue
from codeeval.explorer.evidence import ProblemEvidence
from codeeval.explorer.filters import Filter
from codeeval.explorer.library import Library, RunFile
from codeeval.explorer.links import CHUNK, Links, compare_name, file_name, slug
from codeeval.explorer.numbers import RunNumbers
from codeeval.explorer.problem import ProblemHead, head_of, problem_head, problem_page
from codeeval.explorer.runs import runs_page
from codeeval.explorer.sample import sample_page
from codeeval.explorer.sample_model import SamplePage
from codeeval.explorer.site import Site
from codeeval.explorer.static_series import export_series, families_of
from codeeval.i18n import msg
from codeeval.store import PlannedProblem
from codeeval.store.inside import read_file
from codeeval.store.views import RunViews

#: From this many samples on, several processes share the work.
_MANY = 2_000
#: Up to this many runs every pair is compared; with more, a folder would consist mostly of comparisons.
_COMPARED = 6


def export_site(runs: Sequence[Path], folder: Path, lang: str = "en") -> None:
    """Write the pages of some runs into a folder, which must be new, empty, or an earlier export.

    Raises UsageError (no runs, or the folder holds something else), DataError and StoreError.
    """
    library = Library.of(runs)
    site = Site(folder, lang, secrets.token_urlsafe(16))
    _check(folder)
    page = runs_page(library)
    site.write_assets()
    related = families_of(library)
    for run in library.runs:
        _export_run(site, library, run, related.get(run.slug, ""))
    compared = len(library.runs) <= _COMPARED
    export_series(site, library, list(related.values()), compared=compared)
    if compared:
        for a, b in permutations(library.runs, 2):
            _export_comparison(site, library, a, b)
    site.write("index.html", pages_series.runs_html(page, site.frame("index.html")), page)


def _check(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise UsageError(msg("{out}: this is a file; name a folder with -o", out=folder))
    if folder.is_dir() and any(folder.iterdir()) and not _is_ours(folder):
        raise UsageError(msg("{out}: holds something else; name a new or an empty folder with -o", out=folder))


def _is_ours(folder: Path) -> bool:
    try:
        return 'content="codeeval explorer"' in (folder / "index.html").read_text("utf-8")[:2_000]
    except (OSError, UnicodeDecodeError):
        return False


# -- one run


def _export_run(site: Site, library: Library, run: RunFile, series: str) -> None:
    """`series`: the first of the runs comparable with it, if there are many."""
    numbers = library.numbers(run)
    with run.open() as reader:
        for protocol in numbers.protocols:
            _export_overview(site, run, library.numbers(run, protocol), reader, series)
    notes = Annotations(run.path.parent)
    if notes.read():
        (site.folder / run.slug / FILE_NAME).write_bytes(read_file(notes.path, MAX_FILE_BYTES))
    ids = [head.id for head in numbers.heads]
    workers = min(8, os.cpu_count() or 1)
    under = [library.numbers(run, protocol) for protocol in numbers.protocols]
    if sum(numbers.samples.values()) < _MANY or workers < 2:
        _export_problems(site, run, under, ids, series)
        return
    batches = [ids[at::workers] for at in range(workers)]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for done in [pool.submit(_export_problems, site, run, under, batch, series) for batch in batches]:
            done.result()


def _export_overview(site: Site, run: RunFile, numbers: RunNumbers, reader: RunViews, series: str) -> None:
    """All pages of the matrix under one protocol; the first has the data for the filters."""
    protocol = _other(numbers)
    at, last = 1, 1
    while at <= last:
        page = overview.run_page(run, numbers, reader, Filter(page=at))
        path = f"{run.slug}/{file_name(protocol, at)}.html"
        frame = site.frame(path, (run.name, ""), protocol=protocol, series=series)
        found = catalogue(run.slug, numbers, reader, frame.link, site.lang) if at == 1 else None
        site.write(path, pages.run_html(page, frame, found), page)
        last = page.matrix.pages
        at += 1


def _other(numbers: RunNumbers) -> str:
    """The protocol as used in links: "" is the requested one."""
    return "" if numbers.protocol == numbers.manifest.protocol else numbers.protocol


def _export_problems(site: Site, run: RunFile, under: Sequence[RunNumbers], ids: Sequence[str], series: str) -> None:
    """`under`: the run's numbers under each of its protocols, the requested one first."""
    notes = Annotations(run.path.parent).read()
    with run.open() as reader:
        for pid in ids:
            planned = reader.planned(pid)
            assert planned is not None
            for numbers in under:
                _export_problem(site, run, (numbers, reader), planned, series)
            found = {index: note for (problem_id, index), note in notes.items() if problem_id == pid}
            _export_samples(site, run, (under[0], reader), planned, found)


def _export_problem(
    site: Site, run: RunFile, source: tuple[RunNumbers, RunViews], planned: PlannedProblem, series: str
) -> None:
    numbers, reader = source
    page = problem_page(run, numbers, reader, planned)
    protocol = _other(numbers)
    path = f"{run.slug}/p/{slug(planned.problem.id)}/{file_name(protocol)}.html"
    name = f"{planned.problem.id} {planned.problem.entry_point}"
    up = site.links(path, protocol).run(run.slug)
    frame = site.frame(path, (run.name, up), (name, ""), protocol=protocol, series=series)
    site.write(path, pages.problem_html(page, frame), page)
    for part in range(2, shapes.grid(page, 1).pages + 1):
        further = path.replace(f"{file_name(protocol)}.html", f"{file_name(protocol, part)}.html")
        site.write_file(further, pages.problem_html(page, frame, part))


def _export_samples(
    site: Site,
    run: RunFile,
    source: tuple[RunNumbers, RunViews],
    planned: PlannedProblem,
    notes: dict[int, Annotation],
) -> None:
    numbers, reader = source
    pid = planned.problem.id
    head = problem_head(run, numbers, head_of(numbers, pid))
    evidence = ProblemEvidence.read(numbers, reader, planned, head)
    chunks: dict[int, list[SamplePage]] = {}
    for index in evidence.there:
        page = sample_page(numbers, reader, evidence, index, notes.get(index, Annotation()))
        if page is not None:
            chunks.setdefault(index // CHUNK + 1, []).append(page)
    for number, found in chunks.items():
        path = f"{run.slug}/p/{slug(pid)}/samples-{number}.html"
        frame = site.frame(path, *_crumbs(site.links(path), run, head))
        site.write(path, pages.samples_html(found, frame), pages.samples_twin(found))


def _crumbs(link: Links, run: RunFile, head: ProblemHead) -> tuple[tuple[str, str], ...]:
    name = f"{head.problem_id} {head.entry_point}"
    return (run.name, link.run(run.slug)), (name, link.problem(run.slug, head.problem_id)), ("#", "")


# -- two runs


def _export_comparison(site: Site, library: Library, a: RunFile, b: RunFile) -> None:
    page = comparison.compare_page((a, library.numbers(a)), (b, library.numbers(b)))
    differing = {change.problem_id for change in page.changes if change.change != "same"}
    for name, k in product(page.switched or ("",), page.ks):
        _export_score(site, library, (a, b), (name, k), differing)
    with ExitStack() as stack:
        opened = [comparison.Opened(run, library.numbers(run), stack.enter_context(run.open())) for run in (a, b)]
        for pid in differing:
            _export_pair(site, opened[0], opened[1], pid)


def _export_score(
    site: Site, library: Library, pair: tuple[RunFile, RunFile], chosen: tuple[str, int], differing: set[str]
) -> None:
    """The comparison under a protocol ("": each run's own) and k. `differing`: the problems for which there is a page
    with the programs, which shows the requested protocol."""
    (a, b), (name, k) = pair, chosen
    one, two = library.numbers(a, name), library.numbers(b, name)
    protocol = _other(one)
    page = comparison.compare_page((a, one), (b, two), k=k)
    path = f"compare/{a.slug}/{b.slug}/{compare_name(protocol, k)}.html"
    frame = site.frame(path, (f"{a.name} → {b.name}", ""), protocol=protocol)
    frame = replace(frame, link=replace(frame.link, k=k))
    entry_points = {head.id: head.entry_point for head in one.heads}
    shown = set() if protocol else differing
    site.write(path, pages.compare_html(page, frame, entry_points, lambda change: change.problem_id in shown), page)


def _export_pair(site: Site, a: comparison.Opened, b: comparison.Opened, pid: str) -> None:
    page = comparison.compare_problem_page(a, b, pid, only_differing=True)
    path = f"compare/{a.run.slug}/{b.run.slug}/{slug(pid)}.html"
    crumb = (f"{a.run.name} → {b.run.name}", site.links(path).compare(a.run.slug, b.run.slug))
    frame = site.frame(path, crumb, (f"{pid} {page.entry_point}", ""))
    site.write(path, pages.compare_problem_html(page, frame), page)

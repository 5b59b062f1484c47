"""The pages about many runs, as files: one per set of comparable runs, and one per problem of it."""

from __future__ import annotations

from collections.abc import Sequence

from codeeval.explorer import pages_series
from codeeval.explorer.families import families
from codeeval.explorer.history import history_page
from codeeval.explorer.library import Library, RunFile
from codeeval.explorer.links import Links, file_name, slug
from codeeval.explorer.series import SeriesChoice, series_page
from codeeval.explorer.site import Site
from codeeval.explorer.words import translator


def families_of(library: Library) -> dict[str, str]:
    """Run -> the first run of its family, by their names in URLs."""
    found = {run.slug: library.try_numbers(run) for run in library.runs}
    return {name: members[0] for members in families(library, found) for name in members}


def export_series(site: Site, library: Library, bases: Sequence[str], *, compared: bool) -> None:
    """Export the families of these runs, under each protocol; `compared`: whether pairs of runs have pages. Raises
    DataError and StoreError."""
    for base in dict.fromkeys(bases):
        run = library.find(base)
        assert run is not None
        for name in library.numbers(run).protocols:
            _export(site, library, (run, name), compared=compared)


def _export(site: Site, library: Library, chosen: tuple[RunFile, str], *, compared: bool) -> None:
    run, name = chosen
    numbers = library.numbers(run, name)
    protocol = "" if name == numbers.manifest.protocol else name
    title = translator(site.lang)("Many runs")
    at, last = 1, 1
    while at <= last:
        page = series_page(library, (run, numbers), SeriesChoice(page=at))
        path = f"series/{run.slug}/{file_name(protocol, at)}.html"
        frame = site.frame(path, (title, ""), protocol=protocol)
        site.write(path, pages_series.series_html(page, frame, compared=compared), page)
        last = page.pages
        at += 1
    for head in numbers.heads:
        found = history_page(library, (run, numbers), SeriesChoice(), head.id)
        path = f"series/{run.slug}/p/{slug(head.id)}{f'.{protocol}' if protocol else ''}.html"
        up: Links = site.links(path, protocol)
        crumbs = (title, up.series(run.slug)), (f"{head.id} {head.entry_point}", "")
        site.write(path, pages_series.history_html(found, site.frame(path, *crumbs, protocol=protocol)), found)

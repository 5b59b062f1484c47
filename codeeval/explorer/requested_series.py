"""The pages about many runs, made for a request."""

from __future__ import annotations

from starlette.requests import Request

from codeeval.explorer import pages_series
from codeeval.explorer.history import history_page
from codeeval.explorer.library import Library
from codeeval.explorer.links import Links
from codeeval.explorer.pages import Frame
from codeeval.explorer.requested import PageResponse, RequestedPages, going, links_from, query_of
from codeeval.explorer.series import SeriesChoice, series_page
from codeeval.explorer.words import translator


class SeriesPages:
    """Makes these pages of a library; all raise NotThere and CodeevalError."""

    def __init__(self, library: Library, pages: RequestedPages) -> None:
        self._library, self._pages = library, pages

    def series(self, request: Request) -> PageResponse:
        """All runs that can be compared with one."""
        self._library.look_again()
        base = self._pages.found(request)
        version = self._version()
        page = series_page(self._library, base, _choice(request))
        links = links_from(request, base[1])
        frame = Frame(links, f"index.json{query_of(request)}", (self._crumb(),), self._pages.lang)
        live = bool(self._library.folders) or any(one.run.going for one in page.left_out)
        frame = going(frame, "live.json", version, going=live)
        return PageResponse(page, lambda: pages_series.series_html(page, frame))

    def history(self, request: Request) -> PageResponse:
        """One problem through these runs."""
        run, numbers = self._pages.found(request)
        pid = self._pages.problem_id(run, request)
        choice = _choice(request)
        page = history_page(self._library, (run, numbers), choice, pid)
        links = links_from(request, numbers)
        name = request.path_params["problem"]
        crumbs = self._crumb(links, run.slug, choice), (f"{pid} {page.entry_point}", "")
        frame = Frame(links, f"{name}.json{query_of(request)}", crumbs, self._pages.lang)
        return PageResponse(page, lambda: pages_series.history_html(page, frame))

    def _crumb(self, links: Links | None = None, run: str = "", choice: SeriesChoice | None = None) -> tuple[str, str]:
        href = links.series(run, choice.query() if choice else ()) if links else ""
        return translator(self._pages.lang)("Many runs"), href

    def _version(self) -> str:
        """As answered by `live.json`."""
        return "|".join(map(self._library.version, self._library.runs))


def _choice(request: Request) -> SeriesChoice:
    return SeriesChoice.read(request.query_params, request.query_params.getlist("run"))

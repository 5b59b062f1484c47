"""The live explorer: a Starlette application over run files, which are opened read-only for each request."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Route

from codeeval.errors import CodeevalError
from codeeval.explorer import listing, pages
from codeeval.explorer.checks import Checks
from codeeval.explorer.downloads import Busy, Downloads
from codeeval.explorer.filters import Filter
from codeeval.explorer.forms import small_form
from codeeval.explorer.library import Library, RunFile
from codeeval.explorer.notes_requests import NotesRequests
from codeeval.explorer.replies import Replies
from codeeval.explorer.requested import NotThere, PageResponse, RequestedPages
from codeeval.explorer.requested_series import SeriesPages
from codeeval.explorer.security import REFUSAL, Gate, Guard
from codeeval.explorer.text import plain
from codeeval.store.columns import MISREADINGS


def application(library: Library, gate: Gate, lang: str = "en") -> Starlette:
    """The ASGI application over `library`, for `gate`'s host."""
    library.serve()
    explorer = _Explorer(library, gate, lang)
    return Starlette(
        routes=explorer.routes(),
        middleware=[
            Middleware(Guard, gate=gate, refusal=explorer.replies.said(REFUSAL)),
            Middleware(GZipMiddleware, minimum_size=2_000, compresslevel=4),
        ],
        exception_handlers={404: lambda request, error: explorer.replies.nothing(request)},
    )


CHECKING = "A value in the file can't be read. It is being checked for damage, which can take minutes; load this page again then."


class _Explorer:
    def __init__(self, library: Library, gate: Gate, lang: str) -> None:
        self._library, self._gate, self.replies = library, gate, Replies(lang)
        self._pages = RequestedPages(library, gate.token, lang)
        self._checks = Checks()
        self._downloads = Downloads(lang)

    def routes(self) -> list[Route]:
        """Each page with its JSON twin."""
        compare, made = "/compare/{a}/{b}/", self._pages
        return [
            Route("/", self._view(made.runs, as_json=False)),
            Route("/index.json", self._view(made.runs, as_json=True)),
            Route("/live.json", self._live_runs),
            Route("/export.zip", self._export, methods=["POST"]),
            Route("/compare", self._pick),
            Route(compare, self._view(made.compare, as_json=False)),
            Route(f"{compare}index.json", self._view(made.compare, as_json=True)),
            Route(f"{compare}live.json", self._live_pair),
            Route(f"{compare}{{problem}}.json", self._view(made.compare_problem, as_json=True)),
            Route(f"{compare}{{problem}}", self._view(made.compare_problem, as_json=False)),
            *self._series(),
            Route("/{run}/", self._view(made.run, as_json=False)),
            Route("/{run}/index.json", self._view(made.run, as_json=True)),
            Route("/{run}/live.json", self._live),
            Route("/{run}/export.zip", self._export, methods=["POST"]),
            Route("/{run}/samples/", self._view(made.samples, as_json=False)),
            Route("/{run}/samples/index.json", self._view(made.samples, as_json=True)),
            Route("/{run}/samples/list.jsonl", self._answering(self._listed)),
            Route("/{run}/samples/list.csv", self._answering(self._listed)),
            Route("/{run}/p/{problem}/", self._view(made.problem, as_json=False)),
            Route("/{run}/p/{problem}/index.json", self._view(made.problem, as_json=True)),
            Route("/{run}/p/{problem}/{index}.json", self._view(made.sample, as_json=True)),
            Route("/{run}/p/{problem}/{index}", self._view(made.sample, as_json=False)),
            Route("/{run}/p/{problem}/{index}/diff", self._view(made.diff, as_json=False)),
            Route("/{run}/p/{problem}/{index}/diff.json", self._view(made.diff, as_json=True)),
            *NotesRequests(self._pages, self._gate, self.replies).routes(),
        ]

    def _series(self) -> list[Route]:
        made, series, history = SeriesPages(self._library, self._pages), "/series/{run}/", "/series/{run}/p/{problem}"
        return [
            Route(series, self._view(made.series, as_json=False)),
            Route(f"{series}index.json", self._view(made.series, as_json=True)),
            Route(f"{series}live.json", self._live_runs),
            Route(f"{history}.json", self._view(made.history, as_json=True)),
            Route(history, self._view(made.history, as_json=False)),
        ]

    def _view(self, make: Callable[[Request], PageResponse], *, as_json: bool) -> Callable[[Request], Response]:
        def made(request: Request) -> Response:
            answer = make(request)
            if as_json:
                return Response(pages.to_json(answer.page), media_type="application/json")
            return Response(answer.html(), media_type="text/html")

        return self._answering(made)

    def _answering(self, made: Callable[[Request], Response]) -> Callable[[Request], Response]:
        """`made` with an answer for whatever is wrong with the request or with a run file."""

        def view(request: Request) -> Response:
            try:
                try:
                    return made(request)
                except MISREADINGS:
                    # the counts may be older than what was read afterwards
                    for run in self._runs_of(request):
                        self._library.forget(run)
                    return made(request)
            except NotThere:
                return self.replies.nothing(request)
            except CodeevalError as error:
                return self.replies.failed(error)
            except MISREADINGS:
                if (answer := self._damaged(request)) is None:
                    raise
                return answer

        return view

    def _runs_of(self, request: Request) -> list[RunFile]:
        """The runs that a page is made of."""
        names = [request.path_params[name] for name in ("run", "a", "b") if name in request.path_params]
        found = map(self._library.find, names) if names else self._library.runs
        return [run for run in found if run is not None]

    def _damaged(self, request: Request) -> Response | None:
        """What is wrong with the files that a page is made of, if that is why it can't be made."""
        for run in self._runs_of(request):
            done, found = self._checks.ask(run)
            if found is not None:
                return self.replies.failed(found)
            if not done:
                return PlainTextResponse(f"{plain(str(run.path))}: {self.replies.said(CHECKING)}", status_code=503)
        return None

    # -- other than pages

    def _live_runs(self, request: Request) -> Response:
        self._library.look_again()
        return JSONResponse({"version": "|".join(run.version() for run in self._library.runs)})

    def _live_pair(self, request: Request) -> Response:
        runs = self._runs_of(request)
        return (
            JSONResponse({"version": "|".join(run.version() for run in runs)})
            if len(runs) == 2
            else self.replies.nothing(request)
        )

    def _live(self, request: Request) -> Response:
        run = self._library.find(request.path_params["run"])
        return JSONResponse({"version": run.version()}) if run else self.replies.nothing(request)

    def _listed(self, request: Request) -> Response:
        """The whole list as a file, generated while it is sent."""
        run, numbers = self._pages.found(request)
        with run.open() as reader:
            found = self._pages.matching(run, numbers, reader, Filter.read(request.query_params))
        kind = request.url.path.rpartition(".")[2]
        made = listing.as_csv if kind == "csv" else listing.as_json_lines

        def parts() -> Iterator[str]:
            with run.open() as reader:
                yield from made(listing.sample_rows(numbers, reader, found.keys(reader), found.lines))

        headers = {"content-disposition": f'attachment; filename="{run.slug}.{kind}"'}
        media = "text/csv" if kind == "csv" else "application/jsonl"
        return StreamingResponse(parts(), media_type=media, headers=headers)

    def _pick(self, request: Request) -> Response:
        """Handle the form of the list of runs, without a script."""
        a, b = (self._library.find(request.query_params.get(name, "")) for name in ("a", "b"))
        return (
            RedirectResponse(f"compare/{a.slug}/{b.slug}/", status_code=303)
            if a and b
            else self.replies.nothing(request)
        )

    async def _export(self, request: Request) -> Response:
        """A run's pages, or those of all runs, as a zip. Only a form on codeeval's own page can request so much
        work."""
        form = await small_form(request)
        if form is None or not self._gate.allows_change(request.headers, form.get("token", "")):
            return PlainTextResponse(
                self.replies.said("Exports are only made for this explorer's own pages."), status_code=403
            )
        return await run_in_threadpool(self._zipped, request)

    def _zipped(self, request: Request) -> Response:
        runs = self._runs_of(request)
        if not runs:
            return self.replies.nothing(request)
        try:
            path = self._downloads.zipped(runs)
        except Busy:
            return PlainTextResponse(self.replies.said("Another export is being made; ask again when it is done."), 503)
        except CodeevalError as error:
            return self.replies.failed(error)
        name = runs[0].slug if len(runs) == 1 else "runs"
        # without compression, because the content is compressed already
        headers = {"content-encoding": "identity"}
        done = BackgroundTask(path.unlink, missing_ok=True)
        return FileResponse(
            path, filename=f"{name}.zip", media_type="application/zip", headers=headers, background=done
        )

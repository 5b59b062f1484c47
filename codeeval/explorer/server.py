"""The live explorer: a Starlette application over run files that are opened read-only, anew for each request."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from codeeval.errors import CodeevalError, DataError, StoreError
from codeeval.explorer import comparison, overview, pages
from codeeval.explorer.annotations import Annotation, Annotations
from codeeval.explorer.evidence import ProblemEvidence
from codeeval.explorer.filters import Filter
from codeeval.explorer.forms import small_form
from codeeval.explorer.library import Library, RunFile
from codeeval.explorer.links import Links
from codeeval.explorer.numbers import RunNumbers
from codeeval.explorer.pages import Frame
from codeeval.explorer.problem import head_of, problem_head, problem_page
from codeeval.explorer.sample import sample_page
from codeeval.explorer.sample_model import SamplePage
from codeeval.explorer.security import REFUSAL, Gate, Guard
from codeeval.explorer.text import plain
from codeeval.explorer.words import teller, translator
from codeeval.store.damage import MISREADINGS
from codeeval.store.views import RunViews


class NotThere(Exception):
    """No such run, problem or sample."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A page as a value, and how it becomes HTML."""

    page: object
    html: Callable[[], bytes]


def application(library: Library, gate: Gate, lang: str = "en") -> Starlette:
    """The ASGI application over `library`, for `gate`'s host."""
    explorer = _Explorer(library, gate, lang)
    return Starlette(
        routes=explorer.routes(),
        middleware=[
            Middleware(Guard, gate=gate, refusal=explorer.said(REFUSAL)),
            Middleware(GZipMiddleware, minimum_size=2_000, compresslevel=4),
        ],
        exception_handlers={404: lambda request, error: explorer.nothing(request)},
    )


def _index(value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise NotThere
    return int(value)


_NOTHING = (
    '<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark">'
    '<meta name="viewport" content="width=device-width"><title>404</title></head>'
    '<body><h1>404</h1><p>{said}</p><p><a href="{back}">{runs}</a></p></body></html>\n'
)


class _Explorer:
    def __init__(self, library: Library, gate: Gate, lang: str) -> None:
        self._library, self._gate, self._lang = library, gate, lang

    def routes(self) -> list[Route]:
        """Each page with its JSON twin."""
        compare = "/compare/{a}/{b}/"
        return [
            Route("/", self._view(self._runs, as_json=False)),
            Route("/index.json", self._view(self._runs, as_json=True)),
            Route("/live.json", self._live_runs),
            Route("/compare", self._pick),
            Route(compare, self._view(self._compare, as_json=False)),
            Route(f"{compare}index.json", self._view(self._compare, as_json=True)),
            Route(f"{compare}{{problem}}.json", self._view(self._compare_problem, as_json=True)),
            Route(f"{compare}{{problem}}", self._view(self._compare_problem, as_json=False)),
            Route("/{run}/", self._view(self._run, as_json=False)),
            Route("/{run}/index.json", self._view(self._run, as_json=True)),
            Route("/{run}/live.json", self._live),
            Route("/{run}/p/{problem}/", self._view(self._problem, as_json=False)),
            Route("/{run}/p/{problem}/index.json", self._view(self._problem, as_json=True)),
            Route("/{run}/p/{problem}/{index}.json", self._view(self._sample, as_json=True)),
            Route("/{run}/p/{problem}/{index}", self._view(self._sample, as_json=False)),
            Route("/{run}/p/{problem}/{index}/note", self._note, methods=["POST"]),
        ]

    # -- plumbing

    def _view(self, make: Callable[[Request], Answer], *, as_json: bool) -> Callable[[Request], Response]:
        def view(request: Request) -> Response:
            try:
                answer = make(request)
                if as_json:
                    return Response(pages.to_json(answer.page), media_type="application/json")
                return Response(answer.html(), media_type="text/html")
            except NotThere:
                return self.nothing(request)
            except CodeevalError as error:
                return self._failed(error)
            except MISREADINGS:
                if (found := self._damage(request)) is None:
                    raise
                return self._failed(found)

        return view

    def _damage(self, request: Request) -> CodeevalError | None:
        """What is wrong with the files that a page is made of, where that is why it can't be made."""
        names = [request.path_params[name] for name in ("run", "a", "b") if name in request.path_params]
        for run in map(self._library.find, names) if names else self._library.runs:
            try:
                if run is not None and (found := run.damage()):
                    return DataError(str(run.path), found, "The run file is damaged.")
            except CodeevalError as error:
                return error
        return None

    def nothing(self, request: Request) -> Response:
        """What a person at a wrong address needs: the way back. Nothing of the address is repeated."""
        say, back = translator(self._lang), "../" * (request.url.path.count("/") - 1) or "./"
        page = _NOTHING.format(lang=self._lang, said=say("There is no such page."), back=back, runs=say("Runs"))
        return Response(page, status_code=404, media_type="text/html")

    def said(self, text: str) -> str:
        """A line of ours as an answer."""
        return translator(self._lang)(text) + "\n"

    def _failed(self, error: CodeevalError) -> Response:
        status = 500 if isinstance(error, (StoreError, DataError)) else 400
        told = plain(teller(self._lang)(str(error)))
        return PlainTextResponse(f"{told}\n", status_code=status)

    def _found(self, request: Request, name: str = "run") -> tuple[RunFile, RunNumbers]:
        run = self._library.find(request.path_params[name])
        if run is None:
            raise NotThere
        return run, self._library.numbers(run, request.query_params.get("protocol", ""))

    def _problem_id(self, run: RunFile, request: Request) -> str:
        found = self._library.problem_id(run, request.path_params["problem"])
        if found is None:
            raise NotThere
        return found

    def _frame(self, links: Links, twin: str, *crumbs: tuple[str, str]) -> Frame:
        """`twin` is given without its query."""
        return Frame(links, twin, crumbs, self._lang)

    def _going(self, frame: Frame, live: str, version: str, *, going: bool) -> Frame:
        return replace(frame, live=live, version=version) if going else frame

    # -- pages

    def _runs(self, request: Request) -> Answer:
        page = overview.runs_page(self._library)
        version = "|".join(map(self._library.version, self._library.runs))
        frame = self._frame(_links(request), "index.json")
        going = any(not run.complete and not run.error for run in page.runs)
        frame = self._going(frame, "live.json", version, going=going)
        return Answer(page, lambda: pages.render("runs.html", page, frame))

    def _version(self) -> str:
        return "|".join(run.version() for run in self._library.runs)

    def _live_runs(self, request: Request) -> Response:
        return JSONResponse({"version": self._version()})

    def _live(self, request: Request) -> Response:
        run = self._library.find(request.path_params["run"])
        return JSONResponse({"version": run.version()}) if run else self.nothing(request)

    def _run(self, request: Request) -> Answer:
        run, numbers = self._found(request)
        version = self._library.version(run)
        chosen = Filter.read(request.query_params)
        with run.open() as reader:
            page = overview.run_page(run, numbers, reader, chosen)
        frame = self._frame(_links(request, numbers), f"index.json{_query(request)}", (run.name, ""))
        frame = self._going(frame, "live.json", version, going=not numbers.complete)
        return Answer(page, lambda: pages.run_html(page, frame))

    def _problem(self, request: Request) -> Answer:
        run, numbers = self._found(request)
        version = self._library.version(run)
        pid = self._problem_id(run, request)
        with run.open() as reader:
            planned = reader.planned(pid)
            if planned is None:
                raise NotThere
            page = problem_page(run, numbers, reader, planned)
        links = _links(request, numbers)
        crumbs = (run.name, links.run(run.slug)), (f"{pid} {page.head.entry_point}", "")
        frame = self._frame(links, f"index.json{_query(request)}", *crumbs)
        frame = self._going(frame, "../../live.json", version, going=not numbers.complete)
        return Answer(page, lambda: pages.problem_html(page, frame))

    def _sample(self, request: Request) -> Answer:
        run, numbers = self._found(request)
        pid, index = self._problem_id(run, request), _index(request.path_params["index"])
        note = _note_of(run, pid, index)
        with run.open() as reader:
            page = _sample_page(run, numbers, reader, (pid, index), note)
        links = _links(request, numbers)
        crumbs = (
            (run.name, links.run(run.slug)),
            (f"{pid} {page.head.entry_point}", links.problem(run.slug, pid)),
            (f"#{index}", ""),
        )
        frame = self._frame(links, f"{index}.json{_query(request)}", *crumbs)
        action = f"{index}/note" + (f"?{urlencode({'protocol': links.protocol})}" if links.protocol else "")
        frame = replace(frame, token=self._gate.token, note_action=action)
        return Answer(page, lambda: pages.samples_html([page], frame))

    def _compare(self, request: Request) -> Answer:
        a, b = self._found(request, "a"), self._found(request, "b")
        page = comparison.compare_page(a, b)
        links = _links(request, *(numbers for _, numbers in (a, b)))
        frame = self._frame(links, f"index.json{_query(request)}", (f"{a[0].name} → {b[0].name}", ""))
        entry_points = {head.id: head.entry_point for head in a[1].heads}
        return Answer(page, lambda: pages.compare_html(page, frame, entry_points, lambda one: True))

    def _compare_problem(self, request: Request) -> Answer:
        (a, numbers_a), (b, numbers_b) = self._found(request, "a"), self._found(request, "b")
        pid = self._problem_id(a, request)
        if self._library.problem_id(b, request.path_params["problem"]) != pid:
            raise NotThere
        query = request.query_params
        chosen = tuple(_index(query[name]) if name in query else None for name in ("a", "b"))
        with ExitStack() as stack:
            one, two = stack.enter_context(a.open()), stack.enter_context(b.open())
            page = comparison.compare_problem_page(
                comparison.Opened(a, numbers_a, one),
                comparison.Opened(b, numbers_b, two),
                pid,
                (chosen[0], chosen[1]),
            )
        links = _links(request, numbers_a, numbers_b)
        crumbs = ((f"{a.name} → {b.name}", links.compare(a.slug, b.slug)), (f"{pid} {page.entry_point}", ""))
        frame = self._frame(links, f"{request.path_params['problem']}.json{_query(request)}", *crumbs)
        return Answer(page, lambda: pages.compare_problem_html(page, frame))

    def _pick(self, request: Request) -> Response:
        """The form of the list of runs, without a script."""
        a, b = (self._library.find(request.query_params.get(name, "")) for name in ("a", "b"))
        return RedirectResponse(f"compare/{a.slug}/{b.slug}/", status_code=303) if a and b else self.nothing(request)

    async def _note(self, request: Request) -> Response:
        """Keep a note. Only a form of our own page may do that."""
        form = await small_form(request)
        if form is None or not self._gate.allows_change(request.headers, form.get("token", "")):
            return PlainTextResponse(self.said("Notes are only taken from this explorer's own pages."), status_code=403)
        return await run_in_threadpool(self._keep, request, form)

    def _keep(self, request: Request, form: dict[str, str]) -> Response:
        try:
            run, numbers = self._found(request)
            pid, index = self._problem_id(run, request), _index(request.path_params["index"])
            with run.open() as reader:
                if reader.sample(pid, index) is None:
                    raise NotThere
            Annotations(run.path.parent).put(pid, index, form.get("tag", ""), form.get("note", ""))
        except NotThere:
            return self.nothing(request)
        except CodeevalError as error:
            return self._failed(error)
        back = _links(request, numbers)
        return RedirectResponse(back.sample(run.slug, pid, index), status_code=303)


def _links(request: Request, *numbers: RunNumbers) -> Links:
    """From this page, under the protocol of its run (or of one of its runs) where that is not the requested one."""
    others = (found.protocol for found in numbers if found.protocol != found.manifest.protocol)
    return Links(depth=request.url.path.count("/") - 1, protocol=next(others, ""))


def _query(request: Request) -> str:
    return f"?{request.url.query}" if request.url.query else ""


def _note_of(run: RunFile, pid: str, index: int) -> Annotation:
    """A damaged file of notes must not hide the sample."""
    try:
        return Annotations(run.path.parent).read().get((pid, index), Annotation())
    except CodeevalError as error:
        return Annotation(note=str(error))


def _sample_page(
    run: RunFile, numbers: RunNumbers, reader: RunViews, key: tuple[str, int], note: Annotation
) -> SamplePage:
    planned = reader.planned(key[0])
    if planned is None:
        raise NotThere
    head = problem_head(run, numbers, head_of(numbers, key[0]))
    evidence = ProblemEvidence.read(numbers, reader, planned, head)
    page = sample_page(numbers, reader, evidence, key[1], note)
    if page is None:
        raise NotThere
    return page

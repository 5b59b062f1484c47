"""Make the page that a request to the live explorer asks for, from the URL and the run files."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace

from starlette.requests import Request

from codeeval.errors import CodeevalError
from codeeval.explorer import comparison, listing, nearest, overview, pages, pages_series
from codeeval.explorer.annotations import Annotation, Annotations
from codeeval.explorer.evidence import ProblemEvidence
from codeeval.explorer.families import FEWEST
from codeeval.explorer.filters import PENDING, Filter
from codeeval.explorer.library import Library, RunFile
from codeeval.explorer.links import Links
from codeeval.explorer.numbers import RunNumbers
from codeeval.explorer.pages import Frame
from codeeval.explorer.problem import head_of, problem_head, problem_page
from codeeval.explorer.query import Matching, matching
from codeeval.explorer.runs import RunsChoice, runs_page
from codeeval.explorer.sample import sample_page
from codeeval.explorer.sample_model import SamplePage
from codeeval.explorer.search import PatternError
from codeeval.explorer.words import translator
from codeeval.store.views import RunViews


class NotThere(Exception):
    """No such run, problem or sample."""


@dataclass(frozen=True, slots=True)
class PageResponse:
    """A page as a value, and the function that renders it."""

    page: object
    html: Callable[[], bytes]


def index_of(value: str) -> int:
    """Parse an index in a URL. Raises NotThere."""
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise NotThere
    return int(value)


class RequestedPages:
    """Makes the pages of a library; all raise NotThere and CodeevalError. `token`: what a page's form must send
    back."""

    def __init__(self, library: Library, token: str, lang: str) -> None:
        self._library, self._token, self.lang = library, token, lang
        self._last: tuple[tuple[str, str, str, Filter], Matching] | None = None

    def found(self, request: Request, name: str = "run") -> tuple[RunFile, RunNumbers]:
        """The run named in the URL, and its aggregates under the protocol in the query."""
        run = self._library.find(request.path_params[name])
        if run is None:
            self._library.look_again()
            run = self._library.find(request.path_params[name])
        if run is None:
            raise NotThere
        return run, self._library.numbers(run, request.query_params.get("protocol", ""))

    def problem_id(self, run: RunFile, request: Request) -> str:
        found = self._library.problem_id(run, request.path_params["problem"])
        if found is None:
            raise NotThere
        return found

    def matching(self, run: RunFile, numbers: RunNumbers, reader: RunViews, chosen: Filter) -> Matching:
        """Cached for samples that are viewed one after the other; notes change independently of the run."""
        key = run.slug, self._library.version(run), numbers.protocol, chosen.at(1)
        if (known := self._last) is not None and known[0] == key and not chosen.tag:
            return known[1]
        found = matching(numbers, reader, chosen)
        self._last = key, found
        return found

    def _frame(self, links: Links, twin: str, *crumbs: tuple[str, str]) -> Frame:
        """`twin` is given without its query."""
        return Frame(links, twin, crumbs, self.lang)

    def _series(self, run: RunFile) -> str:
        """The run itself, if there are others that it can be shown with."""
        return run.slug if len(self._library.runs) >= FEWEST else ""

    def runs(self, request: Request) -> PageResponse:
        self._library.look_again()
        page = runs_page(self._library, RunsChoice.read(request.query_params, request.query_params.getlist("column")))
        version = "|".join(map(self._library.version, self._library.runs))
        frame = self._frame(links_from(request), f"index.json{query_of(request)}")
        live = bool(self._library.folders) or any(not run.complete and not run.error for run in page.runs)
        frame = replace(frame, token=self._token, export="export.zip" if page.runs else "")
        frame = going(frame, "live.json", version, going=live)
        return PageResponse(page, lambda: pages_series.runs_html(page, frame))

    def run(self, request: Request) -> PageResponse:
        run, numbers = self.found(request)
        version = self._library.version(run)
        chosen = Filter.read(request.query_params)
        with run.open() as reader:
            page = overview.run_page(run, numbers, reader, chosen)
        frame = self._frame(_keeping(request, numbers), f"index.json{query_of(request)}", (run.name, ""))
        frame = replace(frame, series=self._series(run), token=self._token, export="export.zip")
        frame = going(frame, "live.json", version, going=not numbers.complete)
        return PageResponse(page, lambda: pages.run_html(page, frame))

    def samples(self, request: Request) -> PageResponse:
        """The list of the samples selected by the URL."""
        run, numbers = self.found(request)
        version, chosen = self._library.version(run), Filter.read(request.query_params)
        with run.open() as reader:
            try:
                found = self.matching(run, numbers, reader, chosen)
                page = listing.samples_page(run, numbers, reader, chosen, found)
            except PatternError as error:
                page = listing.refused_page(run, numbers, chosen, str(error))
        links = _keeping(request, numbers)
        crumbs = (run.name, links.run(run.slug, chosen.at(1))), (translator(self.lang)("Samples"), "")
        frame = self._frame(links, f"index.json{query_of(request)}", *crumbs)
        frame = going(frame, "../live.json", version, going=not numbers.complete)
        return PageResponse(page, lambda: pages.listed_html(page, frame))

    def problem(self, request: Request) -> PageResponse:
        run, numbers = self.found(request)
        version = self._library.version(run)
        pid = self.problem_id(run, request)
        with run.open() as reader:
            planned = reader.planned(pid)
            if planned is None:
                raise NotThere
            page = problem_page(run, numbers, reader, planned)
        links = _keeping(request, numbers)
        crumbs = (run.name, links.run(run.slug, links.chosen)), (f"{pid} {page.head.entry_point}", "")
        frame = self._frame(links, f"index.json{query_of(request)}", *crumbs)
        # without verdicts, or without all of them, there is nothing to show beside other runs
        series = self._series(run) if numbers.complete and not page.head.hidden else ""
        frame = going(replace(frame, series=series), "../../live.json", version, going=not numbers.complete)
        part = Filter.read(request.query_params).page
        return PageResponse(page, lambda: pages.problem_html(page, frame, part))

    def sample(self, request: Request, typed: Annotation | None = None) -> PageResponse:
        """`typed`: the content of the form for notes, if it differs from what is stored."""
        run, numbers = self.found(request)
        version = self._library.version(run)
        pid, index = self.problem_id(run, request), index_of(request.path_params["index"])
        note = typed or _note_of(run, pid, index)
        with run.open() as reader:
            page = _sample_page(run, numbers, reader, (pid, index), note)
            links = _keeping(request, numbers)
            if links.chosen.by_sample and links.chosen.verdict != PENDING:
                found = self.matching(run, numbers, reader, links.chosen)
                page = replace(page, place=found.place(reader, (pid, index)))
        crumbs = (
            (run.name, links.run(run.slug, links.chosen)),
            (f"{pid} {page.head.entry_point}", links.problem(run.slug, pid)),
            (f"#{index}", ""),
        )
        frame = self._frame(links, f"{'../' if typed else ''}{index}.json{query_of(request)}", *crumbs)
        action = f"{links.problem(run.slug, pid).partition('?')[0]}{index}/note{query_of(request)}"
        frame = going(frame, "../../live.json", version, going=not numbers.complete and typed is None)
        frame = replace(frame, token=self._token, note_action=action, unsaved=typed is not None)
        return PageResponse(page, lambda: pages.samples_html([page], frame))

    def diff(self, request: Request) -> PageResponse:
        """A sample beside another one of its problem."""
        run, numbers = self.found(request)
        version = self._library.version(run)
        pid, index = self.problem_id(run, request), index_of(request.path_params["index"])
        given = request.query_params.get("with", "")
        with run.open() as reader:
            evidence = _evidence(run, numbers, reader, pid)
            page = nearest.diff_page(numbers, reader, evidence, index, index_of(given) if given else None)
        if page is None:
            raise NotThere
        links = _keeping(request, numbers)
        crumbs = (
            (run.name, links.run(run.slug, links.chosen)),
            (f"{pid} {page.head.entry_point}", links.problem(run.slug, pid)),
            (f"#{index}", links.sample(run.slug, pid, index)),
            (translator(self.lang)("difference"), ""),
        )
        frame = self._frame(links, f"diff.json{query_of(request)}", *crumbs)
        frame = going(frame, "../../../live.json", version, going=not numbers.complete)
        return PageResponse(page, lambda: pages.render("diff.html", page, frame))

    def compare(self, request: Request) -> PageResponse:
        a, b = self.found(request, "a"), self.found(request, "b")
        versions = [self._library.version(run) for run, _ in (a, b)]
        page = comparison.compare_page(a, b, allow_different=_allowed(request), k=_k(request))
        links = links_from(request, *(numbers for _, numbers in (a, b)))
        frame = self._frame(links, f"index.json{query_of(request)}", (f"{a[0].name} → {b[0].name}", ""))
        frame = going(frame, "live.json", "|".join(versions), going=not (a[1].complete and b[1].complete))
        entry_points = {head.id: head.entry_point for head in a[1].heads}
        return PageResponse(page, lambda: pages.compare_html(page, frame, entry_points, lambda one: True))

    def compare_problem(self, request: Request) -> PageResponse:
        (a, numbers_a), (b, numbers_b) = self.found(request, "a"), self.found(request, "b")
        versions = [self._library.version(run) for run in (a, b)]
        pid = self.problem_id(a, request)
        if self._library.problem_id(b, request.path_params["problem"]) != pid:
            raise NotThere
        query = request.query_params
        chosen = tuple(index_of(query[name]) if name in query else None for name in ("a", "b"))
        with ExitStack() as stack:
            one, two = stack.enter_context(a.open()), stack.enter_context(b.open())
            page = comparison.compare_problem_page(
                comparison.Opened(a, numbers_a, one),
                comparison.Opened(b, numbers_b, two),
                pid,
                (chosen[0], chosen[1]),
                allow_different=_allowed(request),
                k=_k(request),
            )
        links = links_from(request, numbers_a, numbers_b)
        crumbs = ((f"{a.name} → {b.name}", links.compare(a.slug, b.slug)), (f"{pid} {page.entry_point}", ""))
        frame = self._frame(links, f"{request.path_params['problem']}.json{query_of(request)}", *crumbs)
        complete = numbers_a.complete and numbers_b.complete
        frame = going(frame, "live.json", "|".join(versions), going=not complete)
        return PageResponse(page, lambda: pages.compare_problem_html(page, frame))


def going(frame: Frame, live: str, version: str, *, going: bool) -> Frame:
    """Add the address that reports when the page is out of date, if that can happen."""
    return replace(frame, live=live, version=version) if going else frame


def links_from(request: Request, *numbers: RunNumbers) -> Links:
    """Links from this page, under the protocol of its run (or of one of its runs) if that is not the requested one."""
    others = (found.protocol for found in numbers if found.protocol != found.manifest.protocol)
    protocol, depth = next(others, ""), request.url.path.count("/") - 1
    return Links(depth=depth, protocol=protocol, different=_allowed(request), k=_k(request))


def _keeping(request: Request, numbers: RunNumbers) -> Links:
    """The same, with links to problems and samples that keep the URL's filter."""
    return replace(links_from(request, numbers), chosen=Filter.read(request.query_params))


def _allowed(request: Request) -> bool:
    """Whether to compare runs that `codeeval compare` refuses, as with its --allow-different."""
    return request.query_params.get("allow_different") == "1"


def _k(request: Request) -> int:
    """The k of pass@k in a comparison."""
    given = request.query_params.get("k", "")
    return max(1, int(given)) if given.isascii() and given.isdigit() and len(given) < 7 else 1


def query_of(request: Request) -> str:
    return f"?{request.url.query}" if request.url.query else ""


def _note_of(run: RunFile, pid: str, index: int) -> Annotation:
    """A damaged file of notes must not hide the sample."""
    try:
        return Annotations(run.path.parent).read().get((pid, index), Annotation())
    except CodeevalError as error:
        return Annotation(note=str(error))


def _evidence(run: RunFile, numbers: RunNumbers, reader: RunViews, pid: str) -> ProblemEvidence:
    planned = reader.planned(pid)
    if planned is None:
        raise NotThere
    return ProblemEvidence.read(numbers, reader, planned, problem_head(run, numbers, head_of(numbers, pid)))


def _sample_page(
    run: RunFile, numbers: RunNumbers, reader: RunViews, key: tuple[str, int], note: Annotation
) -> SamplePage:
    page = sample_page(numbers, reader, _evidence(run, numbers, reader, key[0]), key[1], note)
    if page is None:
        raise NotThere
    return page

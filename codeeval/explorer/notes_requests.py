"""Notes over HTTP: one that a page's form sends, all of a run as a file, and those of a file put beside them."""

from __future__ import annotations

import json

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from codeeval import i18n
from codeeval.errors import CodeevalError, DataError
from codeeval.explorer.annotations import MAX_NOTE, MAX_TAG, Annotation, Annotations, as_document, notes_of
from codeeval.explorer.forms import read_body, small_form
from codeeval.explorer.notes_import import REMEDY, add_notes
from codeeval.explorer.replies import Replies
from codeeval.explorer.requested import NotThere, RequestedPages, index_of, links_from
from codeeval.explorer.security import Gate

#: Of a file of notes that a page sends; `codeeval notes --import` takes larger ones.
MAX_IMPORT_BYTES = 16 * 1024 * 1024
_FOREIGN = "Notes are only taken from this explorer's own pages."
_LARGE = "The file is too large for a page; codeeval notes RUN --import FILE takes it."


class NotesRequests:
    """What is asked of the notes of the runs that `pages` shows."""

    def __init__(self, pages: RequestedPages, gate: Gate, replies: Replies) -> None:
        self._pages, self._gate, self._replies = pages, gate, replies

    def routes(self) -> list[Route]:
        return [
            Route("/{run}/notes.json", self._file),
            Route("/{run}/notes", self._import, methods=["POST"]),
            Route("/{run}/p/{problem}/{index}/note", self._note, methods=["POST"]),
        ]

    def _file(self, request: Request) -> Response:
        """All notes of a run, as `annotations.json` has them."""
        try:
            run, _ = self._pages.found(request)
            found = as_document(Annotations(run.path.parent).read())
        except NotThere:
            return self._replies.nothing(request)
        except CodeevalError as error:
            return self._replies.failed(error)
        return Response(
            json.dumps(found),
            media_type="application/json",
            headers={"content-disposition": f'attachment; filename="{run.slug}-notes.json"'},
        )

    async def _import(self, request: Request) -> Response:
        """Add the notes of a file, whose bytes are the request. Only a script of one of the server's own pages may do that."""
        if not self._gate.allows_change(request.headers, request.headers.get("x-token", "")):
            return PlainTextResponse(self._replies.said(_FOREIGN), status_code=403)
        body = await read_body(request, MAX_IMPORT_BYTES)
        if body is None:
            return PlainTextResponse(self._replies.said(_LARGE), status_code=413)
        return await run_in_threadpool(self._add, request, body)

    def _add(self, request: Request, body: bytes) -> Response:
        try:
            run, _ = self._pages.found(request)
            try:
                given = notes_of(body, "notes.json", REMEDY)
            except DataError as error:
                return self._replies.failed(error, 400)
            with run.open() as reader:
                done = add_notes(reader, Annotations(run.path.parent), given)
        except NotThere:
            return self._replies.nothing(request)
        except CodeevalError as error:
            return self._replies.failed(error)
        with i18n.language(self._pages.lang):
            return PlainTextResponse(i18n.message(done.said()))

    async def _note(self, request: Request) -> Response:
        """Keep a note. Only a form of one of the server's own pages may do that."""
        form = await small_form(request)
        if form is None or not self._gate.is_own_origin(request.headers):
            return PlainTextResponse(
                self._replies.said("Notes are only taken from this explorer's own pages."), status_code=403
            )
        if not self._gate.allows_change(request.headers, form.get("token", "")):
            return await run_in_threadpool(self._again, request, form)
        return await run_in_threadpool(self._keep, request, form)

    def _again(self, request: Request, form: dict[str, str]) -> Response:
        """The explorer was started again since the page was made: nothing is kept, and what was typed stands in the new form."""
        typed = Annotation(form.get("tag", "")[:MAX_TAG], form.get("note", "")[:MAX_NOTE])
        try:
            return Response(self._pages.sample(request, typed).html(), status_code=403, media_type="text/html")
        except NotThere:
            return self._replies.nothing(request)
        except CodeevalError as error:
            return self._replies.failed(error)

    def _keep(self, request: Request, form: dict[str, str]) -> Response:
        try:
            run, numbers = self._pages.found(request)
            pid, index = self._pages.problem_id(run, request), index_of(request.path_params["index"])
            with run.open() as reader:
                if reader.sample(pid, index) is None:
                    raise NotThere
            Annotations(run.path.parent).put(pid, index, form.get("tag", ""), form.get("note", ""))
        except NotThere:
            return self._replies.nothing(request)
        except CodeevalError as error:
            return self._replies.failed(error)
        back = links_from(request, numbers)
        return RedirectResponse(back.sample(run.slug, pid, index), status_code=303)

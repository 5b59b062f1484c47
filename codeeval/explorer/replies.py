"""Answers of the server that are no pages: what is not there, what went wrong, one line of text."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from codeeval.errors import CodeevalError, DataError, StoreError
from codeeval.explorer.pages import assets
from codeeval.explorer.text import plain
from codeeval.explorer.words import teller, translator

_NOTHING = (
    '<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark">'
    '<meta name="viewport" content="width=device-width"><title>404</title><style>{style}</style></head>'
    '<body><main><h1>404</h1><p>{said}</p><p><a href="{back}">{runs}</a></p></main></body></html>\n'
)


class Replies:
    """In one language."""

    def __init__(self, lang: str) -> None:
        self._lang = lang

    def nothing(self, request: Request) -> Response:
        """What a person at a wrong address needs: the way back. Nothing of the address is repeated."""
        say, back = translator(self._lang), "../" * (request.url.path.count("/") - 1) or "./"
        page = _NOTHING.format(
            lang=self._lang,
            said=say("There is no such page."),
            back=back,
            runs=say("Runs"),
            style=assets()["style.css"],
        )
        return Response(page, status_code=404, media_type="text/html")

    def said(self, text: str) -> str:
        """A line of plain text as an answer."""
        return translator(self._lang)(text) + "\n"

    def failed(self, error: CodeevalError, status: int = 0) -> Response:
        """`status`: 500 for damage of a run, 400 otherwise, if not given."""
        status = status or (500 if isinstance(error, (StoreError, DataError)) else 400)
        told = plain(teller(self._lang)(str(error)))
        return PlainTextResponse(f"{told}\n", status_code=status)

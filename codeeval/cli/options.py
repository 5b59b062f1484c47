"""Flags that several verbs take as parameters of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from codeeval.cli.flags import option

Task = Annotated[str | None, option("task")]
Ks = Annotated[str | None, option("k")]
ProtocolName = Annotated[str | None, option("protocol")]
Sandbox = Annotated[str | None, option("sandbox")]
Workers = Annotated[int | None, option("workers")]
Problems = Annotated[str | None, option("problems")]
Isolation = Annotated[str | None, option("isolation")]
Results = Annotated[Path | None, option("results")]
Answers = Annotated[Path | None, option("answers")]
Format = Annotated[str | None, option("format")]
Lang = Annotated[
    str | None,
    typer.Option("--lang", help="Language of what people read: en (default) or ru; or CODEEVAL_LANG.", metavar="LANG"),
]
Config = Annotated[Path | None, typer.Option("-C", "--config", help="Settings from a TOML file.", metavar="FILE")]


def speak(lang: str | None) -> None:
    """The language of this invocation: the flag, else CODEEVAL_LANG, else English. LANG of the system is not looked at:
    logs should not depend on the machine's locale. Raises UsageError if the language is unknown."""
    import os

    from codeeval.evaluation.choice import choose
    from codeeval.i18n import LANGUAGES
    from codeeval.i18n import speak as spoken

    given = lang or os.environ.get("CODEEVAL_LANG") or "en"
    spoken(choose("--lang" if lang else "CODEEVAL_LANG", given, LANGUAGES))

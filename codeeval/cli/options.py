"""Flags that several verbs take as separate parameters."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from codeeval.cli.flags import option

Task = Annotated[str | None, option("task")]
Ks = Annotated[str | None, option("k")]
Sandbox = Annotated[str | None, option("sandbox")]
Python = Annotated[str | None, option("python")]
Workers = Annotated[int | None, option("workers")]
Problems = Annotated[str | None, option("problems")]
Isolation = Annotated[str | None, option("isolation")]
Results = Annotated[Path | None, option("results")]
Answers = Annotated[Path | None, option("answers")]
Format = Annotated[str | None, option("format")]
Lang = Annotated[
    str | None,
    typer.Option(
        "--lang", help="Language of reports and messages: en (default) or ru; also CODEEVAL_LANG.", metavar="LANG"
    ),
]
RunFolder = Annotated[Path, typer.Argument(help="Folder of a run.", metavar="RUN")]
OutputFormat = Annotated[
    str | None, typer.Option("--format", help="auto, human, markdown, json or quiet.", metavar="FORMAT")
]
Config = Annotated[Path | None, typer.Option("-C", "--config", help="Settings from a TOML file.", metavar="FILE")]


def speak(lang: str | None) -> None:
    """Set the language of this invocation: the flag, otherwise CODEEVAL_LANG, otherwise English. Everything for people
    follows it: printed text, Markdown, the explorer's pages. The system's LANG is ignored, so that a machine's logs do
    not depend on its owner. Raises UsageError if the language is unknown."""
    import os

    from codeeval import i18n
    from codeeval.evaluation.choice import choose

    given = lang or os.environ.get("CODEEVAL_LANG") or "en"
    i18n.speak(choose("--lang" if lang else "CODEEVAL_LANG", given, i18n.LANGUAGES))


def speak_as_asked(words: Sequence[str]) -> None:
    """The same from the words of a command line that could not be parsed; English if the language is unknown."""
    from contextlib import suppress

    from codeeval.errors import UsageError

    flags = (word.partition("=") for word in words)
    given = [
        value or after for (flag, _, value), after in zip(flags, (*words[1:], ""), strict=True) if flag == "--lang"
    ]
    with suppress(UsageError):
        speak(given[-1] if given else None)

"""`codeeval samples`"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from codeeval.cli import options

if TYPE_CHECKING:
    from codeeval.cli.console import Console
    from codeeval.explorer.listing import ListedSample

HELP = """List the samples of a run that match all filters: the same list, in the same order, as in `codeeval explore`.

--group takes a failure group as `codeeval report` names it, or its id in the explorer's addresses. --search takes a regular
expression of Python, tried on completions, executed programs and errors; ^ and $ match at every line, (?i) ignores case.

\b
Examples:
  codeeval samples runs/my-run --verdict timeout
  codeeval samples runs/my-run --verdict failed --topic strings --format csv > failed.csv
  codeeval samples runs/my-run --search "^import (numpy|pandas)" --verdict failed
  codeeval samples runs/my-run --group "exception NameError" --protocol strict --format jsonl
"""

Verdict = Annotated[
    str | None,
    typer.Option(
        "--verdict",
        help="A verdict, failed (any but passed) or pending; if answers are hidden: agrees, differs, silent.",
        metavar="NAME",
    ),
]
Group = Annotated[str | None, typer.Option("--group", help="Samples of this failure group.", metavar="GROUP")]
Topic = Annotated[str | None, typer.Option("--topic", help="Samples of problems on this topic.", metavar="TOPIC")]
Meta = Annotated[
    str | None,
    typer.Option("--meta", help="Samples of problems whose meta has this value.", metavar="FIELD:VALUE"),
]
Problem = Annotated[str | None, typer.Option("--problem", help="Samples of this problem.", metavar="ID")]
Search = Annotated[
    str | None,
    typer.Option(
        "--search", help="Samples in whose code or error this regular expression is found.", metavar="PATTERN"
    ),
]
Text = Annotated[
    str | None, typer.Option("--text", help="Samples of problems whose id, name or text contains this.", metavar="TEXT")
]
Tag = Annotated[
    str | None,
    typer.Option("--tag", help="Samples with a note in the explorer that has this tag; * for any note.", metavar="TAG"),
]
Protocol = Annotated[
    str | None, typer.Option("--protocol", help="Verdicts under this protocol of the run.", metavar="NAME")
]
Limit = Annotated[int | None, typer.Option("--limit", help="Print at most N rows.", metavar="N", min=0)]
Format = Annotated[str, typer.Option("--format", help="human, json, jsonl or csv.", metavar="FORMAT")]


def register(app: typer.Typer) -> None:
    app.command("samples", help=HELP, short_help="List samples of a run by verdict, topic, text.")(samples)


def samples(
    run: options.RunFolder,
    verdict: Verdict = None,
    group: Group = None,
    topic: Topic = None,
    meta: Meta = None,
    problem: Problem = None,
    search: Search = None,
    text: Text = None,
    tag: Tag = None,
    protocol: Protocol = None,
    limit: Limit = None,
    format: Format = "human",
    lang: options.Lang = None,
) -> int:
    options.speak(lang)
    from itertools import islice

    from codeeval.cli.console import Console
    from codeeval.cli.sample_filter import chosen_filter, chosen_tag
    from codeeval.evaluation.choice import choose
    from codeeval.explorer import listing
    from codeeval.explorer.filters import VERDICTS
    from codeeval.explorer.numbers import count
    from codeeval.store.kept_views import KeptViews

    chosen_format = choose("--format", format, ("human", "json", "jsonl", "csv"))
    console = Console("json" if chosen_format == "json" else "human")
    code = choose("--verdict", verdict, VERDICTS) if verdict else ""
    with KeptViews(run) as reader:
        reader.snapshot()
        found = count(reader)
        numbers = found[choose("--protocol", protocol, found)] if protocol else next(iter(found.values()))
        given = {"verdict": code, "topic": topic or "", "meta": meta or "", "problem": problem or "", "q": text or ""}
        given |= {"search": search or "", "group": group or "", "tag": chosen_tag(reader.run_dir, tag)}
        chosen = chosen_filter(numbers, given)
        rows = islice(listing.every_row(numbers, reader, chosen), limit)
        _show(rows, chosen_format, console)
    return 0


def _show(rows: Iterator[ListedSample], format: str, console: Console) -> None:
    from codeeval.explorer import listing

    if format == "json":
        console.document(listing.as_document(rows))
    elif format == "jsonl":
        _print(listing.as_json_lines(rows))
    elif format == "csv":
        _print(listing.as_csv(rows))
    else:
        for row in rows:
            console.result(_line(row))


def _line(row: ListedSample) -> str:
    from codeeval.i18n import message, name, recognised
    from codeeval.report.terminal import safe

    words = [f"{row.problem_id}/{row.index}", name(row.code), message(recognised(row.error))]
    if row.text:
        words.append(f"{row.line}: {row.text}")
    if row.found:
        words.append(row.found)
    return safe("  ".join(word for word in words if word))


def _print(lines: Iterable[str]) -> None:
    import sys

    for line in lines:
        sys.stdout.buffer.write(line.encode("utf-8"))

"""`codeeval samples`"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from codeeval.cli import options
from codeeval.i18n import msg

if TYPE_CHECKING:
    from codeeval.explorer.filters import Filter
    from codeeval.explorer.listing import SampleRow
    from codeeval.explorer.numbers import RunNumbers

HELP = """List samples of a run, those that a filter lets through: the list that `codeeval explore` shows, in its order.

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
        "--verdict", help="passed, failed, wrong_output, timeout, …, pending; agrees, differs, silent.", metavar="NAME"
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
    str | None, typer.Option("--text", help="Samples of problems whose id, name or text has this.", metavar="TEXT")
]
Tag = Annotated[
    str | None,
    typer.Option("--tag", help="Samples whose note in the explorer has this tag; * for any note.", metavar="TAG"),
]
Protocol = Annotated[
    str | None, typer.Option("--protocol", help="Verdicts under this protocol of the run.", metavar="NAME")
]
Limit = Annotated[int | None, typer.Option("--limit", help="So many rows at most.", metavar="N", min=0)]
Format = Annotated[str, typer.Option("--format", help="human, json, jsonl or csv.", metavar="FORMAT")]


def register(app: typer.Typer) -> None:
    app.command("samples", help=HELP, short_help="List samples of a run by verdict, cause, topic.")(samples)


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
    from codeeval.evaluation.choice import choose
    from codeeval.explorer import listing
    from codeeval.explorer.filters import VERDICTS
    from codeeval.explorer.numbers import count
    from codeeval.store.views import RunViews

    chosen_format = choose("--format", format, ("human", "json", "jsonl", "csv"))
    console = Console("json" if chosen_format == "json" else "human")
    code = choose("--verdict", verdict, VERDICTS) if verdict else ""
    with RunViews(run) as reader:
        reader.snapshot()
        found = count(reader)
        numbers = found[choose("--protocol", protocol, found)] if protocol else next(iter(found.values()))
        given = {"verdict": code, "topic": topic or "", "meta": meta or "", "problem": problem or "", "q": text or ""}
        given |= {"search": search or "", "group": group or "", "tag": _tag(reader.run_dir, tag)}
        chosen = _filter(numbers, given)
        rows = islice(listing.every_row(numbers, reader, chosen), limit)
        if chosen_format == "json":
            console.document(listing.as_document(rows))
        elif chosen_format == "jsonl":
            _print(listing.as_json_lines(rows))
        elif chosen_format == "csv":
            _print(listing.as_csv(rows))
        else:
            for row in rows:
                console.result(_line(row))
    return 0


def _tag(run_dir: Path, given: str | None) -> str:
    """Raises UsageError for a tag that no note of the run has, and DataError and StoreError."""
    from codeeval.errors import UsageError
    from codeeval.explorer.annotations import Annotations, tags_of
    from codeeval.explorer.filters import ANY_NOTE

    if given is None or given == ANY_NOTE:
        return given or ""
    tags = [name for name, _ in tags_of(Annotations(run_dir).read())]
    if given not in tags:
        raise UsageError(
            msg(
                "--tag {given}: no note of the run has it; they have {names}",
                given=repr(given),
                names=", ".join(tags[:10]) or "-",
            )
        )
    return given


def _filter(numbers: RunNumbers, given: Mapping[str, str]) -> Filter:
    """Raises UsageError for a failure group, a topic and a problem that the run does not have."""
    from codeeval.errors import UsageError
    from codeeval.explorer.filters import Filter, group_id
    from codeeval.explorer.query import has_field

    wanted = given["group"]
    names = {group.signature: group_id(group.signature) for group in numbers.all_groups}
    ids = {found for name, found in names.items() if wanted in (name, found)}
    ids = ids or {found for name, found in names.items() if wanted and name.startswith(wanted)}
    if wanted and len(ids) != 1:
        known = "\n".join(f"  {name}" for name in list(names)[:10] if len(ids) < 2 or names[name] in ids)
        problem = msg("no failure group of this run") if not ids else msg("the beginning of several failure groups")
        raise UsageError(
            msg(
                "--group {wanted}: {problem}\n  The groups:\n{known}", wanted=repr(wanted), problem=problem, known=known
            )
        )
    topics = dict.fromkeys(topic for head in numbers.heads for topic in head.topics)
    if given["topic"] and given["topic"] not in topics:
        raise UsageError(
            msg(
                "--topic {given}: no problem of the run has it; they have {names}",
                given=repr(given["topic"]),
                names=", ".join(topics) or "-",
            )
        )
    fields = dict.fromkeys(name for head in numbers.heads for name, _ in head.fields)
    if given["meta"] and not any(has_field(head, given["meta"]) for head in numbers.heads):
        raise UsageError(
            msg(
                "--meta {given}: no problem of the run has it, as in difficulty:hard; they have {names}",
                given=repr(given["meta"]),
                names=", ".join(fields) or "-",
            )
        )
    if given["problem"] and given["problem"] not in {head.id for head in numbers.heads}:
        raise UsageError(msg("--problem {given}: the run has no problem of this id", given=repr(given["problem"])))
    return Filter.read({**given, "group": next(iter(ids), "")})


def _line(row: SampleRow) -> str:
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

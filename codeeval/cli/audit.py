"""`codeeval audit`"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from codeeval.cli import options

if TYPE_CHECKING:
    from codeeval.cli.console import Console
    from codeeval.stats.audit import Audit

HELP = """Find the counts of correct samples that give a published pass@1/pass@5/pass@10.

Lists the histograms (how many problems had c correct samples) that give the published, rounded values, or says that there is
none, and points out odd patterns. Exit code 0: some run can give these values, or it is not known; 1: no run can.

\b
Examples:
  codeeval audit 0.015/0.076/0.152 --n 10 --problems 164
  codeeval audit 48.2%/63.0% --k 1,10 --n 10 --problems 164 --format json
"""

Values = Annotated[str, typer.Argument(help="The published values, separated by slashes.", metavar="VALUES")]
N = Annotated[int, typer.Option("-n", "--n", help="Samples per problem.", metavar="N")]
Problems = Annotated[int, typer.Option("--problems", help="Problems in the set.", metavar="N")]
Decimals = Annotated[
    int | None, typer.Option("--decimals", help="Decimals of the published values (default: as written).", metavar="D")
]
Most = Annotated[int, typer.Option("--most", help="Histograms listed at most.", metavar="N", min=1, max=1000)]


def register(app: typer.Typer) -> None:
    app.command("audit", help=HELP, short_help="Which counts give a published pass@k.")(audit)


def audit(
    values: Values,
    n: N = 10,
    problems: Problems = 164,
    k: options.Ks = None,
    decimals: Decimals = None,
    most: Most = 10,
    format: options.Format = None,
    lang: options.Lang = None,
) -> int:
    options.speak(lang)
    from codeeval.cli.console import Console
    from codeeval.evaluation.resolve import resolve
    from codeeval.stats.audit import AuditInput, parse_triple
    from codeeval.stats.audit import audit as settle

    console = Console(format or "auto")
    texts = parse_triple(values)
    ks = resolve({"k": k or "1,5,10"}, None).settings.k or ()
    found = settle(AuditInput(texts, n, problems, ks, decimals), most)
    if console.format == "json":
        console.document(found.to_json())
    else:
        _show(console, found, texts)
    return 1 if found.consistent is False else 0


def _show(console: Console, found: Audit, texts: tuple[str, ...]) -> None:
    from codeeval.i18n import message, tr

    published = ", ".join(f"pass@{k} {text}" for k, text in zip(found.ks, texts, strict=True))
    console.result(
        tr(
            "{values}; {n} {n:sample|samples} of each of {m} {m:problem|problems}",
            values=published,
            n=found.n,
            m=found.problems,
        )
    )
    if found.consistent is False:
        console.result(tr("INCONSISTENT: no run can give these values"))
    elif found.consistent is None:
        console.result(tr("not settled: the search was cut short before it found an answer"))
    else:
        console.result(tr("consistent: ") + _how_many(found))
    for histogram in found.histograms:
        parts = [tr("{n} {n:problem|problems} with {c}", n=many, c=c) for c, many in enumerate(histogram) if many]
        console.result("  " + tr("correct samples: {parts} of {n}", parts=", ".join(parts), n=found.n))
    for remark in found.remarks:
        console.result(f"- {message(remark)}")


def _how_many(found: Audit) -> str:
    from codeeval.i18n import tr

    if found.total is None:
        return tr("at least {n} {n:histogram|histograms}", n=found.at_least)
    return tr("exactly {n} {n:histogram|histograms}", n=found.total)

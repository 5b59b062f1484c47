"""`codeeval compare`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from codeeval.cli import options
from codeeval.i18n import msg

if TYPE_CHECKING:
    from codeeval.report.comparison import Versus
    from codeeval.stats.run_counts import RunCounts
    from codeeval.stats.series import Series

HELP = """Compare runs on the same problems: the difference, its intervals, tests, and the problems that changed.

Every later run is compared with the first, A; differences are later minus first. For more than two runs, --plot draws pass@k
over the runs and every problem's rate in each. Runs with different problems, prompts, protocols, sandbox images or limits
are refused. The exit code is 0 whatever the difference; use `codeeval gate` to decide.

\b
Examples:
  codeeval compare runs/before runs/after
  codeeval compare runs/base runs/step1 runs/step2 --k 5 --format markdown
  codeeval compare runs/before runs/after --plot difference.svg
  codeeval compare runs/step-* --order number --plot training.svg
"""

Runs = Annotated[list[Path], typer.Argument(help="Folders of two runs or more.", metavar="A B [C…]")]
K = Annotated[int, typer.Option("-k", "--k", help="The k of pass@k.", metavar="K", min=1)]
Protocol = Annotated[
    str | None, typer.Option("--protocol", help="Compare the scores under this protocol.", metavar="NAME")
]
AllowDifferent = Annotated[
    bool, typer.Option("--allow-different", help="Compare the problems that both have, and say how the runs differ.")
]
Plot = Annotated[Path | None, typer.Option("--plot", help="Also draw the comparison, as .png or .svg.", metavar="FILE")]
Order = Annotated[
    str,
    typer.Option("--order", help="The order of the runs: given, number (in their names) or date.", metavar="ORDER"),
]


def register(app: typer.Typer) -> None:
    app.command("compare", help=HELP, short_help="Paired statistics of two runs or more.")(compare)


def compare(
    runs: Runs,
    k: K = 1,
    protocol: Protocol = None,
    allow_different: AllowDifferent = False,
    plot: Plot = None,
    order: Order = "given",
    format: options.OutputFormat = None,
    lang: options.Lang = None,
) -> int:
    options.speak(lang)
    from codeeval.cli.console import Console
    from codeeval.errors import UsageError
    from codeeval.report import comparison
    from codeeval.report.plot_style import check_picture
    from codeeval.report.series import named
    from codeeval.stats.compare import CompareOptions
    from codeeval.stats.series import series

    console = Console(format or "auto")
    if len(runs) < 2:
        raise UsageError(msg("compare: name two runs or more"))
    if plot is not None:
        check_picture(plot)
    counts = _counts(runs, order, protocol, whole=not allow_different)
    chosen = CompareOptions(k=k, allow_different=allow_different)
    found = comparison.versus(counts, chosen)
    many = series(named(counts), chosen) if len(counts) > 2 else None
    if console.format == "json":
        console.document(comparison.document(found, many))
    elif console.format == "markdown":
        console.result(comparison.markdown(found).rstrip("\n"))
    else:
        console.result(comparison.one_line(found) if console.quiet else comparison.text(found))
    if plot is not None:
        _draw(found, many, plot)
        console.note(f"drawn: {plot}")
    return 0


def _draw(found: Versus, many: Series | None, plot: Path) -> None:
    from codeeval.report import compare_plot, series_plot

    if many is None:
        compare_plot.draw(found.comparisons[0], plot)
    else:
        series_plot.draw(many, plot)


def _counts(runs: list[Path], order: str, protocol: str | None, *, whole: bool) -> list[RunCounts]:
    """What is compared of each run, in the order asked for. Raises IncompleteRun if runs have to be `whole`."""
    from codeeval.evaluation.choice import choose
    from codeeval.report.series import in_order
    from codeeval.stats.series import ORDERS
    from codeeval.store import RunReader
    from codeeval.store.runcounts import require_complete, run_counts

    found = []
    for path in in_order(runs, choose("--order", order, ORDERS)):
        with RunReader(path) as reader:
            if whole:
                require_complete(reader)
            found.append(run_counts(reader, protocol, str(path)))
    return found

"""Show a folder with a run per instruction."""

from __future__ import annotations

from pathlib import Path

from codeeval.cli.console import Console, colour
from codeeval.report import instructions as report


def show(folder: Path, console: Console, ks: tuple[int, ...] | None = None) -> int:
    """The report in the console's format. Returns 0."""
    from codeeval.report import instructions_text as text
    from codeeval.report.terminal import Style

    found = report.build(folder, ks)
    if console.format == "json":
        console.document(report.document(found))
    elif console.quiet:
        console.result(text.one_line(found))
    elif console.format == "markdown":
        console.result(text.markdown(found).rstrip("\n"))
    else:
        console.result(text.render(found, Style(colour=colour())))
    return 0


def draw(folder: Path, plot: Path, console: Console, k: int) -> None:
    """pass@k over the instructions, and every problem under each. Raises IncompleteRun."""
    from codeeval.i18n import tr
    from codeeval.report import series_plot
    from codeeval.report.series import of_instructions

    series_plot.draw(of_instructions(folder, k), plot)
    console.note(tr("drawn: {path}", path=plot))


def show_ended(folder: Path, console: Console) -> int:
    """The same after the runs have ended: exit code 3 if any is incomplete."""
    show(folder, console)
    return 0 if report.build(folder).complete else 3

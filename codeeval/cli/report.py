"""`codeeval report`"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from codeeval.cli import options
from codeeval.errors import UsageError
from codeeval.i18n import msg

if TYPE_CHECKING:
    from codeeval.cli.console import Console
    from codeeval.cli.ending import Destination
    from codeeval.report import Report
    from codeeval.report.intervals_on_request import Further
    from codeeval.stats.extrapolate import Extrapolation
    from codeeval.store import RunReader

HELP = """Show tables, intervals, failure groups and a picture of a run, finished or not. The run is only read.

\b
Examples:
  codeeval report runs/my-run
  codeeval report runs/my-run --format markdown >> "$GITHUB_STEP_SUMMARY"
  codeeval report runs/my-run --k 1,3 --groups 20
  codeeval report runs/my-run --manifest
  codeeval report runs/my-run --plot my-run.svg
  codeeval report runs/my-run --cluster difficulty --bootstrap 1234
  codeeval report runs/words --plot words.svg         the runs of run --instructions, side by side
"""

Groups = Annotated[int, typer.Option("--groups", help="Show at most N failure groups.", metavar="N", min=0)]

Manifest = Annotated[
    bool, typer.Option("--manifest", help="Print how the run was made, as a MERA submission asks for it.")
]
Plot = Annotated[
    Path | None, typer.Option("--plot", help="Also draw the run on one page, as .png or .svg.", metavar="FILE")
]
Extrapolate = Annotated[
    str | None,
    typer.Option(
        "--extrapolate",
        help="Also estimate pass@k for these k above n with a statistical model, apart from the scores.",
        metavar="K,...",
    ),
]
Cluster = Annotated[
    str | None,
    typer.Option(
        "--cluster",
        help="Also intervals in which problems with equal values of this field of meta count as one.",
        metavar="FIELD",
    ),
]
Seed = Annotated[
    int | None, typer.Option("--bootstrap", help="Also bootstrap intervals, with this seed.", metavar="SEED", min=0)
]
_LARGEST = 1_000_000


def register(app: typer.Typer) -> None:
    app.command("report", help=HELP, short_help="Show tables, intervals and failures of a run.")(report)


def report(
    run: options.RunFolder,
    k: options.Ks = None,
    format: options.OutputFormat = None,
    groups: Groups = 5,
    results: options.Results = None,
    plot: Plot = None,
    manifest: Manifest = False,
    extrapolate: Extrapolate = None,
    cluster: Cluster = None,
    bootstrap: Seed = None,
    lang: options.Lang = None,
) -> int:
    options.speak(lang)
    from codeeval.cli.console import Console
    from codeeval.cli.ending import Destination
    from codeeval.evaluation.resolve import resolve
    from codeeval.report import build
    from codeeval.report.instructions import is_instructions
    from codeeval.report.plot_style import check_picture
    from codeeval.store import RunReader

    settings = resolve({"k": k, "format": format, "results": results}, None).settings
    ending = Destination(Console(settings.format), settings.results)
    if plot is not None:
        check_picture(plot)
    if is_instructions(run):
        if manifest or results is not None:
            raise _names_no_run(run)
        return _of_instructions(run, settings.k, plot, ending.console)
    with RunReader(run) as reader:
        if manifest:
            _print_manifest(reader, ending)
            return 0
        found = build(reader, settings.k, groups)
        asked = _further(reader, found, cluster, bootstrap), _extrapolated(reader, found.protocol, extrapolate)
        _show(found, *asked, ending.console)
        _leave_behind(reader, found, plot, ending)
    return 0


def _names_no_run(folder: Path) -> UsageError:
    said = msg(
        "{run}: it holds a run per instruction; name one of them, for example {path}", run=folder, path=folder / "own"
    )
    return UsageError(said)


def _of_instructions(folder: Path, ks: tuple[int, ...] | None, plot: Path | None, console: Console) -> int:
    """The runs of `run --instructions`, side by side."""
    from codeeval.cli.instructions import draw, show

    if plot is not None:
        draw(folder, plot, console, min(ks or (1,)))
    return show(folder, console, ks)


def _leave_behind(reader: RunReader, found: Report, plot: Path | None, ending: Destination) -> None:
    """Write the picture and the results, if requested."""
    from codeeval.i18n import tr
    from codeeval.report.results import write_results

    if plot is not None:
        from codeeval.report.plot import draw
        from codeeval.report.plot_values import picture

        draw(picture(reader, found), plot)
        ending.console.note(tr("drawn: {path}", path=plot))
    if ending.results is not None:
        write_results(reader, ending.results)


def _extrapolated(reader: RunReader, protocol: str, ks: str | None) -> Sequence[Extrapolation]:
    if ks is None:
        return ()
    from codeeval.report.extrapolated import extrapolated

    parts = [part.strip() for part in ks.split(",")]
    if not all(part.isascii() and part.isdigit() and len(part) < 8 and 0 < int(part) <= _LARGEST for part in parts):
        raise UsageError(
            msg(
                "--extrapolate must be numbers separated by commas, as in 100,1000, up to {n}; got {value}",
                n=f"{_LARGEST:,}",
                value=repr(ks),
            )
        )
    return extrapolated(reader, protocol, sorted({int(part) for part in parts}))


def _further(reader: RunReader, found: Report, cluster: str | None, seed: int | None) -> Sequence[Further]:
    if cluster is None and seed is None:
        return ()
    from codeeval.report.intervals_on_request import Wish, further

    return further(reader, found.protocol, tuple(found.estimates[found.protocol]), Wish(cluster, seed))


def _show(found: Report, more: Sequence[Further], beyond: Sequence[Extrapolation], console: Console) -> None:
    """Print the report and, separate from its scores, whatever else was requested."""
    if console.format == "json" and (more or beyond):
        from codeeval.report import document

        further_intervals = {"further_intervals": [item.to_json() for item in more]} if more else {}
        extrapolations = {"extrapolated": [item.to_json() for item in beyond]} if beyond else {}
        console.document({**document(found), **further_intervals, **extrapolations})
        return
    console.show(found)
    if console.quiet:
        return
    from codeeval.report import extrapolated, intervals_on_request

    in_markdown = console.format == "markdown"
    if more:
        console.result("\n" + (intervals_on_request.markdown if in_markdown else intervals_on_request.text)(more))
    if beyond:
        console.result("\n" + (extrapolated.markdown if in_markdown else extrapolated.text)(beyond))


def _print_manifest(reader: RunReader, ending: Destination) -> None:
    import json

    from codeeval.report import manifest_text
    from codeeval.store.runcounts import stating_limits

    found = stating_limits(reader)
    if ending.console.format == "json":
        ending.console.document(json.loads(found.to_json()))
    else:
        ending.console.result(manifest_text.render(found))

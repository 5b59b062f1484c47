"""`codeeval sandbox build | selftest | clean`"""

from __future__ import annotations

import typer

from codeeval.cli import options

app = typer.Typer(help="The workers that execute programs.", no_args_is_help=True, rich_markup_mode=None)


def register(root: typer.Typer) -> None:
    root.add_typer(app, name="sandbox")


@app.command(
    "build", help="Build the image of the docker sandbox, if it is not there yet.", short_help="Build the image."
)
def build(format: options.Format = None) -> int:
    from codeeval.cli.console import Console
    from sandbox.backends import build_image

    console = Console(format or "auto")
    tag, image = build_image(console.note)
    if console.format == "json":
        console.document({"tag": tag, "image": image})
    else:
        console.result(f"{tag} {image}")
    return 0


SELFTEST_HELP = """Run the conformance cases and the verdict checks on this machine.

Exit code 0 when the sandbox behaves as it must and known cheats fail; 3 otherwise.
"""


@app.command("selftest", help=SELFTEST_HELP, short_help="Check the sandbox of this machine.")
def selftest(
    sandbox: options.Sandbox = None,
    workers: options.Workers = None,
    isolation: options.Isolation = None,
    format: options.Format = None,
) -> int:
    from codeeval.cli.console import Console
    from codeeval.cli.selftest import show_selftest
    from codeeval.evaluation.request import placement
    from codeeval.evaluation.resolve import resolve
    from codeeval.evaluation.selftest import selftest as tested

    settings = resolve(
        {"sandbox": sandbox, "workers": workers, "isolation": isolation, "format": format}, None
    ).settings
    console = Console(settings.format)
    return show_selftest(tested(placement(settings), console), console)


@app.command(
    "clean",
    help="Remove what dead runs left behind (containers, sockets) and images of other versions.",
    short_help="Remove leftovers.",
)
def clean(format: options.Format = None) -> int:
    from codeeval.cli.console import Console
    from sandbox import sweep
    from sandbox.backends import prune_images

    console = Console(format or "auto")
    removed = [*sweep(), *prune_images()]
    if console.format == "json":
        console.document({"removed": removed})
    else:
        for name in removed:
            console.result(f"removed {name}")
        console.result(f"{len(removed)} leftovers removed" if removed else "nothing to remove")
    return 0

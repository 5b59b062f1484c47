"""`codeeval sandbox build | selftest | clean`"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from codeeval.cli import options

app = typer.Typer(
    help="Build, test and clean up the sandbox, which executes programs.",
    short_help="Build, test and clean up the sandbox.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def register(root: typer.Typer) -> None:
    root.add_typer(app, name="sandbox")


BUILD_HELP = """Build the image of the docker sandbox, if it is not there yet.

--base and --with make an image with another Python or with packages, and print the name of a base image. Set CODEEVAL_BASE to
that name to use it. The image's digest is in the manifest, and runs with different images are not compared.

\b
Examples:
  codeeval sandbox build
  codeeval sandbox build --base python:3.14-slim
  codeeval sandbox build --with "pandas==2.3.*" sympy
  codeeval sandbox build --requirements requirements.txt      hashes in it are checked
"""

Base = Annotated[str | None, typer.Option("--base", help="An image that has python3.", metavar="IMAGE")]
With = Annotated[list[str] | None, typer.Option("--with", help="A package, as pip names it.", metavar="PKG")]
More = Annotated[list[str] | None, typer.Argument(help="Further packages.", metavar="[PKG...]")]
Requirements = Annotated[
    Path | None, typer.Option("--requirements", help="A requirements file of pip.", metavar="FILE", exists=True)
]


@app.command("build", help=BUILD_HELP, short_help="Build the image.")
def build(
    more: More = None,
    base: Base = None,
    with_: With = None,
    requirements: Requirements = None,
    format: options.Format = None,
) -> int:
    from codeeval.cli.console import Console
    from codeeval.errors import UsageError
    from sandbox.backends import Wanted, build_base, build_image

    if more and not with_:
        raise UsageError(f"{more[0]}: packages stand behind --with")
    console = Console(format or "auto")
    wanted = Wanted(base, (*(with_ or ()), *(more or ())), requirements)
    built = build_base(console.note, wanted) if wanted != Wanted() else None
    tag, image = build_image(console.note, built)
    if console.format == "json":
        console.document({"tag": tag, "image": image, **({"base": built} if built else {})})
        return 0
    console.result(f"{tag} {image}")
    if built:
        console.note(f"runs use it with: export CODEEVAL_BASE={built}")
    return 0


SELFTEST_HELP = """Test the sandbox on this machine: correct, wrong and cheating programs must get the right verdicts.

Exit code 0: all tests pass; 3: otherwise.
"""


@app.command("selftest", help=SELFTEST_HELP, short_help="Check the sandbox of this machine.")
def selftest(
    sandbox: options.Sandbox = None,
    python: options.Python = None,
    workers: options.Workers = None,
    isolation: options.Isolation = None,
    format: options.Format = None,
) -> int:
    from codeeval.cli.console import Console
    from codeeval.cli.selftest import show_selftest
    from codeeval.evaluation.resolve import resolve
    from codeeval.evaluation.sandbox import placement
    from codeeval.evaluation.selftest import selftest as tested

    settings = resolve(
        {"sandbox": sandbox, "python": python, "workers": workers, "isolation": isolation, "format": format}, None
    ).settings
    console = Console(settings.format)
    return show_selftest(tested(placement(settings), console), console)


@app.command(
    "clean",
    help="Remove what runs that died left behind (containers, sockets), and images of other versions of codeeval.",
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

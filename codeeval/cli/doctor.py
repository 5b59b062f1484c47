"""`codeeval doctor`"""

from __future__ import annotations

import typer

from codeeval.cli import options

HELP = """Check what works on this machine, and say how to fix what doesn't.

Exit code 0 when programs can be executed here, in Docker or in local namespaces; 3 otherwise.
"""


def register(app: typer.Typer) -> None:
    app.command("doctor", help=HELP, short_help="Check what works on this machine.")(doctor)


def doctor(format: options.Format = None) -> int:
    from dataclasses import asdict

    from codeeval.cli.console import Console
    from codeeval.cli.health import generation_checks, usable
    from sandbox.doctor import checks

    console = Console(format or "auto")
    found = [*checks(), *generation_checks()]
    if console.format == "json":
        console.document({"usable": usable(found), "checks": [asdict(check) for check in found]})
    else:
        marks = {True: "ok  ", False: "FAIL", None: "    "}
        for check in found:
            console.result(f"{marks[check.ok]} {check.name:<18} {check.detail}")
            for line in check.remedy.splitlines():
                console.result(f"{'':<23} -> {line}")
        console.result("programs can be executed here" if usable(found) else "no sandbox works here")
    return 0 if usable(found) else 3

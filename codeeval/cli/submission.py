"""`codeeval validate-submission`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from codeeval.cli import options

if TYPE_CHECKING:
    from codeeval.cli.console import Console
    from codeeval.mera import SubmissionScore
    from codeeval.mera.check import Checked, Reference

HELP = """Check a MERA submission, whoever wrote it; with the answers, score it as the site would and as it should be.

Exit code 0: valid; 2: the site would score the whole task 0, and every finding says why.

\b
Examples:
  codeeval validate-submission submission.zip
  codeeval validate-submission submission.zip -t ruhumaneval
  codeeval validate-submission submission.zip --file ruCodeEval.json --answers answers.json --format json
"""

Zip = Annotated[Path, typer.Argument(help="The submission.", metavar="ZIP")]
File = Annotated[str | None, typer.Option("--file", help="Which file of the zip.", metavar="NAME")]
#: Findings shown at most; --format json has all.
SHOWN = 20


def register(app: typer.Typer) -> None:
    app.command("validate-submission", help=HELP, short_help="Check and score a MERA submission.")(validate_submission)


def validate_submission(
    path: Zip,
    task: options.Task = None,
    answers: options.Answers = None,
    file: File = None,
    format: options.Format = None,
    lang: options.Lang = None,
) -> int:
    options.speak(lang)
    from codeeval.cli.console import Console
    from codeeval.mera import check, read_submission, score

    console = Console(format or "auto")
    found = read_submission(path, file)
    reference = _reference(task, answers)
    checked = check(found, reference)
    known = reference is not None and reference.n_tests.keys() == reference.expected.keys()
    scored = score(checked, reference) if reference is not None and known else None
    if console.format == "json":
        console.document(_document(found.name, checked, scored))
    else:
        _show(console, found.name, checked, scored)
        if scored is None:
            console.result(_why_not(known_set=reference is not None))
    return 0 if checked.valid else 2


def _why_not(known_set: bool) -> str:
    from codeeval.i18n import tr

    if known_set:
        return tr("not scored: the answers of this set are hidden: --answers FILE")
    return tr("not scored: give -t TASK or --answers FILE")


def _reference(task: str | None, answers: Path | None) -> Reference | None:
    from codeeval.mera import Reference
    from codeeval.tasks import load
    from codeeval.tasks.answers import apply, read_answers

    given = read_answers(answers) if answers is not None else None
    if task is None:
        if given is None:
            return None
        return Reference({pid: len(outputs) for pid, outputs in given.outputs.items()}, given.outputs)
    whole = load(task)
    if given is not None:
        whole = apply(whole, given)[0]
    expected = {problem.id: problem.expected for problem in whole.problems if problem.expected is not None}
    return Reference({problem.id: len(problem.calls) for problem in whole.problems}, expected)


def _document(name: str, checked: Checked, scored: SubmissionScore | None) -> dict[str, object]:
    from dataclasses import asdict

    return {
        "file": name,
        "valid": checked.valid,
        "shape": checked.shape,
        "n_problems": len(checked.samples),
        "findings": [asdict(finding) for finding in checked.findings],
        "site": {str(k): value for k, value in scored.site.items()} if scored else None,
        "proper": {str(k): value for k, value in scored.proper.items()} if scored else None,
    }


def _show(console: Console, name: str, checked: Checked, scored: SubmissionScore | None) -> None:
    from codeeval.i18n import message, tr
    from codeeval.report.terminal import number, safe

    state = tr("valid") if checked.valid else tr("INVALID: the site would score the whole task 0")
    shape = checked.shape or tr("neither version")
    head = tr(
        "{file}: {n} {n:problem|problems}, shape of {shape}", file=safe(name), n=len(checked.samples), shape=shape
    )
    console.result(f"{head}, {state}")
    for finding in checked.findings[:SHOWN]:
        where = tr("problem {problem}: ", problem=safe(finding.problem_id)) if finding.problem_id else ""
        kind = tr("error") if finding.error else tr("note ")
        console.result(f"  {kind} {where}{safe(message(finding.text))}")
    if len(checked.findings) > SHOWN:
        console.result("  " + tr("… and {n} more; --format json has all", n=len(checked.findings) - SHOWN))
    if scored is not None:
        for title, values in ((tr("as the site scores it"), scored.site), (tr("as it should be"), scored.proper)):
            shown = "  ".join(f"pass@{k} {number(value)}" for k, value in values.items())
            console.result(f"{title:<22}  {shown}")

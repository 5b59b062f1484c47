"""`codeeval validate-submission`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from codeeval.cli import options
from codeeval.i18n import msg

if TYPE_CHECKING:
    from codeeval.cli.console import Console
    from codeeval.mera.check import Reference
    from codeeval.mera.validation import Validated

HELP = """Check a MERA submission, whatever tool wrote it; with the answers, also score it as the site does and as it should be.

Exit code 0: the site scores every file of the zip; 2: it scores one of them 0 or not at all, and every error says why. Notes
are advice: the site accepts the file as it is.

\b
Examples:
  codeeval validate-submission submission.zip
  codeeval validate-submission submission.zip -t ruhumaneval
  codeeval validate-submission submission.zip -t ruhumaneval -t rucodeeval --answers answers.json
  codeeval validate-submission submission.zip --file ruCodeEval.json --answers answers.json --format json
"""

Zip = Annotated[Path, typer.Argument(help="The submission.", metavar="ZIP")]
File = Annotated[str | None, typer.Option("--file", help="Check only this file of the zip.", metavar="NAME")]
Tasks = Annotated[
    list[str] | None,
    typer.Option("-t", "--task", help="The set that a file answers, to score it; may be repeated.", metavar="TASK"),
]
#: The most findings shown per file; --format json has all.
SHOWN = 20


def register(app: typer.Typer) -> None:
    app.command("validate-submission", help=HELP, short_help="Check and score a MERA submission.")(validate_submission)


def validate_submission(
    path: Zip,
    task: Tasks = None,
    answers: options.Answers = None,
    file: File = None,
    format: options.Format = None,
    lang: options.Lang = None,
) -> int:
    options.speak(lang)
    from codeeval.cli.console import Console
    from codeeval.mera.validation import validate

    console = Console(format or "auto")
    references = _references(tuple(task or ()), answers)
    found = validate(path, references, file)
    if console.format == "json":
        console.document(_document(found))
    else:
        for each in found:
            _show(console, each)
            if each.site.values is None:
                console.result(_why_not(known_set=bool({each.name, ""} & references.keys())))
    return 0 if all(each.valid for each in found) else 2


def _why_not(known_set: bool) -> str:
    from codeeval.i18n import tr

    if known_set:
        return tr("not scored: the answers of this set are hidden: --answers FILE")
    return tr("not scored: give -t TASK or --answers FILE")


def _references(tasks: tuple[str, ...], answers: Path | None) -> dict[str, Reference]:
    """Name of a set's file in the zip -> its set; "" for a set with another name, or for answers alone."""
    from codeeval.errors import UsageError
    from codeeval.mera.check import Reference
    from codeeval.mera.write import FILE_NAMES
    from codeeval.tasks import load
    from codeeval.tasks.answers import apply, read_answers

    given = read_answers(answers) if answers is not None else None
    if not tasks:
        if given is None:
            return {}
        return {"": Reference({pid: len(outputs) for pid, outputs in given.outputs.items()}, given.outputs)}
    loaded = [load(task) for task in tasks]
    hidden = [whole for whole in loaded if any(problem.expected is None for problem in whole.problems)]
    found = {}
    for whole in loaded:
        if given is not None and (len(loaded) == 1 or whole in hidden):
            whole = apply(whole, given)[0]
        expected = {problem.id: problem.expected for problem in whole.problems if problem.expected is not None}
        n_tests = {problem.id: len(problem.calls) for problem in whole.problems}
        name = FILE_NAMES.get(whole.name.lower(), "")
        if name in found:
            raise UsageError(
                msg(
                    "-t {task}: one set was named already for {name}; name it once",
                    task=whole.name,
                    name=name or "a file of any name",
                )
            )
        found[name] = Reference(n_tests, expected)
    return found


def _document(found: tuple[Validated, ...]) -> dict[str, object]:
    """The fields beside `files` are those of the first file, except `valid`, which covers all."""
    files = [_one(each) for each in found]
    return {**files[0], "valid": all(each.valid for each in found), "files": files}


def _one(each: Validated) -> dict[str, object]:
    from dataclasses import asdict

    site, proper = each.site.values, each.proper
    return {
        "file": each.name,
        "valid": each.valid,
        "shape": each.checked.shape,
        "n_problems": len(each.checked.samples),
        "findings": [asdict(finding) for finding in each.findings],
        "site": {str(k): value for k, value in site.items()} if site is not None else None,
        "proper": {str(k): value for k, value in proper.proper.items()} if proper is not None else None,
    }


def _where(problem_id: str) -> str:
    """The problem of a finding, or the row if it has no id."""
    from codeeval.i18n import tr
    from codeeval.report.terminal import safe

    if problem_id.startswith("row "):
        return tr("row {place}: ", place=problem_id.removeprefix("row "))
    return tr("problem {problem}: ", problem=safe(problem_id)) if problem_id else ""


def _show(console: Console, each: Validated) -> None:
    from codeeval.i18n import message, tr
    from codeeval.report.terminal import number, safe

    state = tr("valid") if each.valid else tr("INVALID: the site would score the whole task 0")
    shape = each.checked.shape or tr("neither version")
    n = len(each.checked.samples)
    head = tr("{file}: {n} {n:problem|problems}, shape of {shape}", file=safe(each.name), n=n, shape=shape)
    console.result(f"{head}, {state}")
    for finding in each.findings[:SHOWN]:
        where = _where(finding.problem_id)
        kind = tr("error") if finding.error else tr("note ")
        console.result(f"  {kind} {where}{safe(message(finding.text))}")
    if len(each.findings) > SHOWN:
        console.result("  " + tr("… and {n} more; --format json has all", n=len(each.findings) - SHOWN))
    proper = None if each.proper is None else each.proper.proper
    for title, values in ((tr("as the site scores it"), each.site.values), (tr("as it should be"), proper)):
        if values is not None:
            console.result(f"{title:<22}  " + "  ".join(f"pass@{k} {number(value)}" for k, value in values.items()))

"""A run -> the JSON of its task in a submission. Checked like any other; `codeeval.exports.mera_packing` makes the
zip."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from codeeval.errors import UsageError
from codeeval.i18n import joined, msg
from codeeval.manifest import no_score
from codeeval.mera.check import Reference, check
from codeeval.mera.read import SubmissionEntry, SubmissionFile
from codeeval.store import RunReader
from codeeval.tasks import TASKS

FILE_NAMES = {"ruhumaneval": "ruHumanEval.json", "rucodeeval": "ruCodeEval.json"}
#: The protocols with an executor whose outputs a leaderboard accepts. The one for MERA 1.1 is closed.
OPEN = ("mera-code", "mera-1.2")
#: lm-evaluation-harness turns everything in its log into text, and MERA's script takes the outputs from there.
MISSING = "None"


def protocol_of(reader: RunReader) -> str:
    """The protocol whose outputs are submitted.

    Raises UsageError for a run of a set that MERA does not have, and for one judged under none of OPEN.
    """
    if _foreign(reader):
        raise UsageError(
            msg(
                "{run_dir}: {task} is not a set of MERA's, so there is nothing to submit there\n  MERA takes {names}.",
                run_dir=reader.run_dir,
                task=reader.manifest().task.name,
                names=", ".join(FILE_NAMES.values()),
            )
        )
    judged_by = reader.manifest().protocols
    found = next((name for name in judged_by if name in OPEN), None)
    if found is not None:
        return found
    if "mera-1.1" in judged_by:
        raise UsageError(
            msg(
                "{run_dir}: it was judged under mera-1.1, and the leaderboard of MERA 1.1 is closed\n  Run `codeeval "
                "rescore {run} --protocol mera-code`, then `run --resume`.",
                run_dir=reader.run_dir,
                run=reader.run_dir,
            )
        )
    raise UsageError(
        msg(
            "{run_dir}: it was judged under {names} only, and a submission holds what MERA's executor returns\n  Run "
            "`codeeval rescore {run} --protocol mera-code`, then `run --resume`.",
            run_dir=reader.run_dir,
            names=", ".join(judged_by),
            run=reader.run_dir,
        )
    )


def as_logged(outputs: Sequence[str | None] | str) -> list[str] | str:
    """A sample's outputs as lm-evaluation-harness logs them: a call without a value is the text "None"."""
    return outputs if isinstance(outputs, str) else [MISSING if text is None else text for text in outputs]


def _document(reader: RunReader, ids: Iterable[str]) -> dict[str, object]:
    """The JSON of a run's task with these problems, `outputs` as [1][n][n_tests].

    Raises UsageError for a run that is incomplete, was not judged under a MERA protocol, or lacks problems.
    """
    protocol = protocol_of(reader)
    _check_whole(reader, protocol)
    outputs: dict[str, list[object]] = {pid: [] for pid in ids}
    for row in reader.judgements(protocol):
        outputs[row.problem_id].append(as_logged(row.outputs))
    if empty := [pid for pid, each in outputs.items() if not each]:
        raise UsageError(
            msg(
                "{run_dir}: {n} of {m} problems have no samples ({ids}); every id must be there, or the site scores the "
                "whole task 0",
                run_dir=reader.run_dir,
                n=len(empty),
                m=len(outputs),
                ids=", ".join(empty[:5]),
            )
        )
    rows = [{"outputs": [each], "meta": {"id": _number(pid)}} for pid, each in outputs.items()]
    return {"data": {"test": rows}}


def _check_whole(reader: RunReader, protocol: str) -> None:
    """Raises UsageError for a run of altered problems, one that is incomplete, and one of a part of its set."""
    manifest = reader.manifest()
    if note := no_score(manifest.notes):
        raise UsageError(
            msg(
                "{run_dir}: {note}\n  Run the problems as they are published to submit them.",
                run_dir=reader.run_dir,
                note=note,
            )
        )
    if reader.n_pending((protocol,)):
        raise UsageError(
            msg(
                "{run_dir}: the run is incomplete\n  Continue it: codeeval run --resume {run}",
                run_dir=reader.run_dir,
                run=reader.run_dir,
            )
        )
    if manifest.task.n_selected != manifest.task.n_problems:
        raise UsageError(
            msg(
                "{run_dir}: it has {n} of the {m} problems of {task}; every id must be there, or the site scores the "
                "whole task 0",
                run_dir=reader.run_dir,
                n=manifest.task.n_selected,
                m=manifest.task.n_problems,
                task=manifest.task.name,
            )
        )


def _foreign(reader: RunReader) -> bool:
    """Whether a set is known not to be MERA's: codeeval has it under another name, or it has another schema."""
    name = reader.manifest().task.name.lower()
    known = any(name == task.name for task in TASKS) and name not in FILE_NAMES
    return known or not reader.is_of_calls()


def doubt(run: Path) -> tuple[str, ...]:
    """Notes on submitting a set in MERA's schema without one of MERA's names, line by line; empty if the name is
    right."""
    with RunReader(run) as reader:
        name = reader.manifest().task.name
    if name.lower() in FILE_NAMES:
        return ()
    return (
        msg(
            "warning: MERA takes {names}, and this zip holds {name}",
            names=", ".join(FILE_NAMES.values()),
            name=_member(name),
        ),
        msg(
            "  If {name} is one of those sets, name its file so and score the samples again: `codeeval score -t "
            "ruhumaneval.jsonl --samples {path}`",
            name=name,
            path=run,
        ),
    )


def _member(name: str) -> str:
    return FILE_NAMES.get(name.lower(), f"{name}.json")


def _number(problem_id: str) -> int:
    if not (problem_id.isascii() and problem_id.isdigit()):
        raise UsageError(
            msg(
                "problem {problem_id}: the ids of a submission are integers, so this set can't be submitted",
                problem_id=repr(problem_id),
            )
        )
    return int(problem_id)


def checked_document(run: Path) -> tuple[str, dict[str, object]]:
    """(name of the file in the zip, its JSON). Raises UsageError if the site would not score the run."""
    with RunReader(run) as reader:
        n_tests = {planned.problem.id: len(planned.problem.calls) for planned in reader.problems()}
        content = _document(reader, n_tests)
        name = reader.manifest().task.name
    member = _member(name)
    _refuse_if_malformed(run, member, content, n_tests)
    return member, content


def _refuse_if_malformed(run: Path, member: str, content: dict[str, object], n_tests: dict[str, int]) -> None:
    rows = content["data"]["test"]  # type: ignore[index]
    entries = tuple(SubmissionEntry(place, row["meta"]["id"], row["outputs"]) for place, row in enumerate(rows))
    checked = check(SubmissionFile(member, entries), Reference(n_tests, {}))
    wrong = [finding for finding in checked.findings if finding.error]
    if wrong:
        lines = [
            msg("  problem {problem}: {why}", problem=finding.problem_id or "-", why=finding.text)
            for finding in wrong[:5]
        ]
        lines += [msg("  … and {n} more", n=len(wrong) - 5)] * (len(wrong) > 5)
        raise UsageError(
            msg(
                "{run}: the site would score this submission 0, so nothing was written:\n{lines}",
                run=run,
                lines=joined("\n", lines),
            )
        )

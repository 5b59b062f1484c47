"""A run -> the JSON of its task in a submission. Checked as anyone's is; `codeeval.exports.mera_packing` makes the zip."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from codeeval.errors import UsageError
from codeeval.manifest import no_score
from codeeval.mera.check import Reference, check
from codeeval.mera.read import Entry, SubmissionFile
from codeeval.store import RunReader
from codeeval.tasks import TASKS

FILE_NAMES = {"ruhumaneval": "ruHumanEval.json", "rucodeeval": "ruCodeEval.json"}
#: Whose executor's outputs a leaderboard takes. That of MERA 1.1 is closed.
OPEN = ("mera-code", "mera-1.2")
#: lm-evaluation-harness makes a text of everything in its log, from which MERA's script takes the outputs.
MISSING = "None"


def protocol_of(reader: RunReader) -> str:
    """The protocol whose outputs are submitted.

    Raises UsageError for a run of a set that MERA does not have, and for one that was judged under none of OPEN.
    """
    if _foreign(reader):
        raise UsageError(
            f"{reader.run_dir}: {reader.manifest().task.name} is no set of MERA's, so there is nothing to submit there\n"
            f"  MERA takes {', '.join(FILE_NAMES.values())}."
        )
    judged_by = reader.manifest().protocols
    found = next((name for name in judged_by if name in OPEN), None)
    if found is not None:
        return found
    if "mera-1.1" in judged_by:
        raise UsageError(
            f"{reader.run_dir}: it was judged under mera-1.1, and the leaderboard of MERA 1.1 is closed\n"
            f"  Run `codeeval rescore {reader.run_dir} --protocol mera-code`, then `run --resume`."
        )
    raise UsageError(
        f"{reader.run_dir}: it was judged under {', '.join(judged_by)} only, and a submission holds what MERA's "
        f"executor returns\n  Run `codeeval rescore {reader.run_dir} --protocol mera-code`, then `run --resume`."
    )


def as_logged(outputs: Sequence[str | None] | str) -> list[str] | str:
    """The outputs of a sample as lm-evaluation-harness logs them: a call without a value is the text "None"."""
    return outputs if isinstance(outputs, str) else [MISSING if text is None else text for text in outputs]


def _document(reader: RunReader, ids: Iterable[str]) -> dict[str, object]:
    """The JSON of a run's task with these problems, `outputs` as [1][n][n_tests].

    Raises UsageError for a run that is incomplete, was not judged under a MERA protocol, or leaves problems out.
    """
    manifest = reader.manifest()
    protocol = protocol_of(reader)
    if note := no_score(manifest.notes):
        raise UsageError(f"{reader.run_dir}: {note}\n  Run the problems as they are published to submit them.")
    if reader.n_pending((protocol,)):
        raise UsageError(
            f"{reader.run_dir}: the run is incomplete\n  Continue it: codeeval run --resume {reader.run_dir}"
        )
    if manifest.task.n_selected != manifest.task.n_problems:
        raise UsageError(
            f"{reader.run_dir}: it has {manifest.task.n_selected} of the {manifest.task.n_problems} problems of "
            f"{manifest.task.name}; every id must be there, or the site scores the whole task 0"
        )
    outputs: dict[str, list[object]] = {pid: [] for pid in ids}
    for row in reader.judgements(protocol):
        outputs[row.problem_id].append(as_logged(row.outputs))
    if empty := [pid for pid, each in outputs.items() if not each]:
        raise UsageError(
            f"{reader.run_dir}: {len(empty)} of {len(outputs)} problems have no samples ({', '.join(empty[:5])}); every id must "
            "be there, or the site scores the whole task 0"
        )
    rows = [{"outputs": [each], "meta": {"id": _number(pid)}} for pid, each in outputs.items()]
    return {"data": {"test": rows}}


def _foreign(reader: RunReader) -> bool:
    """Whether a set is known to be none of MERA's: one that codeeval has by another name, or one in another schema."""
    name = reader.manifest().task.name.lower()
    known = any(name == task.name for task in TASKS) and name not in FILE_NAMES
    return known or not reader.is_of_calls()


def doubt(run: Path) -> tuple[str, ...]:
    """What to know of a submission of a set in MERA's schema that has none of MERA's names, line by line; nothing where
    the name is right."""
    with RunReader(run) as reader:
        name = reader.manifest().task.name
    if name.lower() in FILE_NAMES:
        return ()
    return (
        f"warning: MERA takes {', '.join(FILE_NAMES.values())}, and this zip holds {_member(name)}",
        f"  If {name} is one of those sets, name its file so and score the samples again: "
        f"`codeeval score -t ruhumaneval.jsonl --samples {run}`",
    )


def _member(name: str) -> str:
    return FILE_NAMES.get(name.lower(), f"{name}.json")


def _number(problem_id: str) -> int:
    if not (problem_id.isascii() and problem_id.isdigit()):
        raise UsageError(
            f"problem {problem_id!r}: the ids of a submission are integers, so this set can't be submitted"
        )
    return int(problem_id)


def checked_document(run: Path) -> tuple[str, dict[str, object]]:
    """(name of the file in the zip, its JSON). Raises UsageError if the site would not score the run as it is."""
    with RunReader(run) as reader:
        n_tests = {planned.problem.id: len(planned.problem.calls) for planned in reader.problems()}
        content = _document(reader, n_tests)
        name = reader.manifest().task.name
    member = _member(name)
    _refuse_if_malformed(run, member, content, n_tests)
    return member, content


def _refuse_if_malformed(run: Path, member: str, content: dict[str, object], n_tests: dict[str, int]) -> None:
    rows = content["data"]["test"]  # type: ignore[index]
    entries = tuple(Entry(place, row["meta"]["id"], row["outputs"]) for place, row in enumerate(rows))
    checked = check(SubmissionFile(member, entries), Reference(n_tests, {}))
    wrong = [finding for finding in checked.findings if finding.error]
    if wrong:
        shown = "\n".join(f"  problem {finding.problem_id or '-'}: {finding.text}" for finding in wrong[:5])
        more = f"\n  … and {len(wrong) - 5} more" if len(wrong) > 5 else ""
        raise UsageError(f"{run}: the site would score this submission 0, so nothing was written:\n{shown}{more}")

"""A run -> the zip that MERA's site takes. Checked as anyone's zip is, before anything is written."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from codeeval.errors import StoreError, UsageError
from codeeval.files import written
from codeeval.manifest import no_score
from codeeval.mera.check import Reference, check
from codeeval.mera.read import Entry, SubmissionFile
from codeeval.store import RunReader
from codeeval.tasks import TASKS

FILE_NAMES = {"ruhumaneval": "ruHumanEval.json", "rucodeeval": "ruCodeEval.json"}
#: How deep `outputs` is: MERA 1.2.0 and MERA Code put the samples of a problem into one more list.
SHAPES = ("1.2", "1.1")
_EPOCH = (1980, 1, 1, 0, 0, 0)  # equal runs give equal zips


def document(reader: RunReader, shape: str | None = None) -> dict[str, object]:
    """The JSON of a run's task. `shape`: that of the run's protocol unless given.

    Raises UsageError for a run that is incomplete, was not judged under a MERA protocol, or leaves problems out.
    """
    manifest = reader.manifest()
    if _foreign(reader):
        raise UsageError(
            f"{reader.run_dir}: {manifest.task.name} is no set of MERA's, so there is nothing to submit there\n"
            f"  MERA takes {', '.join(FILE_NAMES.values())}."
        )
    protocol = next((name for name in manifest.protocols if name.startswith("mera")), None)
    if protocol is None:
        raise UsageError(
            f"{reader.run_dir}: it was judged under {', '.join(manifest.protocols)} only, and a submission holds what MERA's "
            f"executor returns\n  Run `codeeval rescore {reader.run_dir} --protocol mera-code`, then `run --resume`."
        )
    if note := no_score(manifest.notes):
        raise UsageError(f"{reader.run_dir}: {note}\n  Run the problems as they are published to submit them.")
    if reader.missing_samples() or reader.unjudged(protocol):
        raise UsageError(
            f"{reader.run_dir}: the run is incomplete\n  Continue it: codeeval run --resume {reader.run_dir}"
        )
    if manifest.task.n_selected != manifest.task.n_problems:
        raise UsageError(
            f"{reader.run_dir}: it has {manifest.task.n_selected} of the {manifest.task.n_problems} problems of "
            f"{manifest.task.name}; every id must be there, or the site scores the whole task 0"
        )
    deep = (shape or ("1.1" if protocol == "mera-1.1" else "1.2")) == "1.2"
    outputs: dict[str, list[object]] = {planned.problem.id: [] for planned in reader.problems()}
    for row in reader.judgements(protocol):
        outputs[row.problem_id].append(row.outputs if isinstance(row.outputs, str) else list(row.outputs))
    if empty := [pid for pid, each in outputs.items() if not each]:
        raise UsageError(
            f"{reader.run_dir}: {len(empty)} of {len(outputs)} problems have no samples ({', '.join(empty[:5])}); every id must "
            "be there, or the site scores the whole task 0"
        )
    rows = [{"outputs": [each] if deep else each, "meta": {"id": _number(pid)}} for pid, each in outputs.items()]
    return {"data": {"test": rows}}


def _foreign(reader: RunReader) -> bool:
    """Whether a set is known to be none of MERA's: one that codeeval has by another name, or one in another schema."""
    name = reader.manifest().task.name.lower()
    known = any(name == task.name for task in TASKS) and name not in FILE_NAMES
    return known or any(
        planned.problem.tests is not None or planned.problem.oracle is not None for planned in reader.problems()
    )


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


def write_submission(run: Path, output: Path, shape: str | None = None) -> None:
    """The zip of a run. Raises UsageError where the site would refuse it, StoreError where it can't be written."""
    with RunReader(run) as reader:
        content = document(reader, shape)
        name = reader.manifest().task.name
        n_tests = {planned.problem.id: len(planned.problem.calls) for planned in reader.problems()}
    member = _member(name)
    _refuse_if_malformed(run, member, content, n_tests)
    text = json.dumps(content, ensure_ascii=False, indent=4)
    try:
        with written(output) as stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            info = zipfile.ZipInfo(member, _EPOCH)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(info, text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise StoreError(f"{output}: {error.strerror or error}") from error


def _refuse_if_malformed(run: Path, member: str, content: dict[str, object], n_tests: dict[str, int]) -> None:
    rows = content["data"]["test"]  # type: ignore[index]
    entries = tuple(Entry(place, row["meta"]["id"], row["outputs"]) for place, row in enumerate(rows))
    checked = check(SubmissionFile(member, entries), Reference(n_tests, {}))
    wrong = [finding for finding in checked.findings if finding.error]
    if wrong:
        shown = "\n".join(f"  problem {finding.problem_id or '-'}: {finding.text}" for finding in wrong[:5])
        more = f"\n  … and {len(wrong) - 5} more" if len(wrong) > 5 else ""
        raise UsageError(f"{run}: the site would score this submission 0, so nothing was written:\n{shown}{more}")

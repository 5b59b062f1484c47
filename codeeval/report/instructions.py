"""How the score depends on the instruction: the runs of `codeeval run --instructions` side by side, as values."""

from __future__ import annotations

import json
import re
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

from codeeval import bounded_json
from codeeval.errors import DataError
from codeeval.i18n import at, msg
from codeeval.stats import KEstimate, summarize
from codeeval.stats.compare import CompareOptions, Comparison, compare
from codeeval.stats.paired import holm
from codeeval.stats.run_counts import RunCounts
from codeeval.stats.spread import Spread, spread
from codeeval.store import RunReader
from codeeval.store.inside import is_file, read_file
from codeeval.tasks.instructions import OWN, Instruction

FILE_NAME = "instructions.json"
SCHEMA_VERSION = 1
KIND = "codeeval instructions"
#: More than any set has.
MAX_PLAN_BYTES = 4 * 1024 * 1024
_NAME = re.compile(r"\w[\w.-]{0,99}", re.ASCII)


@dataclass(frozen=True, slots=True)
class InstructionRow:
    """One run. `estimates`: protocol -> k -> pass@k, empty while nothing has a verdict; `versus`: pass@1 against the
    run with the set's own instructions, `p_holm`: its permutation p adjusted for the number of instructions. Both are
    None for that run itself and while one of the two is incomplete."""

    instruction: Instruction
    run: str
    n_problems: int
    n_samples: int
    pending: int
    hidden: int
    estimates: dict[str, dict[int, KEstimate]]
    versus: Comparison | None = None
    p_holm: float | None = None


@dataclass(frozen=True, slots=True)
class InstructionsReport:
    """`spreads`: protocol -> k -> spread over the instructions (without OWN) with complete runs, which `compared`
    names; empty if there are fewer than two."""

    run: str
    task: str
    model: str
    protocol: str
    rows: tuple[InstructionRow, ...]
    compared: tuple[str, ...]
    spreads: dict[str, dict[int, Spread]]
    notes: tuple[str, ...] = ()

    @property
    def pending(self) -> int:
        return sum(row.pending for row in self.rows)

    @property
    def complete(self) -> bool:
        return self.pending == 0


def is_instructions(folder: Path) -> bool:
    """Whether a folder holds the runs of several instructions."""
    return is_file(folder / FILE_NAME)


def plan_text(found: tuple[Instruction, ...]) -> str:
    """The content of the folder's plan, which is written last: it marks the folder as complete."""
    rows = [asdict(instruction) for instruction in found]
    return json.dumps({"kind": KIND, "schema": SCHEMA_VERSION, "instructions": rows}, indent=2) + "\n"


def read_plan(folder: Path) -> tuple[Instruction, ...]:
    """Read the plan. Raises DataError if codeeval did not write the file."""
    path = folder / FILE_NAME
    try:
        value = bounded_json.loads(read_file(path, MAX_PLAN_BYTES).decode("utf-8"))
        if value["kind"] != KIND or value["schema"] != SCHEMA_VERSION:
            raise ValueError("another kind or version")
        found = tuple(Instruction(str(row["name"]), row["text"], int(row["own"])) for row in value["instructions"])
        if not found or any(not _NAME.fullmatch(each.name) for each in found):
            raise ValueError("names of folders are expected")
        if any((folder / each.name).is_symlink() for each in found):
            raise ValueError("folders are expected, no links")
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise DataError(str(path), at("not a list of instructions", str(error)), msg("The file is damaged.")) from None
    return found


def build(folder: Path, ks: tuple[int, ...] | None = None) -> InstructionsReport:
    """The report of a folder, finished or not. Raises DataError, UsageError and StoreError for what can't be read."""
    plan = read_plan(folder)
    with ExitStack() as stack:
        readers = [stack.enter_context(RunReader(folder / each.name)) for each in plan]
        manifest = readers[0].manifest()
        chosen = ks or manifest.k
        rows = [_row(each, reader, chosen) for each, reader in zip(plan, readers, strict=True)]
        counts = {
            name: [{pid: (n, c) for pid, n, c in reader.counts(name)} for reader in readers]
            for name in manifest.protocols
        }
    whole = [row.pending == 0 and row.hidden == 0 for row in rows]
    places = [place for place, row in enumerate(rows) if whole[place] and row.instruction.name != OWN]
    spreads = (
        {name: spread([found[place] for place in places], chosen) for name, found in counts.items()}
        if len(places) > 1
        else {}
    )
    return InstructionsReport(
        run=str(folder),
        task=manifest.task.name,
        model=manifest.model.name,
        protocol=manifest.protocol,
        rows=_compared(rows, counts[manifest.protocol], whole),
        compared=tuple(rows[place].instruction.name for place in places),
        spreads=spreads,
        notes=manifest.notes,
    )


def _row(instruction: Instruction, reader: RunReader, ks: tuple[int, ...]) -> InstructionRow:
    manifest = reader.manifest()
    judged = {name: [(n, c) for _, n, c in reader.counts(name) if n] for name in manifest.protocols}
    n_samples = sum(n for n, _ in judged[manifest.protocol])
    return InstructionRow(
        instruction=instruction,
        run=str(reader.run_dir),
        n_problems=len(judged[manifest.protocol]),
        n_samples=n_samples,
        pending=reader.n_pending(),
        hidden=reader.n_samples() - n_samples - reader.n_unjudged(manifest.protocol),
        estimates={name: {k: summarize(found, k) for k in ks} for name, found in judged.items() if found},
    )


def _compared(
    rows: list[InstructionRow], counts: list[dict[str, tuple[int, int]]], whole: list[bool]
) -> tuple[InstructionRow, ...]:
    """Compare every complete run with the one with the set's own instructions, on pass@1."""
    from dataclasses import replace

    if not whole[0] or rows[0].instruction.name != OWN:
        return tuple(rows)
    base = RunCounts(OWN, counts[0])
    found = {
        place: compare(base, RunCounts(rows[place].instruction.name, counts[place]), CompareOptions())
        for place in range(1, len(rows))
        if whole[place]
    }
    adjusted = holm({str(place): each.p_permutation for place, each in found.items()})
    return tuple(
        replace(row, versus=found[place], p_holm=adjusted[str(place)]) if place in found else row
        for place, row in enumerate(rows)
    )


def document(report: InstructionsReport) -> dict[str, object]:
    """One JSON document; `docs/schemas/instructions.schema.json` describes it. Rates and differences are shares."""
    return {
        "schema": SCHEMA_VERSION,
        "kind": "instructions",
        "task": report.task,
        "model": report.model,
        "protocol": report.protocol,
        "complete": report.complete,
        "pending": report.pending,
        "instructions": [_row_document(row) for row in report.rows],
        "compared": list(report.compared),
        "spread": {name: {str(k): each.to_json() for k, each in by_k.items()} for name, by_k in report.spreads.items()},
        "warnings": list(report.notes),
        "run": report.run,
    }


def _row_document(row: InstructionRow) -> dict[str, object]:
    scores = {name: {str(k): each.to_json() for k, each in by_k.items()} for name, by_k in row.estimates.items()}
    versus = row.versus
    compared = versus and {
        "difference": versus.difference,
        "population": list(versus.population),
        "rerun": list(versus.rerun) if versus.rerun else None,
        "p_permutation": versus.p_permutation,
        "p_holm": row.p_holm,
        "regressed": [change.problem_id for change in versus.with_change("regressed")],
        "fixed": [change.problem_id for change in versus.with_change("fixed")],
    }
    return {
        **asdict(row.instruction),
        "run": row.run,
        "n_problems": row.n_problems,
        "n_samples": row.n_samples,
        "pending": row.pending,
        "hidden": row.hidden,
        "scores": scores,
        "versus_own": compared,
    }

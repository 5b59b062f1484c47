"""`baseline.json`: what a release is compared with. Small, stable, and readable in a review.

Per task: where the numbers come from, the digests that a candidate must share, and per problem `[n, c]`, one line each,
so that a diff of two baselines shows which problems changed. The same run gives the same bytes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StrictInt, ValidationError

from codeeval import bounded_json
from codeeval.errors import DataError, StoreError, UsageError, first_fault
from codeeval.files import read_text, reason, written
from codeeval.i18n import literal, msg
from codeeval.stats.dependence import TEMPERATURE_0
from codeeval.stats.run_counts import RunCounts
from codeeval.store import RunReader
from codeeval.store.connection import FILE_NAME
from codeeval.store.runcounts import require_complete, run_counts
from codeeval.types import MOST_SAMPLES

SCHEMA_VERSION: Literal[1] = 1
#: The most samples of a problem, as in a run.
MOST = MOST_SAMPLES
#: Digests that every run has.
_ALWAYS = ("problems", "protocol")
#: The most bytes of a baseline file: enough for 20,000 problems.
MAX_BYTES, MAX_VALUES = 1024 * 1024, 100_000
#: Settings in `sampling` that change a given model's score, so that a difference is worth a warning.
SAMPLING = ("temperature", "top_p", "top_k", "max_tokens")


def _sound(pair: tuple[int, int]) -> tuple[int, int]:
    if not 0 <= pair[1] <= pair[0] <= MOST or pair[0] < 1:
        raise ValueError(
            msg(
                "must be [n, c] with 1 <= n <= {most} and 0 <= c <= n, got {value}",
                most=f"{MOST:,}",
                value=str(list(pair))[:80],
            )
        )
    return pair


def _said(digests: dict[str, str]) -> dict[str, str]:
    lacking = [name for name in _ALWAYS if not digests.get(name)]
    if lacking:
        raise ValueError(
            msg("has no digest of {names}: nothing says that a candidate was asked the same", names=", ".join(lacking))
        )
    return digests


def _known(schema: object) -> object:
    if isinstance(schema, int) and schema > SCHEMA_VERSION:
        raise ValueError(
            msg("is {n}, and this version of codeeval reads {m}: update codeeval", n=schema, m=SCHEMA_VERSION)
        )
    return schema


class _BaselinePart(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class BaselineTask(_BaselinePart):
    """One task. `problems`: id -> (samples, correct samples); `pass_at_1` is their mean, for readers. `dependent`:
    problems with samples that count as one, and why; None if the file is from an earlier version, which did not
    check."""

    model: str
    protocol: str
    created_at: str
    codeeval_version: str
    pass_at_1: float
    sampling: dict[str, int | float | None] = Field(default_factory=dict)
    digests: Annotated[dict[str, str], AfterValidator(_said)]
    dependent: list[str] | None = None
    dependence: str = ""
    problems: dict[str, Annotated[tuple[StrictInt, StrictInt], AfterValidator(_sound)]] = Field(min_length=1)

    def counts(self, name: str) -> RunCounts:
        known = None if self.dependent is None else frozenset(self.dependent)
        if self.sampling.get("temperature") == 0:
            return RunCounts(name, dict(self.problems), dict(self.digests), frozenset(self.problems), TEMPERATURE_0)
        why = literal(self.dependence) if self.dependence else msg("as the baseline says")
        return RunCounts(name, dict(self.problems), dict(self.digests), known, why if known else "")


class Baseline(_BaselinePart):
    """All tasks, by name."""

    schema_: Annotated[Literal[1], BeforeValidator(_known)] = Field(alias="schema")
    kind: Literal["codeeval-baseline"]
    tasks: dict[str, BaselineTask]


def baseline_task(reader: RunReader) -> tuple[str, BaselineTask]:
    """A complete run as (name of its task, its entry). Raises IncompleteRun and NothingToEvaluate."""
    require_complete(reader)
    manifest, found = reader.manifest(), run_counts(reader)
    rates = [c / n for n, c in found.counts.values()]
    sampling = manifest.sampling.model_dump(include=set(SAMPLING))
    return manifest.task.name, BaselineTask(
        model=manifest.model.name,
        protocol=manifest.protocol,
        created_at=manifest.created_at,
        codeeval_version=manifest.codeeval_version,
        pass_at_1=round(sum(rates) / len(rates), 6),
        sampling={name: sampling[name] for name in SAMPLING},
        digests=dict(found.digests),
        dependent=sorted(found.dependent or ()),
        dependence=found.dependence,
        problems=dict(found.counts),
    )


def render(baseline: Baseline) -> str:
    """JSON with one problem per line and tasks sorted by name, ending with a newline."""
    tasks = ",\n".join(_task(name, baseline.tasks[name]) for name in sorted(baseline.tasks))
    head = f'{{\n  "schema": {SCHEMA_VERSION},\n  "kind": "codeeval-baseline",\n  "tasks": {{\n'
    return f"{head}{tasks}\n  }}\n}}\n"


def _task(name: str, task: BaselineTask) -> str:
    fields = task.model_dump(exclude={"problems"})
    for field in ("dependent", "dependence"):
        if fields[field] is None or fields[field] == "":  # an earlier version's entry is kept unchanged
            del fields[field]
    lines = [f"      {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in fields.items()]
    problems = ",\n".join(f"        {json.dumps(pid)}: [{n}, {c}]" for pid, (n, c) in task.problems.items())
    lines.append(f'      "problems": {{\n{problems}\n      }}')
    return f"    {json.dumps(name, ensure_ascii=False)}: {{\n" + ",\n".join(lines) + "\n    }"


def load_baseline(path: Path) -> Baseline:
    """Raises UsageError if the file is missing, DataError if it is not a baseline."""
    if not path.exists():
        raise UsageError(
            msg(
                "{path}: there is no baseline yet\n  Make one from a run of the model that is released now, and commit "
                "it:\n  codeeval export baseline RUN -o {path}",
                path=path,
            )
        )
    if path.is_dir() or path.name == FILE_NAME:
        raise UsageError(
            msg(
                "{path}: a run is no baseline; make one of it, and commit that: codeeval export baseline RUN -o "
                "baseline.json",
                path=path,
            )
        )
    try:
        text = read_text(path, MAX_BYTES)
        bounded_json.refuse_many(text, MAX_VALUES)
        return Baseline.model_validate_json(text)
    except ValidationError as error:
        found = first_fault(error)
        said = found.said
        if found.kind == "extra_forbidden":
            said = msg(
                "there is no such field: a later version of codeeval may have written it, or it was edited by hand"
            )
        raise DataError(
            msg("{path}, field {field}", path=path, field=found.field) if found.field else str(path),
            said,
            msg("`codeeval export baseline RUN -o FILE` writes such a file."),
        ) from None
    except (OSError, ValueError) as error:
        raise DataError(str(path), msg("can't be read: {reason}", reason=reason(error))) from None


def save_baseline(reader: RunReader, path: Path) -> Baseline:
    """Write a run's entry atomically; other tasks in the file are kept.

    Raises what `baseline_task` raises, DataError if the existing file is not a baseline, StoreError."""
    name, task = baseline_task(reader)
    before = load_baseline(path).tasks if path.is_file() and path.stat().st_size else {}
    baseline = Baseline(tasks={**before, name: task}, schema=SCHEMA_VERSION, kind="codeeval-baseline")
    try:
        with written(path) as stream:
            stream.write(render(baseline).encode("utf-8"))
    except OSError as error:
        raise StoreError(msg("{path}: {reason}", path=path, reason=reason(error))) from None
    return baseline

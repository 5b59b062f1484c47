"""What an experiment tracker receives about a run, as plain values; independent of the trackers' packages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from codeeval.errors import StoreError, UsageError
from codeeval.exports import html
from codeeval.files import reason
from codeeval.i18n import msg
from codeeval.manifest import Manifest
from codeeval.report import Report, build
from codeeval.report.results import results
from codeeval.stats import KEstimate
from codeeval.store import RunReader

COLUMNS = ("problem_id", "index", "verdict", "passed", "error", "cpu_ms", "completion")
#: The folder of the explorer's pages, below the export.
PAGES = "report"


@dataclass(frozen=True, slots=True)
class Tracked:
    """One run. `metrics`: by (protocol, name); `samples`: rows under COLUMNS."""

    name: str
    settings: dict[str, object]
    metrics: dict[tuple[str, str], float]
    samples: list[tuple[object, ...]]


def tracked(run: Path) -> Tracked:
    """Raises UsageError and DataError if the path is not a run."""
    with RunReader(run) as reader:
        report, manifest = build(reader), reader.manifest()
        completions = {(one.problem_id, one.index): one.completion for one in reader.samples()}
        rows = [
            (*(_plain(row[name]) for name in COLUMNS[:-1]), _plain(completions[str(row["problem_id"]), _index(row)]))
            for row in results(reader)
        ]
    return Tracked(report.run, _settings(manifest), dict(_metrics(report)), rows)


def package(name: str, out: Path) -> Any:
    """The tracker's package, and a folder for its output. Raises UsageError and StoreError."""
    try:
        found = import_module(name)
    except ModuleNotFoundError as error:
        raise UsageError(
            msg(
                "this export needs {package}, which is not installed: pip install {name}", package=error.name, name=name
            )
        ) from None
    try:
        out.mkdir(exist_ok=True)
    except OSError as error:
        raise StoreError(
            msg("{out}: {reason}\n  Choose another place with -o.", out=out, reason=reason(error))
        ) from error
    return found


def pages(run: Path, out: Path) -> Path:
    """Write the explorer's pages of the run into a folder below the export. Raises UsageError and StoreError."""
    html.export(run, out / PAGES)
    return out / PAGES


def _plain(value: object) -> object:
    """Replace lone surrogates, with which a completion may end: they are not valid text for the trackers."""
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value


def _index(row: dict[str, object]) -> int:
    index = row["index"]
    assert isinstance(index, int)
    return index


def _settings(manifest: Manifest) -> dict[str, object]:
    sampling = manifest.sampling
    return {
        "model": manifest.model.name,
        "backend": manifest.model.backend,
        "task": manifest.task.name,
        "task_digest": manifest.task.digest,
        "protocol": manifest.protocol,
        "n": sampling.n,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "max_tokens": sampling.max_tokens,
        "seed": sampling.seed,
        "template": manifest.prompt.template,
        "codeeval_version": manifest.codeeval_version,
        "created_at": manifest.created_at,
    }


def _metrics(report: Report) -> Iterator[tuple[tuple[str, str], float]]:
    """pass@k with both intervals under every protocol; unknown values are omitted."""
    for protocol, by_k in report.estimates.items():
        for k, found in by_k.items():
            for name, value in _values(found):
                yield (protocol, f"pass@{k}{name}"), value
    protocol = report.protocol
    yield (protocol, "problems"), float(report.n_problems)
    yield (protocol, "samples"), float(report.n_samples)
    yield (protocol, "pending"), float(report.pending)
    for verdict, count in report.verdicts.items():
        yield (protocol, f"verdict_{verdict}"), float(count)


def _values(found: KEstimate) -> Iterator[tuple[str, float]]:
    if found.estimate is not None:
        yield "", found.estimate
    for name, interval in (("population", found.population), ("rerun", found.rerun)):
        if interval is not None:
            yield f"_{name}_low", interval[0]
            yield f"_{name}_high", interval[1]

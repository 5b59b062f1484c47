"""The run that wants to be released, as the gate sees it."""

from __future__ import annotations

from dataclasses import dataclass

from codeeval.gate.baseline import SAMPLING, Baseline
from codeeval.stats.run_counts import RunCounts
from codeeval.store import RunReader
from codeeval.store.runcounts import kinds_in, require_complete, run_counts, stated_before


@dataclass(frozen=True, slots=True)
class Candidate:
    """A run to be released. `limits_before`: what a baseline of an earlier version states as such a run's limits, if
    that differs from what was executed."""

    task: str
    model: str
    protocol: str
    counts: RunCounts
    sampling: dict[str, int | float | None]
    limits_before: str | None = None


def candidate(reader: RunReader, protocol: str | None = None, baseline: Baseline | None = None) -> Candidate:
    """A run under `protocol`, by default the leading one. A run led by strict, because its answers were requested in a
    chat, is measured under the protocol of its `baseline` if it was judged under that as well.

    Raises IncompleteRun, NothingToEvaluate, and UsageError for a protocol that the run was not judged under."""
    require_complete(reader)
    manifest = reader.manifest()
    known = baseline.tasks.get(manifest.task.name) if baseline is not None else None
    if protocol is None and known is not None and manifest.protocol == "strict":
        protocol = known.protocol if known.protocol in manifest.protocols else None
    sampling = manifest.sampling.model_dump(include=set(SAMPLING))
    counts = run_counts(reader, protocol, "this run")
    chosen = protocol or manifest.protocol
    before = stated_before(manifest, chosen, kinds_in(reader, chosen))
    return Candidate(manifest.task.name, manifest.model.name, chosen, counts, sampling, before)

"""From a run file to what a comparison needs: counts per problem, and the digests that must agree."""

from __future__ import annotations

from codeeval.errors import CodeevalError, NothingToEvaluate, UsageError
from codeeval.manifest import Manifest
from codeeval.stats.compare import RunCounts
from codeeval.stats.dependence import Dependence, dependence
from codeeval.stats.sanity import ONE_STREAM
from codeeval.store import RunReader

#: Names of the digests that two runs must share for a difference to be the model's.
MUST_AGREE = ("problems", "prompt", "protocol", "image", "limits")


class IncompleteRun(CodeevalError):
    """Samples are pending: a verdict on what happens to be there would be biased. Exit 3."""


def run_counts(reader: RunReader, protocol: str | None = None, name: str = "") -> RunCounts:
    """(n with a verdict, c passed) of every problem that has a verdict, under the run's own protocol unless told otherwise.

    Raises UsageError for a protocol that the run was not judged under, NothingToEvaluate where no sample has a verdict.
    """
    manifest = reader.manifest()
    chosen = protocol or manifest.protocol
    if chosen not in manifest.protocols:
        raise UsageError(
            f"{reader.run_dir}: not judged under {chosen!r}, only under {', '.join(manifest.protocols)}\n"
            f"  `codeeval rescore {reader.run_dir} --protocol {chosen}` judges it again."
        )
    counts = {problem: (n, c) for problem, n, c in reader.counts(chosen) if n}
    if not counts:
        raise NothingToEvaluate(f"{reader.run_dir}: no sample has a verdict, so there is nothing to compare")
    alike = dependent_samples(reader)
    return RunCounts(name or str(reader.run_dir), counts, digests(manifest, chosen), alike.problems, alike.reason)


def dependent_samples(reader: RunReader) -> Dependence:
    """Problems whose samples are not independent draws, by all completions of the run."""
    manifest = reader.manifest()
    drawn = ((sample.problem_id, sample.completion, sample.seed) for sample in reader.samples())
    return dependence(drawn, manifest.sampling.temperature, manifest.model.backend in ONE_STREAM)


def digests(manifest: Manifest, protocol: str) -> dict[str, str]:
    """What must agree between two runs for a difference to be the model's; short things are written out, not hashed.

    The prompt's digest is left out where the completions came from a file and nothing is known about it.
    """
    limits = manifest.sandbox.limits
    describe = manifest.sandbox.describe
    found = {
        "problems": manifest.task.problems_digest,
        "prompt": manifest.prompt.digest,
        "protocol": protocol,
        "image": describe.get("image_tag") or describe.get("image", ""),
        "limits": " ".join(f"{name}={limits[name]:g}" for name in sorted(limits)),
    }
    return {name: value for name, value in found.items() if value}


def require_complete(reader: RunReader) -> None:
    """Raises IncompleteRun while some sample is missing or lacks a judgement."""
    lacking = {key for name in reader.manifest().protocols for key in reader.unjudged(name)}
    pending = len(lacking) + sum(map(len, reader.missing_samples().values()))
    if pending:
        raise IncompleteRun(
            f"{reader.run_dir}: the run is incomplete, {pending} samples are pending\n"
            f"  `codeeval run --resume {reader.run_dir}` continues it."
        )

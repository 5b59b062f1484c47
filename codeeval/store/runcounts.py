"""What a comparison needs from a run file: counts per problem, and the digests that must agree."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from codeeval.errors import CodeevalError, NothingToEvaluate, UsageError
from codeeval.i18n import msg
from codeeval.manifest import Manifest
from codeeval.scoring import protocols
from codeeval.scoring.limits import KINDS, Kind, kinds_of, limits_of_kind, limits_text
from codeeval.stats.dependence import Dependence, Drawn, dependence
from codeeval.stats.run_counts import RunCounts
from codeeval.stats.sanity import ONE_STREAM
from codeeval.store import RunReader
from sandbox.wire import Limits

#: The limits that a protocol decides; the others belong to the workers.
_TIMING = ("cpu_s", "wall_s", "reply_bytes")
#: Old names of these protocols' limits, from versions that recorded the protocol's.
_STATED = dict.fromkeys(("humanevalplus", "mbppplus"), Limits(cpu_s=20.0, wall_s=80.0))

#: Names of the digests that two runs must share for their difference to be due to the model.
MUST_AGREE = ("problems", "prompt", "protocol", "image", "limits")


class IncompleteRun(CodeevalError):
    """Samples are pending: a verdict on those that exist would be biased. Exit 3."""


def run_counts(reader: RunReader, protocol: str | None = None, name: str = "") -> RunCounts:
    """(n with a verdict, c passed) of every problem that has a verdict, by default under the run's own protocol.

    Raises UsageError for a protocol that the run was not judged under, and NothingToEvaluate if no sample has a
    verdict.
    """
    manifest = reader.manifest()
    chosen = protocol or manifest.protocol
    if chosen not in manifest.protocols:
        raise UsageError(
            msg(
                "{run}: not judged under {name}, only under {names}\n  `codeeval rescore {run} --protocol {protocol}` "
                "judges it again.",
                name=repr(chosen),
                names=", ".join(manifest.protocols),
                run=reader.run_dir,
                protocol=chosen,
            )
        )
    counts = {problem: (n, c) for problem, n, c in reader.counts(chosen) if n}
    return judged(str(reader.run_dir), counts, digests(reader, chosen), name, dependent_samples(reader))


def judged(
    run_dir: str,
    counts: dict[str, tuple[int, int]],
    digests: dict[str, str],
    name: str = "",
    alike: Dependence | None = None,
) -> RunCounts:
    """`alike`: the problems with samples that are not independent draws. Raises NothingToEvaluate if no sample has a
    verdict."""
    if not counts:
        raise NothingToEvaluate(
            msg("{run_dir}: no sample has a verdict, so there is nothing to compare", run_dir=run_dir)
        )
    alike = alike or Dependence()
    return RunCounts(name or run_dir, counts, digests, alike.problems, alike.reason)


def dependent_samples(reader: RunReader, drawn: Iterable[Drawn] | None = None) -> Dependence:
    """Problems with samples that are not independent draws, from all completions of the run; `drawn`: if the caller has
    read them."""
    manifest = reader.manifest()
    drawn = reader.drawn() if drawn is None else drawn
    return dependence(drawn, manifest.sampling.temperature, manifest.model.backend in ONE_STREAM)


def digests(reader: RunReader, protocol: str) -> dict[str, str]:
    """What must agree between two runs for their difference to be due to the model; short values are written out, not
    hashed.

    The prompt's digest is omitted if the completions came from a file and nothing is known about it.
    """
    manifest = reader.manifest()
    found = {
        "problems": manifest.task.problems_digest,
        "prompt": manifest.prompt.digest,
        "protocol": protocol,
        "image": manifest.sandbox.image,
        "limits": limits_text({kind: limits_of(manifest, protocol, kind) for kind in kinds_in(reader, protocol)}),
    }
    return {name: value for name, value in found.items() if value}


def kinds_in(reader: RunReader, protocol: str) -> Iterable[Kind]:
    """The kinds of a run's problems; read from the problems only if the manifest does not name them."""
    named = reader.manifest().sandbox.limits_by_protocol.get(protocol)
    return [kind for kind in KINDS if kind in named] if named else kinds_of(each.problem for each in reader.problems())


def limits_of(manifest: Manifest, protocol: str, kind: Kind) -> dict[str, float]:
    """The limits under which the programs of a run were executed.

    An old file records only the requested protocol's limits. For calls under that protocol, those were executed; for
    other kinds, and for a protocol that a rescore has since made the requested one, they are computed.
    """
    stated = manifest.sandbox.limits
    if (named := manifest.sandbox.limits_by_protocol.get(protocol, {}).get(kind)) is not None:
        return named
    if not stated or protocol not in protocols.names():
        return stated
    timing = [stated.get(name) for name in _TIMING]
    usual = [[getattr(protocols.get(known).limits, name) for name in _TIMING] for known in protocols.names()]
    if kind == "calls" and protocol == manifest.protocol and timing not in usual:
        return stated  # chosen by hand
    return {**asdict(limits_of_kind(kind, protocols.get(protocol))), **_size(stated)}


def stating_limits(reader: RunReader) -> Manifest:
    """The manifest of a run; one of an earlier version is given the limits that were executed, if it states others."""
    manifest = reader.manifest()
    info = manifest.sandbox
    kinds = kinds_of(each.problem for each in reader.problems())
    if info.limits_by_protocol or not info.limits or not set(kinds) - {"calls"}:
        return manifest
    found = {name: {str(kind): limits_of(manifest, name, kind) for kind in kinds} for name in manifest.protocols}
    first = found[manifest.protocol][kinds[0]] if manifest.protocol in found else info.limits
    sandbox = info.model_copy(update={"limits": first, "limits_by_protocol": found})
    return manifest.model_copy(update={"sandbox": sandbox})


def stated_before(manifest: Manifest, protocol: str, kinds: Iterable[Kind]) -> str | None:
    """What earlier versions stated as such a run's limits if it differed from what was executed; otherwise None."""
    own = protocols.get(protocol)
    size = _size(manifest.sandbox.limits)
    right = all(limits_of(manifest, protocol, kind) == {**asdict(limits_of_kind(kind, own)), **size} for kind in kinds)
    return limits_text({"": {**asdict(_STATED.get(protocol, own.limits)), **size}}) if right else None


def _size(stated: dict[str, float]) -> dict[str, float]:
    return {name: value for name, value in stated.items() if name in ("memory_mb", "pids", "tmp_mb")}


def require_complete(reader: RunReader) -> None:
    """Raise IncompleteRun while some sample is missing or lacks a judgement."""
    refuse_pending(reader.run_dir, reader.n_pending())


def refuse_pending(run_dir: Path, pending: int) -> None:
    """Raise IncompleteRun if samples of the run are pending."""
    if pending:
        raise IncompleteRun(
            msg(
                "{run_dir}: the run is incomplete, {n} samples are pending\n  `codeeval run --resume {run}` continues it.",
                run_dir=run_dir,
                n=pending,
                run=run_dir,
            )
        )

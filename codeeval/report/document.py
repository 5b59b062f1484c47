"""The report as one JSON document. `docs/schemas/result.schema.json` describes it; fields are only ever added."""

from __future__ import annotations

from dataclasses import asdict

from codeeval.i18n import language
from codeeval.report.headline import Headline, sentence
from codeeval.report.values import Report

SCHEMA_VERSION = 1


def document(report: Report) -> dict[str, object]:
    """Estimates are fractions in [0, 1] or null, times are seconds; `pass_at_k` is the leading protocol's."""
    scores = {
        protocol: {str(k): estimate.to_json() for k, estimate in by_k.items()}
        for protocol, by_k in report.estimates.items()
    }
    return {
        "schema": SCHEMA_VERSION,
        "task": report.task,
        "model": report.model,
        "protocol": report.protocol,
        "kind": report.kind,
        "created_at": report.created_at,
        "codeeval_version": report.codeeval_version,
        **_extent(report),
        "pass_at_k": scores[report.protocol],
        "scores": scores,
        "verdicts": report.verdicts,
        "verdicts_by_protocol": report.verdicts_by_protocol,
        "failure_groups": [asdict(group) for group in report.groups],
        "differences": [asdict(difference) for difference in report.differences],
        "sanity": report.sanity.to_json(),
        "quality": asdict(report.quality),
        **report.extras.to_json(),
        "reranked": [found.to_json() for found in report.reranked],
        "base_pass_at_k": {str(k): value for k, value in report.base.items()},
        "sandbox": {"image": None, **report.sandbox},
        "timing": {f"{name}_s": round(value, 3) for name, value in asdict(report.timing).items()},
        "counts": asdict(report.counts),
        "servers": report.servers,
        "throughput": asdict(report.throughput),
        "warnings": list(report.warnings),
        "waterfall": report.waterfall.to_json() if report.waterfall else None,
        "headline": _headline(report.headline),
        "hidden_answers": [asdict(answer) for answer in report.hidden_answers],
        "run": report.run,
    }


def _extent(report: Report) -> dict[str, object]:
    """How much was judged, and what was not."""
    return {
        "complete": report.complete,
        "n_problems": report.n_problems,
        "n_selected": report.n_selected,
        "n_samples": report.n_samples,
        "n_wanted": report.n_wanted,
        "pending": report.pending,
        "hidden": report.hidden,
        "missing_packages": report.missing_packages,
        "skipped_samples": report.skipped_samples,
    }


def _headline(found: Headline | None) -> str | None:
    """The sentence under the table, in English like all of JSON."""
    if found is None:
        return None
    with language("en"):
        return sentence(found)

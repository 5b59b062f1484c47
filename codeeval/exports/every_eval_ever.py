"""Every Eval Ever: the shared schema of evaluation results, and the only one with a field for uncertainty.

One result per protocol and k. `uncertainty` holds the interval over problems (other problems of this kind); the
interval for the same problems sampled again is in `details`, because the schema has one interval per score. Follows
version 0.3.0 of the published schema; docs/schemas/every-eval-ever.schema.json restates the part that is used.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from codeeval.exports.files import refuse_incomplete, write_text
from codeeval.exports.model_card import DATASETS
from codeeval.manifest import Manifest
from codeeval.report import Report, build
from codeeval.stats import KEstimate
from codeeval.store import RunReader

SCHEMA_VERSION = "0.3.0"
_Document = dict[str, object]


def export(run: Path, output: Path) -> None:
    """Write one JSON document. Raises UsageError for a run that is incomplete or has no verdict."""
    with RunReader(run) as reader:
        report, manifest = build(reader), reader.manifest()
    refuse_incomplete(report)
    write_text(output, json.dumps(document(report, manifest), indent=2) + "\n")


def document(report: Report, manifest: Manifest) -> _Document:
    """The record of one run. Scores are shares in [0, 1], times are seconds since 1970 as texts."""
    when = str(int(datetime.fromisoformat(manifest.created_at).timestamp()))
    return {
        "schema_version": SCHEMA_VERSION,
        "evaluation_id": f"{manifest.task.name}/{manifest.model.name}/{when}",
        "evaluation_timestamp": when,
        "retrieved_timestamp": when,
        "source_metadata": {
            "source_name": "codeeval",
            "source_type": "evaluation_run",
            "source_organization_name": "unknown",
            "evaluator_relationship": "other",
        },
        "eval_library": {
            "name": "codeeval",
            "version": manifest.codeeval_version,
            "additional_details": _texts({"code_revision": manifest.code_revision}),
        },
        "model_info": _model(manifest),
        "evaluation_results": [
            _result(report, manifest, protocol, k, found)
            for protocol, by_k in report.estimates.items()
            for k, found in by_k.items()
            if found.estimate is not None
        ],
    }


def _model(manifest: Manifest) -> _Document:
    model = manifest.model
    deployed = {"hf": "self_deployed", "vllm": "self_deployed"}.get(model.backend, "unknown")
    found: _Document = {
        "name": model.name,
        "id": model.name,
        "additional_details": {
            **_texts(model.describe),
            "deployment_type": deployed,
            "model_availability": "unknown",
        },
    }
    library = {"hf": "transformers", "vllm": "vllm"}.get(model.backend)
    if library is not None:
        found["inference_engine"] = {"name": library, "version": manifest.versions.get(library, "unknown")}
    return found


def _result(report: Report, manifest: Manifest, protocol: str, k: int, found: KEstimate) -> _Document:
    return {
        "evaluation_result_id": f"{manifest.task.name}:{protocol}:pass@{k}",
        "evaluation_name": manifest.task.name,
        "source_data": _source(manifest),
        "metric_config": {
            "evaluation_description": f"unbiased pass@{k}, scored by the protocol {protocol}",
            "metric_id": "pass_at_k",
            "metric_name": f"pass@{k}",
            "metric_kind": "pass_rate",
            "metric_unit": "proportion",
            "metric_parameters": {"k": k, "n": manifest.sampling.n, "protocol": protocol},
            "lower_is_better": False,
            "score_type": "continuous",
            "min_score": 0.0,
            "max_score": 1.0,
        },
        "score_details": _score(report, found),
        "generation_config": {
            "generation_args": _generation(manifest),
            "additional_details": _texts(
                {
                    "stop": json.dumps(manifest.sampling.stop),
                    "seed": manifest.sampling.seed,
                    "system_prompt": manifest.prompt.system,
                }
            ),
        },
    }


def _score(report: Report, found: KEstimate) -> _Document:
    uncertainty: _Document = {"num_samples": report.n_problems}
    if found.population is not None:
        low, high = found.population
        uncertainty["confidence_interval"] = {
            "lower": low,
            "upper": high,
            "confidence_level": 0.95,
            "method": found.method,
        }
    details = {"same_problems_sampled_again_95": json.dumps(found.rerun) if found.rerun else None, "unit": "problems"}
    return {"score": found.estimate, "uncertainty": uncertainty, "details": _texts(details)}


def _source(manifest: Manifest) -> _Document:
    task = manifest.task
    details = _texts({"digest": task.digest, "source": task.source, "problems_digest": task.problems_digest})
    repository = DATASETS.get(task.name.lower())
    if repository is None:
        return {"dataset_name": task.name, "source_type": "other", "additional_details": details}
    return {
        "dataset_name": task.name,
        "source_type": "hf_dataset",
        "hf_repo": repository,
        "hf_split": "test",
        "samples_number": task.n_selected,
        "additional_details": details,
    }


def _generation(manifest: Manifest) -> _Document:
    sampling = manifest.sampling
    found: _Document = {"temperature": sampling.temperature, "top_p": sampling.top_p, "top_k": sampling.top_k}
    if sampling.max_tokens is not None:
        found["max_tokens"] = sampling.max_tokens
    found["execution_command"] = " ".join(manifest.command)
    found["prompt_template"] = manifest.prompt.template
    found["sandbox"] = {"type": manifest.sandbox.backend}
    return found


def _texts(values: Mapping[str, object]) -> dict[str, str]:
    """Convert values to texts, as the schema requires; unknown ones are omitted."""
    return {name: str(value) for name, value in values.items() if value is not None}

"""A model card with the results as a `model-index` in its metadata, built with huggingface_hub's classes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from codeeval.exports.files import refuse_incomplete, write_text
from codeeval.manifest import Manifest
from codeeval.report import Report, build, markdown
from codeeval.store import RunReader

if TYPE_CHECKING:
    from huggingface_hub import EvalResult

DATASETS = {"ruhumaneval": "MERA-evaluation/ruHumanEval", "rucodeeval": "MERA-evaluation/ruCodeEval"}


def export(run: Path, output: Path) -> None:
    """Raises UsageError for a run that is incomplete or has no verdict."""
    from huggingface_hub import ModelCard, ModelCardData

    with RunReader(run) as reader:
        report, manifest = build(reader), reader.manifest()
    refuse_incomplete(report)
    data = ModelCardData(
        model_name=manifest.model.name,
        language="ru",
        tags=["code", "codeeval"],
        eval_results=eval_results(report, manifest),
    )
    text = (
        f"---\n{data.to_yaml()}\n---\n\n# {markdown.cell(manifest.model.name)}\n\n## Evaluation\n\n{_how(manifest)}\n\n"
    )
    text += markdown.render(report)
    ModelCard(text)  # raises ValueError if the metadata would not round-trip
    write_text(output, text)


def eval_results(report: Report, manifest: Manifest) -> list[EvalResult]:
    """One entry per protocol and k that has an estimate, in [0, 1]."""
    from huggingface_hub import EvalResult

    name = manifest.task.name
    return [
        EvalResult(
            task_type="text-generation",
            task_name="Code generation from Russian docstrings",
            dataset_type=DATASETS.get(name.lower(), name),
            dataset_name=name,
            dataset_split="test",
            metric_type="pass@k",
            metric_name=f"pass@{k} ({protocol})",
            metric_value=found.estimate,
            metric_config=protocol,
            metric_args={
                "k": k,
                "n": manifest.sampling.n,
                "problems": report.n_problems,
                "confidence_interval_95": list(found.population) if found.population else None,
            },
        )
        for protocol, by_k in report.estimates.items()
        for k, found in by_k.items()
        if found.estimate is not None
    ]


def _how(manifest: Manifest) -> str:
    """What a submission page asks about a run, as one table; unknown values are omitted."""
    sampling = manifest.sampling
    here = manifest.model.backend in ("hf", "vllm")  # for other backends the packages on this machine are irrelevant
    known = manifest.model.backend != "samples"
    rows: dict[str, object] = {
        "codeeval": " ".join(filter(None, (manifest.codeeval_version, manifest.code_revision))),
        "protocol": manifest.protocol,
        "samples per problem": sampling.n,
        "temperature": sampling.temperature,
        "new tokens at most": sampling.max_tokens,
        "seed": sampling.seed,
        "stop sequences": ", ".join(map(repr, sampling.stop)) or None,
        "template": manifest.prompt.template if known else None,
        "system prompt": manifest.prompt.system,
        "few-shot examples": manifest.prompt.few_shot if known else None,
        "backend": manifest.model.backend if known else "completions of a file",
        **manifest.model.describe,
        **{f"version of {name}": version for name, version in manifest.versions.items() if here},
        "sandbox": manifest.sandbox.backend,
    }
    lines = ["| | |", "|---|---|"]
    lines += [
        f"| {markdown.cell(name)} | {markdown.cell(str(value))} |"
        for name, value in rows.items()
        if value not in (None, "")
    ]
    return "\n".join(lines)

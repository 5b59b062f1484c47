"""Weights & Biases: an offline run, written by its own client. `wandb sync` uploads it; nothing here connects."""

from __future__ import annotations

import os
from pathlib import Path

from codeeval.exports.tracked import COLUMNS, PAGES, package, pages, tracked


def export(run: Path, output: Path) -> None:
    """Write `output/wandb/offline-run-*`: metrics as the run's summary, the samples as a table, the pages as an artifact.

    Raises UsageError, DataError and StoreError."""
    os.environ.setdefault("WANDB_DATA_DIR", str(output.resolve()))  # what `wandb sync` sends as the artifact
    wandb, found = package("wandb", output), tracked(run)
    settings = wandb.Settings(
        mode="offline", silent=True, console="off", disable_git=True, disable_code=True, x_disable_stats=True
    )
    metrics = {f"{protocol}/{name}": value for (protocol, name), value in found.metrics.items()}
    table = wandb.Table(columns=list(COLUMNS), data=[list(row) for row in found.samples])
    artifact = wandb.Artifact(f"{PAGES}-{found.settings['task']}", type=PAGES)
    artifact.add_dir(str(pages(run, output)))
    with wandb.init(
        project="codeeval",
        name=found.name,
        dir=str(output),
        config=found.settings,
        settings=settings,
        job_type="evaluation",
    ) as tracker:
        tracker.log({**metrics, "samples": table})
        tracker.log_artifact(artifact)

"""MLflow: a run in a local store, written by its own client. `mlflow ui --backend-store-uri sqlite:///PATH/mlflow.db`
shows it.

Metric names must not contain `@`: pass@1 is `pass_at_1`."""

from __future__ import annotations

import os
from pathlib import Path

from codeeval.exports.tracked import COLUMNS, PAGES, package, pages, tracked

#: MLflow refuses longer values.
_MAX_PARAM = 500


def export(run: Path, output: Path) -> None:
    """Write `output/mlflow.db` and `output/artifacts`: metrics, settings, the samples as a table, the pages. More runs
    may be added to the same folder.

    Raises UsageError, DataError and StoreError."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")  # read when it is imported
    mlflow, found = package("mlflow", output), tracked(run)
    client = mlflow.MlflowClient(tracking_uri=f"sqlite:///{output.resolve()}/mlflow.db")
    experiment = client.get_experiment_by_name("codeeval")
    number = (
        experiment.experiment_id
        if experiment is not None
        else client.create_experiment("codeeval", artifact_location=(output / "artifacts").resolve().as_uri())
    )
    made = client.create_run(number, run_name=found.name)
    key = made.info.run_id
    for name, value in found.settings.items():
        client.log_param(key, name, str(value)[:_MAX_PARAM])
    for (protocol, name), value in found.metrics.items():
        client.log_metric(key, f"{protocol}/{name.replace('@', '_at_')}", value)
    columns = {name: [row[place] for row in found.samples] for place, name in enumerate(COLUMNS)}
    client.log_table(key, columns, "samples.json")
    client.log_artifacts(key, str(pages(run, output)), PAGES)
    client.set_terminated(key)

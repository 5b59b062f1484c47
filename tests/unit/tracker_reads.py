"""What a tracker's own files say, as JSON: read back with the tracker's package.

python tests/unit/tracker_reads.py wandb|mlflow FOLDER
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_BLOCK, _FILE_HEAD, _HEAD = 32 * 1024, 7, 7
FULL, FIRST, MIDDLE, LAST = 1, 2, 3, 4


def records(data: bytes) -> Iterator[bytes]:
    """The records of a LevelDB log, which is what an offline run of wandb is."""
    at, parts = _FILE_HEAD, list[bytes]()
    while at + _HEAD <= len(data):
        left = _BLOCK - at % _BLOCK
        size, kind = int.from_bytes(data[at + 4 : at + 6], "little"), data[at + 6]
        if left < _HEAD or kind == 0:
            at += left
            continue
        parts.append(data[at + _HEAD : at + _HEAD + size])
        at += _HEAD + size
        if kind in (FULL, LAST):
            yield b"".join(parts)
            parts = []


def of_wandb(folder: Path) -> dict[str, Any]:
    from wandb.proto import wandb_internal_pb2

    (path,) = folder.glob("wandb/offline-run-*/*.wandb")
    logged: dict[str, Any] = {}
    files: list[str] = []
    for data in records(path.read_bytes()):
        record = wandb_internal_pb2.Record()
        record.ParseFromString(data)
        for item in record.history.item:
            logged["/".join(item.nested_key) or item.key] = json.loads(item.value_json)
        files += [each.path for each in record.artifact.manifest.contents]
        files += [each.path for each in record.request.log_artifact.artifact.manifest.contents]
    (table,) = path.parent.glob("files/media/table/*.json")
    return {"logged": logged, "files": files, "table": json.loads(table.read_text("utf-8"))}


def of_mlflow(folder: Path) -> dict[str, Any]:
    import mlflow

    client = mlflow.MlflowClient(tracking_uri=f"sqlite:///{folder}/mlflow.db")
    runs = client.search_runs([client.get_experiment_by_name("codeeval").experiment_id])
    (table,) = folder.glob(f"artifacts/{runs[0].info.run_id}/artifacts/samples.json")
    return {
        "runs": len(runs),
        "logged": runs[0].data.metrics,
        "params": runs[0].data.params,
        "files": [each.path for each in client.list_artifacts(runs[0].info.run_id, "report")],
        "table": json.loads(table.read_text("utf-8")),
    }


if __name__ == "__main__":
    print(json.dumps({"wandb": of_wandb, "mlflow": of_mlflow}[sys.argv[1]](Path(sys.argv[2]).resolve())))

"""`junit`: a case per problem. Nothing fails, because without a baseline nothing can have regressed; `codeeval gate
--junit` has one."""

from __future__ import annotations

from pathlib import Path

from codeeval.exports.files import write_text
from codeeval.gate import junit
from codeeval.store import RunReader
from codeeval.store.runcounts import run_counts


def export(run: Path, output: Path) -> None:
    """Raises NothingToEvaluate and StoreError."""
    with RunReader(run) as reader:
        manifest = reader.manifest()
        text = junit.render_counts(manifest.task.name, manifest.protocol, run_counts(reader))
    write_text(output, text)

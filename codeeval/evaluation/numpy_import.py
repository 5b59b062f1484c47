"""Import numpy for the report of a command while its workers start."""

from __future__ import annotations

import os


def import_numpy() -> None:
    """Its OpenBLAS starts a thread per processor, and a new thread spins while it waits for work: processor time that the
    workers need. The report has no use for more than one."""
    name = "OPENBLAS_NUM_THREADS"
    chosen = os.environ.get(name)
    os.environ[name] = chosen or "1"
    try:
        import numpy  # noqa: F401
    finally:
        if chosen is None:
            del os.environ[name]

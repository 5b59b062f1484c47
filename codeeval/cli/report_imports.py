"""Do, while the workers of a command start, what the end of the command needs and what does not depend on them."""

from __future__ import annotations

import os

from codeeval.cli.interrupts import after_imports


def prepare_report() -> None:
    """Import the report, and ask for the commit of this code, which the manifest records. Main thread only."""
    from codeeval.environment import code_revision

    with after_imports():
        import_numpy()
        import codeeval.report.results
        import codeeval.report.terminal  # noqa: F401
    code_revision()


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

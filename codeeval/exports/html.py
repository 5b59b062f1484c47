"""The explorer's pages as files."""

from __future__ import annotations

from pathlib import Path

from codeeval.errors import UsageError
from codeeval.i18n import spoken


def export(run: Path, output: Path) -> None:
    """Write the pages of a run, or of the runs in a folder, into the folder `output`, in the current language. Raises
    UsageError, DataError and StoreError."""
    try:
        from codeeval.explorer.static import export_site
    except ModuleNotFoundError as error:
        raise UsageError(
            f"the explorer's pages need {error.name}, which is not installed\n  pip install {error.name}"
        ) from None
    export_site([run], output, spoken())

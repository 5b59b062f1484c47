"""What the tests know of the machine they run on. In a module of its own: several folders have a `conftest`."""

from __future__ import annotations

import os
from pathlib import Path

IN_CI = os.environ.get("CI", "").lower() in ("1", "true", "yes")

#: Names the folder of third-party data, which is no part of the repository.
DATA_VARIABLE = "CODEEVAL_TEST_DATA"


def data_folder() -> Path | None:
    """The folder of third-party data, None where none is named. Raises NotADirectoryError for a name without a folder."""
    named = os.environ.get(DATA_VARIABLE)
    if not named:
        return None
    folder = Path(named).resolve()
    if not folder.is_dir():
        raise NotADirectoryError(f"{DATA_VARIABLE}={named} is no folder")
    return folder

"""Packages that programs import but the sandbox lacks, from the failures' messages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from codeeval.store import RunReader

_SAID = "ModuleNotFoundError: No module named '"
_MISSING = re.compile(re.escape(_SAID) + r"([^\W\d]\w{0,63})(?:\.[\w.]{0,100})?'(?!\w)")


def missing_packages(reader: RunReader, names: Iterable[str]) -> dict[str, int]:
    """package -> number of samples that failed for lack of it under any of these protocols, the most frequent first."""
    return _by_package(found for name in names for found in reader.errors_with(name, _SAID))


def _by_package(errors: Iterable[tuple[str, int, str]]) -> dict[str, int]:
    """`errors`: problem, index and error of samples."""
    samples: dict[str, set[tuple[str, int]]] = {}
    for problem_id, index, error in errors:
        if (found := _MISSING.search(error)) is not None:
            samples.setdefault(found[1], set()).add((problem_id, index))
    return dict(Counter({name: len(keys) for name, keys in samples.items()}).most_common())

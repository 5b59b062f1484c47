"""Packages that programs import but the sandbox lacks, from the failures' messages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from codeeval.store import StoredJudgement

_MISSING = re.compile(r"ModuleNotFoundError: No module named '([^\W\d]\w{0,63})(?:\.[\w.]{0,100})?'(?!\w)")


def missing_packages(judged: Iterable[Iterable[StoredJudgement]]) -> dict[str, int]:
    """package -> number of samples that failed for lack of it under any protocol, the most frequent first."""
    samples: dict[str, set[tuple[str, int]]] = {}
    for rows in judged:
        for row in rows:
            error = row.judgement.error if row.judgement is not None else None
            found = _MISSING.search(error) if error else None
            if found is not None:
                samples.setdefault(found[1], set()).add((row.problem_id, row.index))
    return dict(Counter({name: len(keys) for name, keys in samples.items()}).most_common())

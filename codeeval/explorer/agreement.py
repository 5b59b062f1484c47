"""The relation of samples to the consensus of their problem, if the expected outputs are hidden."""

from __future__ import annotations

from collections.abc import Iterable

from codeeval.explorer.filters import AGREEMENT
from codeeval.scoring.consensus import consensus
from codeeval.scoring.mera_outputs import Outputs
from codeeval.store.codec import unpack_json
from codeeval.store.views import Mark, RunViews


def agreement(reader: RunViews, protocol: str, problem_id: str) -> dict[int, str]:
    """The relation of each judged sample of a problem to the consensus. Raises DataError and StoreError."""
    return agreement_of(reader.marks(protocol, [problem_id])[problem_id])


def agreement_of(marks: Iterable[Mark]) -> dict[int, str]:
    """The same, from the marks of a problem."""
    read: dict[str, Outputs] = {}  # many samples answer the same
    outputs: dict[int, Outputs] = {}
    for mark in marks:
        stored = mark.outputs or "[]"
        if stored not in read:
            read[stored] = _as_outputs(stored)
        outputs[mark.index] = read[stored]
    agreed = consensus(list(outputs.values()))
    return {index: hidden_code(found, agreed.outputs if agreed else None) for index, found in outputs.items()}


def _as_outputs(stored: str) -> Outputs:
    found = unpack_json(stored)
    return found if isinstance(found, str) else tuple(found)


def hidden_code(outputs: Outputs, agreed: tuple[str | None, ...] | None) -> str:
    """A sample's relation to the consensus of its problem: one of `AGREEMENT`."""
    agrees, differs, silent = AGREEMENT
    if isinstance(outputs, str) or not any(text is not None for text in outputs):
        return silent
    return agrees if outputs == agreed else differs

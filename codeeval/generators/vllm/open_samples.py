"""Samples in progress, and which engine has which."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from codeeval.generators.common.launch import Engine
from codeeval.types import Request


@dataclass(frozen=True, slots=True)
class EncodedPrompt:
    """A prompt's ids, and whether it ends inside a thought."""

    ids: list[int]
    in_thought: bool


@dataclass(slots=True)
class OpenSample:
    """One sample in progress. `engine`: who has it, None while no engine is at work; `head`: the thought generated so far, text
    and ids."""

    request: Request
    index: int
    prompt: EncodedPrompt
    seed: int | None
    engine: Engine | None
    thinks: bool = False
    head: str = ""
    head_ids: tuple[int, ...] = ()
    losses: int = 0


#: By the id of their request, which is another one each time that a sample is given to an engine: an answer that comes late is
#: not taken for that of another one. Those of one engine are in the order in which it got them.
OpenSamples = dict[str, OpenSample]
Keys = dict[Engine, list[str]]
_NUMBERS = itertools.count()


def new_key() -> str:
    """An id that no other request of this process has."""
    return str(next(_NUMBERS))


def deal(waiting: OpenSamples, alive: Sequence[Engine], begun: int) -> tuple[Keys, Keys]:
    """Give samples that no engine has to those with the fewest, and what an engine has beyond its share as well, except for
    the first `begun`, on which it may be at work. Returns what each engine is to drop, and what it gets."""
    held: Keys = {engine: [] for engine in alive}
    free: list[str] = []
    for key, one in waiting.items():
        (free if one.engine is None else held[one.engine]).append(key)
    kept = max(begun, -(-len(waiting) // len(alive)))
    dropped = {engine: keys[kept:] for engine, keys in held.items() if keys[kept:]}
    free.extend(key for keys in dropped.values() for key in keys)
    counts = {engine: min(len(keys), kept) for engine, keys in held.items()}
    given: Keys = {}
    for key in free:
        engine = min(alive, key=lambda each: counts[each])
        counts[engine] += 1
        one = waiting.pop(key)
        one.engine = engine
        waiting[new := new_key()] = one
        given.setdefault(engine, []).append(new)
    return dropped, given

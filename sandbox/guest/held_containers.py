"""Which containers are still in use by anything besides the judge's own tables.

Of those that both sides have, only what the tests can still reach matters: they can neither see a change of the others nor make
one. Each container is used as often as its references say, less those from others of them, as Python's garbage collector
counts; what is used, and what is in that, is held.
"""

from __future__ import annotations

import gc
import sys
from collections import Counter
from typing import Any

_references, _referents = sys.getrefcount, gc.get_referents
#: What is counted for an object that only one list refers to.
_ALONE = next(map(_references, [[]]))

#: So many tuples and attributes are looked into; what is in others is held.
_MOST_PARTS = 1_000


def held(containers: list[Any], anyway: list[int]) -> list[bool]:
    """For each of these whether it is held, as those in the places `anyway` are. Nothing of the caller's may refer to them,
    except this list."""
    parts, links = _linked(containers)
    inside = Counter(place for found in links for place in found)
    counts = list(map(_references, parts))
    for place in range(len(containers)):
        counts[place] -= 1  # the list itself
    found = [count > _ALONE + inside[place] for place, count in enumerate(counts)]
    for place in anyway:
        found[place] = True
    waiting = [place for place, is_held in enumerate(found) if is_held]
    while waiting:
        for place in links[waiting.pop()]:
            if not found[place]:
                found[place] = True
                waiting.append(place)
    return found[: len(containers)]


def _linked(containers: list[Any]) -> tuple[list[Any], list[list[int]]]:
    """These containers with the tuples and attributes in them, and for each the places of those that it refers to."""
    parts = list(containers)
    places = {id(one): place for place, one in enumerate(parts)}
    links: list[list[int]] = []
    for one in parts:  # which grows meanwhile
        kinds = (tuple, dict) if type(one).__dictoffset__ else (tuple,)
        links.append([])
        for other in _referents(one):
            place = places.get(id(other))
            if place is None and type(other) in kinds and len(parts) < _MOST_PARTS:
                place = places[id(other)] = len(parts)
                parts.append(other)
            if place is not None:
                links[-1].append(place)
    return parts, links

"""Keys of which a dict or set can't be made in linear time, because they look for a place in the same order.

The hash of a number is the number, so whoever chooses the keys chooses where a table looks for a place: keys with one
hash look at the same places, and keys with different hashes can be chosen so that every place they look at is taken
(a tenth of a second for 10,000 keys, an hour for three million). The hash of a text is secret, so texts can't be chosen.

`refuse` counts keys of one hash, and where there are many keys, makes the table without the keys and counts the places.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

#: The most different keys of one dict or set that may have the same hash.
MAX_COLLISIONS = 16
#: Tables of fewer keys are small enough for any keys.
_FEW = 1_000
#: Places that may be looked at for each key. Multiples of any power of two need less than half of them.
MAX_PLACES = 72
#: What CPython's tables do (Objects/dictobject.c, setobject.c).
_SHIFT, _NEIGHBOURS, _WORD = 5, 9, (1 << 64) - 1


def refuse(keys: Iterable[object]) -> None:
    """Raise ValueError for keys of which a set can't be made in linear time, TypeError for some that it can't hold."""
    found = [(type(key), hash(key)) for key in keys]
    counts = Counter(str(number) for _, number in found)  # as texts: numbers would look for places in a table, too
    if max(counts.values(), default=0) > MAX_COLLISIONS:
        raise ValueError("too many keys with the same hash")
    if len(counts) > _FEW and not all(kind is str or kind is bytes for kind, _ in found):
        hashes = [int(number) & _WORD for number in counts]
        if _is_slow(hashes, of_set=False) or _is_slow(hashes, of_set=True):
            raise ValueError("too many keys that look for the same places of a table")


def _is_slow(hashes: Sequence[int], *, of_set: bool) -> bool:
    """Whether putting these into a growing table takes more than MAX_PLACES places each."""
    left, done, size = MAX_PLACES * len(hashes), 0, 8
    while left > 0 and done < len(hashes):
        until = size * 3 // 5 + 1 if of_set else size * 2 // 3
        left -= _places(hashes[:until], size, _NEIGHBOURS if of_set else 0, left)
        done = until
        size *= 2 if not of_set or done > 50_000 else 4
    return left <= 0


def _places(hashes: Sequence[int], size: int, neighbours: int, most: int) -> int:
    """How many places of an empty table of this size are looked at until all have one; stops above `most`."""
    taken, mask, seen = bytearray(size), size - 1, len(hashes)
    for number in hashes:
        at, rest = number & mask, number
        while taken[at] and seen <= most:
            seen += 1
            free = taken.find(0, at, at + neighbours + 1) if at + neighbours <= mask else -1
            if free >= 0:
                at = free
                break
            rest >>= _SHIFT
            at = (at * 5 + 1 + rest) & mask
        taken[at] = 1
    return seen

"""The process that applies a regular expression to texts: started by `search.py`, killed by the kernel at its time
limit.

Python's engine can take for ever and can't be interrupted, so a pattern never runs in the explorer's own process. Nothing but
the standard library is imported. What comes in: a JSON line {"pattern", "seconds", "bytes"}; then batches, each the number of
its groups of texts (4 bytes, little endian), and of each group the lengths of the next two (4 bytes each), the sizes of its
texts as numbers with commas, and the texts in UTF-8. What goes out: a JSON line, empty or {"error": …}; then for each batch a
JSON line with the numbers of the groups that have hits, each with the places of the texts in which the pattern is found, and
the lines of it.
"""

from __future__ import annotations

import json
import re
import resource
import struct
import sys
from collections.abc import Callable, Iterable
from itertools import accumulate
from typing import BinaryIO

#: How many characters of a line are shown in total, and before the match.
LINE, BEFORE = 200, 80


def main() -> None:
    take, say = sys.stdin.buffer, sys.stdout
    asked = json.loads(take.readline())
    for kind, most in ((resource.RLIMIT_CPU, asked["seconds"]), (resource.RLIMIT_AS, asked["bytes"])):
        resource.setrlimit(kind, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        find = re.compile(asked["pattern"], re.MULTILINE).search
    except (re.error, OverflowError, RecursionError) as error:
        print(json.dumps({"error": str(error)[:300]}), file=say, flush=True)
        return
    print("{}", file=say, flush=True)
    while head := take.read(4):
        [n] = struct.unpack("<I", head)
        found = [(group, *hits) for group in range(n) if (hits := searched(take, find))[0]]
        print(json.dumps(found), file=say, flush=True)


def searched(take: BinaryIO, find: Callable[[str], re.Match[str] | None]) -> tuple[list[int], list[str]]:
    """The places of the texts of the next group in which the pattern is found, and the lines of it."""
    of_sizes, of_data = struct.unpack("<II", take.read(8))
    sizes, data = map(int, take.read(of_sizes).split(b",")), take.read(of_data)
    hits = [(place, text, hit.start()) for place, text in enumerate(texts(sizes, data)) if (hit := find(text))]
    return [place for place, *_ in hits], [line(text, at) for _, text, at in hits]


def texts(sizes: Iterable[int], data: bytes) -> list[str]:
    """The texts of a group. Most are ASCII, and are decoded together."""
    ends = list(accumulate(sizes))
    places = zip([0, *ends], ends, strict=False)
    if data.isascii():
        whole = data.decode("ascii")
        return [whole[start:end] for start, end in places]
    return [data[start:end].decode("utf-8", "surrogatepass") for start, end in places]


def line(text: str, at: int) -> str:
    """The line at an offset, or of a long line the part around it."""
    start = max(text.rfind("\n", 0, at) + 1, at - BEFORE)
    return text[start : start + LINE].lstrip().partition("\n")[0].rstrip()


if __name__ == "__main__":
    main()

"""The process that applies a regular expression to texts: started by `search.py`, killed by the kernel at its time
limit.

Python's regular expressions can run for ever and can't be interrupted, so a pattern never runs in the explorer's own
process. Imports only the standard library. Input: a JSON line {"pattern", "seconds", "bytes"}; then batches, each with
the number of texts (4 bytes, little endian), the length of each, and the texts in UTF-8. Output: a JSON line, empty or
{"error": …}; then for each batch a JSON line with the numbers of the matching texts, each with the matching line.
"""

from __future__ import annotations

import json
import re
import resource
import struct
import sys

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
        sizes = struct.unpack(f"<{n}I", take.read(4 * n))
        texts = (take.read(size).decode("utf-8", "surrogatepass") for size in sizes)
        found = [(at, line(text, hit.start())) for at, text in enumerate(texts) if (hit := find(text))]
        print(json.dumps(found), file=say, flush=True)


def line(text: str, at: int) -> str:
    """The line at an offset, or of a long line the part around it."""
    start = max(text.rfind("\n", 0, at) + 1, at - BEFORE)
    return text[start : start + LINE].lstrip().partition("\n")[0].rstrip()


if __name__ == "__main__":
    main()

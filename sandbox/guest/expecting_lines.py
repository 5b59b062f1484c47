"""Where tests compare results with what they compute from an argument: `assert f(xs) == reference(xs)`.

What the program does to arguments there is done to copies, also where the tests otherwise see what it does to theirs: it would
choose what is expected.
"""

from __future__ import annotations

import sys
from types import FrameType

from sandbox.wire import TESTS

#: (first line, last line)
Spans = tuple[tuple[int, int], ...]


def is_on(spans: Spans) -> bool:
    """Whether the tests are on one of these lines, in any of their functions that are running."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        line = frame.f_lineno if frame.f_code.co_filename == TESTS else None
        if line is not None and any(first <= line <= last for first, last in spans):
            return True
        frame = frame.f_back
    return False

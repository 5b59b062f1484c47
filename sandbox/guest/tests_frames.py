"""Where the tests are: which of their functions are running, and on which lines."""

from __future__ import annotations

import sys
from types import FrameType

from sandbox.wire import TESTS

#: (first line, last line)
Spans = tuple[tuple[int, int], ...]


def calling_frame() -> FrameType | None:
    """The innermost frame of the tests."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename != TESTS:
        frame = frame.f_back
    return frame


def line_of(frame: FrameType | None) -> int:
    """Its line; 0 if there is none."""
    return frame.f_lineno if frame is not None else 0


def is_on(spans: Spans) -> bool:
    """Whether the tests are on one of these lines, in any of their functions that are running."""
    frame = calling_frame()
    while frame is not None:
        line = frame.f_lineno if frame.f_code.co_filename == TESTS else None
        if line is not None and any(first <= line <= last for first, last in spans):
            return True
        frame = frame.f_back
    return False

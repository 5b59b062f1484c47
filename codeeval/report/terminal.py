"""Terminal styles, and escaping that makes hostile text safe to print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from codeeval.scoring.signature import one_line


@dataclass(frozen=True, slots=True)
class Style:
    """ANSI styles if `colour` is on, nothing if it is off. No meaning is conveyed by colour alone."""

    colour: bool = False

    def bold(self, text: str) -> str:
        return f"\x1b[1m{text}\x1b[0m" if self.colour else text

    def dim(self, text: str) -> str:
        return f"\x1b[2m{text}\x1b[0m" if self.colour else text

    def warn(self, text: str) -> str:
        return f"\x1b[33m{text}\x1b[0m" if self.colour else text


def safe(text: str) -> str:
    """One printable line: text from a model or a program must not control the terminal."""
    return one_line(text)


def place(path: str) -> str:
    """A path that can be copied, except for escaped terminal control characters."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in path)


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines with columns as wide as their widest cell."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def number(value: float | None) -> str:
    return "n/a" if value is None else f"{value:.3f}"


def interval(bounds: tuple[float, float] | None) -> str:
    return "n/a" if bounds is None else f"{bounds[0]:.3f} – {bounds[1]:.3f}"


def share(part: int, whole: int) -> str:
    """A share, formatted like pass@k, because a report does not mix in percentages."""
    return f"{part / whole:.3f}" if whole else "n/a"

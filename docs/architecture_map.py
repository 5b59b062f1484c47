"""Draw the map of docs/architecture.md from the imports, so that it stays correct.

    python docs/architecture_map.py            write docs/images/architecture.svg
    python docs/architecture_map.py --check    exit 1 if the picture is not what the imports give
    python docs/architecture_map.py --list     print the rooms and their arrows instead

A room is a package (or a single module) directly below `codeeval` or `sandbox`. An arrow means "imports"; arrows
implied by others (a imports b, b imports c, a imports c) are left out of the picture. A room is drawn above everything
that it imports.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parent.parent
PICTURE = Path(__file__).parent / "images" / "architecture.svg"
PACKAGES = ("codeeval", "sandbox")
#: Rooms that are drawn as one: the modules that everything uses, and the parts of the sandbox that only it uses.
TOGETHER = {
    "codeeval.types": "codeeval (base)",
    "codeeval.errors": "codeeval (base)",
    "codeeval.files": "codeeval (base)",
    "codeeval.manifest": "codeeval (base)",
    "codeeval.stops": "codeeval (base)",
    "codeeval.syntax": "codeeval (base)",
    "codeeval.toml_file": "codeeval (base)",
    "codeeval.i18n": "codeeval (base)",
    "codeeval.sample_rows": "codeeval (base)",
    "codeeval.bounded_json": "codeeval (base)",
    "sandbox.errors": "sandbox (base)",
    "sandbox.owner": "sandbox (base)",
    "sandbox.channel": "sandbox (base)",
    "sandbox.wire": "sandbox.wire",
    "sandbox.outcomes": "sandbox.wire",
    "sandbox.marks": "sandbox.wire",
    "sandbox.colliding_keys": "sandbox.wire",
    "sandbox.guest": "sandbox.guest",
    "sandbox.backends": "sandbox.backends",
}
#: They import other rooms and have no content.
DOORS = {"codeeval", "codeeval.__main__"}
WIDTH, ROOM_W, ROOM_H, GAP, LEVEL = 1180, 132, 44, 16, 96

Arrow = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Map:
    """`lines`: room -> lines of Python; `arrows`: (importer, imported), without those within a room."""

    lines: dict[str, int]
    arrows: frozenset[Arrow]


def room_of(module: str) -> str | None:
    """The room of a dotted name; None if it is not in this project."""
    parts = module.split(".")
    if parts[0] not in PACKAGES:
        return None
    name = ".".join(parts[:2])
    if name in TOGETHER:
        return TOGETHER[name]
    if parts[0] == "sandbox":
        return "sandbox (pool)"
    return None if name in DOORS else name


def modules() -> Iterator[tuple[str, Path]]:
    """Every module of the packages by its dotted name."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def imported(tree: ast.AST, known: frozenset[str]) -> Iterator[str]:
    """The modules that a syntax tree imports anywhere, including inside functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full in known else node.module


def read() -> Map:
    """The rooms of this checkout's files."""
    found = list(modules())
    known = frozenset(name for name, _ in found)
    lines: dict[str, int] = {}
    arrows = set()
    for name, path in found:
        text, room = path.read_text("utf-8"), room_of(name)
        if room is None:
            continue
        lines[room] = lines.get(room, 0) + text.count("\n")
        for other in imported(ast.parse(text), known):
            there = room_of(other)
            if there is not None and there != room:
                arrows.add((room, there))
    return Map(lines, frozenset(arrows))


def reduced(arrows: Iterable[Arrow]) -> set[Arrow]:
    """Remove arrows implied by others. Raises ValueError for a circle, naming it."""
    below: dict[str, set[str]] = {}
    for start, end in arrows:
        below.setdefault(start, set()).add(end)

    @cache
    def reached(room: str) -> frozenset[str]:
        nexts = below.get(room, set())
        return frozenset(nexts).union(*map(reached, nexts))

    try:
        return {(a, b) for a, ends in below.items() for b in ends if not any(b in reached(c) for c in ends - {b})}
    except RecursionError:
        raise ValueError(f"the imports have a circle: {sorted(below)}") from None


def levels(found: Map) -> dict[str, int]:
    """Room -> the number of rooms below it on the longest path."""
    below: dict[str, set[str]] = {}
    for start, end in found.arrows:
        below.setdefault(start, set()).add(end)

    @cache
    def depth(room: str) -> int:
        return 1 + max(map(depth, below.get(room, ())), default=-1)

    return {room: depth(room) for room in found.lines}


def places(found: Map, arrows: set[Arrow]) -> dict[str, tuple[float, float]]:
    """Room -> centre. Rows by level; within a row, by the mean position of the rooms below, so that few arrows
    cross."""
    by_level = levels(found)
    top, at = max(by_level.values()), dict[str, tuple[float, float]]()
    for level in range(top + 1):
        row = sorted(room for room in by_level if by_level[room] == level)
        means = {}
        for room in row:
            xs = [at[end][0] for start, end in arrows if start == room and end in at]
            means[room] = sum(xs) / len(xs) if xs else WIDTH / 2
        row.sort(key=lambda room: (means[room], room))
        step = WIDTH / (len(row) + 1)
        for index, room in enumerate(row):
            at[room] = ((index + 1) * step, 40 + (top - level) * LEVEL)
    return at


def svg(found: Map) -> str:
    """The picture. Its text has no dates, and no sizes that change with every line of code."""
    arrows = reduced(found.arrows)
    at = places(found, arrows)
    height = max(y for _, y in at.values()) + 50
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" font-family="sans-serif" font-size="13">',
        "<style>rect{fill:#fff;stroke:#456;}.sandbox rect{fill:#fdf1e3}.base rect{fill:#eef}"
        "path{fill:none;stroke:#89a;stroke-width:1.2}text{fill:#123}</style>",
        '<defs><marker id="a" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0L8 4L0 8" style="fill:#89a;stroke:none"/></marker></defs>',
        f'<rect x="0" y="0" width="{WIDTH}" height="{height:.0f}" style="fill:#fafbfc;stroke:none"/>',
    ]
    for start, end in sorted(arrows):
        (x1, y1), (x2, y2) = at[start], at[end]
        y1, y2 = y1 + ROOM_H / 2, y2 - ROOM_H / 2
        bend = (y2 - y1) / 2
        parts.append(
            f'<path d="M{x1:.0f} {y1:.0f}C{x1:.0f} {y1 + bend:.0f} {x2:.0f} {y2 - bend:.0f} {x2:.0f} {y2:.0f}" '
            'marker-end="url(#a)"/>'
        )
    for room, (x, y) in sorted(at.items()):
        kind = "sandbox" if room.startswith("sandbox") else "base" if "(base)" in room else "room"
        name = room.removeprefix("codeeval.")
        parts.append(
            f'<g class="{kind}"><rect x="{x - ROOM_W / 2:.0f}" y="{y - ROOM_H / 2:.0f}" '
            f'width="{ROOM_W}" height="{ROOM_H}" rx="6"/>'
            f'<text x="{x:.0f}" y="{y + 5:.0f}" text-anchor="middle">{escape(name)}</text></g>'
        )
    return "\n".join([*parts, "</svg>\n"])


def main(arguments: list[str]) -> int:
    """Command line; the exit code is 1 if `--check` finds a stale picture."""
    found = read()
    if "--list" in arguments:
        for room, level in sorted(levels(found).items(), key=lambda item: (-item[1], item[0])):
            ends = ", ".join(sorted(end for start, end in found.arrows if start == room))
            print(f"{level:2}  {room:24} {found.lines[room]:6} lines  imports {ends or 'nothing'}")
        return 0
    picture = svg(found)
    if "--check" in arguments:
        return int(not PICTURE.is_file() or PICTURE.read_text("utf-8") != picture)
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(picture, "utf-8")
    print("wrote", PICTURE)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

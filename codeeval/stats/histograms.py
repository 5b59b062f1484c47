"""Count the whole-number histograms that satisfy linear windows, and list the first few. Pure.

Finds all h(0..n) of non-negative whole numbers with sum N for which each weighted sum lies in its window. The search is depth
first over c, h(0) first and its largest value first; a branch is entered only if its real-number relaxation has a solution.
For up to three windows this is decided exactly: the sums that M problems in the cells c..n can reach are M times a convex
polytope (the hull of the cells' weight vectors), the windows are a box, and two convex polytopes are disjoint only if a normal
of a face or a cross product of edges separates them. Counting memoizes equal remainders, so billions are counted quickly as
long as the remainders are few; a budget of branches bounds the time. If the budget ends before a histogram was found, the
cells are searched from n downwards with a budget of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import combinations
from math import ceil, floor
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BUDGET = 15_000  # branches entered for the list, and again for the count: one or two seconds each
_WALK = 10_000  # histograms visited one by one before they are only counted
_FLAT = 1e-12


@dataclass(frozen=True, slots=True)
class Windows:
    """`weights[k][c]` and, per k, the closed window of sum h(c) weights[k][c]. `size`: N."""

    size: int
    weights: tuple[tuple[int, ...], ...]
    bounds: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Search:
    """The first histograms in order; if the search found none from that end, some from the other. `total` is None if the budget
    ran out: there are at least `at_least`."""

    listed: tuple[tuple[int, ...], ...]
    total: int | None
    at_least: int


class _OutOfBudget(Exception):
    """The search has entered as many branches as allowed."""


@dataclass
class _Cone:
    """Separating directions of the cells c..n: rows of `normals`, with the range of normal · weights over these cells."""

    normals: NDArray[Any]
    least: NDArray[Any]
    most: NDArray[Any]


@dataclass
class _State:
    windows: Windows
    cones: list[_Cone]
    budget: int
    memo: dict[tuple[int, int, tuple[int, ...]], int] = field(default_factory=dict)


def search(windows: Windows, most: int) -> Search:
    """Count the histograms and list the first `most`, within the budget."""
    cones = _cones(windows)
    lows = tuple(low for low, _ in windows.bounds)
    found = _listed(_State(windows, cones, _BUDGET), most)
    if found.total is not None:
        return found
    if not found.listed:  # if nearly every problem is always solved, the search reaches the first histograms last
        turned = Windows(windows.size, tuple(row[::-1] for row in windows.weights), windows.bounds)
        other = _listed(_State(turned, _cones(turned), _BUDGET), most)
        found = replace(other, listed=tuple(sorted((h[::-1] for h in other.listed), reverse=True)))
        if found.total is not None:
            return found
    try:
        total = _count(_State(windows, cones, _BUDGET), 0, windows.size, lows)
    except _OutOfBudget:
        return found
    return replace(found, total=total, at_least=total)


def _listed(state: _State, most: int) -> Search:
    """The first `most` histograms of a walk; `total` if it ran to its end."""
    listed: list[tuple[int, ...]] = []
    seen = 0
    try:
        for histogram in _walk(state, 0, state.windows.size, tuple(low for low, _ in state.windows.bounds)):
            seen += 1
            if len(listed) < most:
                listed.append(histogram)
            if seen == _WALK:
                return Search(tuple(listed), None, seen)
    except _OutOfBudget:
        return Search(tuple(listed), None, seen)
    return Search(tuple(listed), seen, seen)


def _walk(state: _State, cell: int, left: int, lows: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Histograms of the cells from `cell` on, for `left` problems. `lows`: the remaining lower ends of the windows; the widths
    never change, so these suffice."""
    if cell == len(state.windows.weights[0]) - 1:
        if _fits(state, cell, left, lows):
            yield (left,)
        return
    for many in _choices(state, cell, left, lows):
        for rest in _walk(state, cell + 1, left - many, _less(state, cell, many, lows)):
            yield (many, *rest)


def _count(state: _State, cell: int, left: int, lows: tuple[int, ...]) -> int:
    if cell == len(state.windows.weights[0]) - 1:
        return int(_fits(state, cell, left, lows))
    key = (cell, left, lows)
    if key not in state.memo:
        state.memo[key] = sum(
            _count(state, cell + 1, left - many, _less(state, cell, many, lows))
            for many in _choices(state, cell, left, lows)
        )
    return state.memo[key]


def _less(state: _State, cell: int, many: int, lows: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(low - many * row[cell] for low, row in zip(lows, state.windows.weights, strict=True))


def _fits(state: _State, cell: int, left: int, lows: tuple[int, ...]) -> bool:
    ends = zip(lows, state.windows.weights, state.windows.bounds, strict=True)
    return all(low <= left * row[cell] <= low + (top - bottom) for low, row, (bottom, top) in ends)


def _choices(state: _State, cell: int, left: int, lows: tuple[int, ...]) -> list[int]:
    """How many problems the cell can take, most first, such that the rest still has a real-number solution."""
    import numpy as np

    state.budget -= 1
    if state.budget < 0:
        raise _OutOfBudget
    cone = state.cones[cell + 1]
    here = np.array([row[cell] for row in state.windows.weights], dtype=float)
    low = np.array(lows, dtype=float)
    width = np.array([top - bottom for bottom, top in state.windows.bounds], dtype=float)
    up, down = np.maximum(cone.normals, 0.0), np.minimum(cone.normals, 0.0)
    box_least, box_most = cone.normals @ low + down @ width, cone.normals @ low + up @ width
    step = cone.normals @ here
    slack = 1e-7 * (1.0 + np.abs(box_most) + np.abs(box_least) + left * np.abs(cone.most))
    # the box less `many` steps must meet (left - many)·[least, most]: two inequalities many·factor <= room per direction
    factor = np.concatenate([step - cone.least, cone.most - step])
    room = np.concatenate([box_most - left * cone.least + slack, left * cone.most - box_least + slack])
    rising, falling = factor > _FLAT, factor < -_FLAT
    if bool((room[~(rising | falling)] < 0).any()):
        return []
    most = min(float(left), float(np.min(room[rising] / factor[rising], initial=np.inf)))
    least = max(0.0, float(np.max(room[falling] / factor[falling], initial=-np.inf)))
    return list(range(floor(most), ceil(least) - 1, -1))


def _cones(windows: Windows) -> list[_Cone]:
    import numpy as np

    weights = np.array(windows.weights, dtype=float).T  # (cells, windows)
    scale = np.maximum(weights.max(axis=0), 1.0)
    cones = []
    for cell in range(len(weights)):
        points = weights[cell:]
        normals = _normals(points / scale) / scale
        values = normals @ points.T
        cones.append(_Cone(normals, values.min(axis=1), values.max(axis=1)))
    return cones


def _normals(points: NDArray[Any]) -> NDArray[Any]:
    """Axes, normals of all triangles of points, and cross products of edges with axes, for each group of three windows.

    The points are in convex position, so most are corners, and all pairs and triples are tried for up to 12 points. Of more
    points a subset is taken: fewer directions exclude less, but never too much.
    """
    import numpy as np

    size = points.shape[1]
    found = [np.eye(size)]
    chosen = points[np.unique(np.linspace(0, len(points) - 1, min(len(points), 12)).astype(int))]
    for group in combinations(range(size), min(3, size)):
        part = chosen[:, group]
        directions = _plane(part) if len(group) == 2 else _space(part) if len(group) == 3 else np.empty((0, 1))
        full = np.zeros((len(directions), size))
        full[:, group] = directions
        found.append(full)
    normals = np.concatenate(found)
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    keep = length[:, 0] > 1e-12
    result: NDArray[Any] = normals[keep] / length[keep]
    return result


def _plane(points: NDArray[Any]) -> NDArray[Any]:
    import numpy as np

    edges = [b - a for a, b in combinations(points, 2)]
    return np.array([[edge[1], -edge[0]] for edge in edges]).reshape(-1, 2)


def _space(points: NDArray[Any]) -> NDArray[Any]:
    import numpy as np

    edges = [b - a for a, b in combinations(points, 2)]
    faces = [np.cross(b - a, c - a) for a, b, c in combinations(points, 3)]
    crossed = [np.cross(edge, axis) for edge in edges for axis in np.eye(3)]
    return np.array([*faces, *crossed]).reshape(-1, 3)

"""Names of intervals and differences wherever they are shown: reports, comparisons, the gate, pictures, the explorer. Pure.

The Russian texts are in codeeval/i18n, keyed by these sentences; a test checks the explorer's templates against them.
"""

from __future__ import annotations

from codeeval.i18n.messages import msg

#: Shown once in a report, beside the intervals: a second run of the same size lands in the rerun interval in about 83% of cases.
LONG_RUN = msg("intervals are of the long-run score, not of a second run")
#: As lm-evaluation-harness and Inspect report it: standard deviation over problems over the square root of their number.
STDERR = msg("standard error")
ASSUMPTION = msg("samples of a problem are taken for independent draws")
_MOST_DIGITS = 12


def population(level: float = 0.95) -> str:
    """The interval for other problems of this kind: the total uncertainty."""
    return msg("{level}% CI, new problems (total)", level=f"{100 * level:.4g}")


def rerun(level: float = 0.95) -> str:
    """The interval for exactly these problems: sampling alone."""
    return msg("{level}% CI, these problems (sampling only)", level=f"{100 * level:.4g}")


def points(rate: float) -> str:
    """A difference of rates as signed percentage points."""
    return f"{round(100 * rate, 1) + 0.0:+.1f}"  # never -0.0


def apart(value: float, limit: float) -> tuple[str, str]:
    """Two numbers with as few decimals, at least one, as show which is larger. Never -0.0."""
    digits = 1
    while digits < _MOST_DIGITS and value != limit:
        shown = round(value, digits), round(limit, digits)
        if shown[0] != shown[1] and (shown[0] < shown[1]) == (value < limit):
            break
        digits += 1
    return f"{round(value, digits) + 0.0:.{digits}f}", f"{round(limit, digits) + 0.0:.{digits}f}"


def signed(value: float, limit: float) -> str:
    """A number with its sign, with as few decimals as show on which side of `limit` it lies."""
    if abs(value) < 1e-9:
        return "+0.0"
    shown = apart(value, limit)[0]
    return shown if shown.startswith("-") else f"+{shown}"


def chance(p: float, limit: float) -> tuple[str, str]:
    """A probability and its limit, with as few significant digits, at least two, as show which is larger."""
    for digits in range(2, 16):
        shown = f"{p:.{digits}g}", f"{limit:.{digits}g}"
        if p == limit or ((float(shown[0]) < float(shown[1])) == (p < limit) and shown[0] != shown[1]):
            return shown
    return repr(p), repr(limit)

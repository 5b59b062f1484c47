"""What the scorer of MERA's site computes for one file of a submission, row by row. Pure.

Derived from MERA's public scorer (`modules/scoring`, the class of ruCodeEval, which also scores ruHumanEval):

- a row's id is a dict key: a later row replaces an earlier one, `1.0` and `true` are the id 1, "1" is another key;
- ids that the set does not have are ignored, but a row without `outputs` or `meta.id` fails the whole file;
- the samples of a problem are `outputs[0]`, and n is their number, whatever it is;
- a sample is correct if it has as many items as the set has outputs and each equals its own. So null, a number and a
  bool are wrong answers, and a text is compared character by character;
- pass@k is 1 whenever fewer than k samples are wrong, and so also for no samples at all;
- an exception in one problem costs the file its score.

What Python can't parse as JSON, or begins with a byte order mark, is unreadable. Some malformed files crash the scorer
itself: then no file of the zip has a score.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod

from codeeval.i18n import msg
from codeeval.mera.check import Reference
from codeeval.stats.means import mean_or_zero

KS = (1, 5, 10)
#: How many errors are kept per file; a hostile one has millions.
MOST_ERRORS = 1_000


@dataclass(frozen=True, slots=True)
class SiteError:
    """Why the scorer gives a file no score. `problem_id` is "" for the file, "row 3" for a row without an id. `fatal`:
    the scorer ends there, and no file of the zip is scored."""

    problem_id: str
    text: str
    fatal: bool = False


@dataclass(frozen=True, slots=True)
class SiteScore:
    """`values`: k -> pass@k, None if the answers are not known; all 0 if there are `errors`. `correct`: problem id ->
    (samples, correct ones)."""

    errors: tuple[SiteError, ...]
    values: dict[int, float] | None
    correct: dict[str, tuple[int, int]]

    @property
    def scored(self) -> bool:
        return not self.errors


class _Fails(Exception):
    """The scorer raises an exception of this name, for this reason."""

    def __init__(self, error: str, reason: str) -> None:
        super().__init__(
            msg("the scorer raises {error} ({reason}) here, and scores the whole file 0", error=error, reason=reason)
        )


def score_file(data: bytes, reference: Reference | None, ks: Sequence[int] = KS) -> SiteScore:
    """`data` is the file's content. Without a reference every problem in the file is examined, and none is reported as
    missing."""
    zeros = None if reference is None else dict.fromkeys(ks, 0.0)
    rows, errors = _rows(data)
    by_id: dict[str, object] = {}
    for place, row in enumerate(rows):
        found = _read_row(place, row, by_id, reference)
        if len(errors) < MOST_ERRORS or any(error.fatal for error in found):
            errors += found
        if any(error.fatal for error in found):
            break
    if errors:
        return SiteScore(tuple(errors), zeros, {})
    correct, errors = _problems(by_id, reference)
    if errors:
        return SiteScore(tuple(errors), zeros, correct)
    if reference is None or reference.n_tests.keys() - reference.expected.keys():
        return SiteScore((), None, correct)
    return SiteScore((), {k: mean_or_zero([_unguarded(n, c, k) for n, c in correct.values()]) for k in ks}, correct)


def _rows(data: bytes) -> tuple[Sequence[object], list[SiteError]]:
    """What the scorer iterates over. A dict gives its keys and a text its characters, neither of which is a row."""
    try:
        whole = json.loads(data.decode("utf-8").strip())
    except (ValueError, RecursionError) as error:
        text = msg(
            "the file is not JSON in UTF-8 (a byte order mark is refused too): {error}", error=type(error).__name__
        )
        return (), [SiteError("", text)]
    data_field = _member(whole, "data")
    if isinstance(data_field, SiteError):
        return (), [data_field]
    rows = _member(data_field[0], "test")
    if isinstance(rows, SiteError):
        return (), [rows]
    (found,) = rows
    if isinstance(found, list | str):
        return found, []
    if isinstance(found, dict):
        return tuple(found), []
    return (), [
        SiteError("", msg("data.test is not a list: the scorer ends there, and scores no file of the zip"), True)
    ]


def _member(value: object, name: str) -> tuple[object] | SiteError:
    """`value[name]` after `name in value`, as Python evaluates it for any JSON value."""
    if isinstance(value, dict):
        if name in value:
            return (value[name],)
        return SiteError("", msg('the field "{name}" is missing', name=name))
    if isinstance(value, list | str) and name not in value:
        return SiteError("", msg('the field "{name}" is missing', name=name))
    return SiteError(
        "",
        msg('no object where "{name}" is looked up: the scorer ends there, and scores no file of the zip', name=name),
        True,
    )


def _read_row(place: int, row: object, by_id: dict[str, object], reference: Reference | None) -> list[SiteError]:
    """Store the row's `outputs` under its id, if the site's set has that id."""
    where, errors = f"row {place}", []
    fields = row if isinstance(row, dict) else {}
    if "outputs" not in fields:
        errors.append(SiteError(where, msg("outputs is missing")))
    meta = fields.get("meta")
    if not isinstance(meta, dict) or "id" not in meta:
        return [*errors, SiteError(where, msg("meta.id is missing"))]
    key = meta["id"]
    if isinstance(key, list | dict):
        return [
            *errors,
            SiteError(
                where, msg("meta.id is a list or an object: the scorer ends there, and scores no file of the zip"), True
            ),
        ]
    name = _key(key)
    if name is not None and (reference is None or name in reference.n_tests):
        by_id[name] = fields.get("outputs")
    return errors


def _key(value: object) -> str | None:
    """The problem that an id names: the set's integers equal bools and floats. None for a key that equals no
    integer."""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else None
    return str(int(value)) if isinstance(value, int) else None


def _problems(
    by_id: Mapping[str, object], reference: Reference | None
) -> tuple[dict[str, tuple[int, int]], list[SiteError]]:
    correct: dict[str, tuple[int, int]] = {}
    errors: list[SiteError] = []
    for name in by_id if reference is None else reference.n_tests:
        if len(errors) == MOST_ERRORS:
            break
        if name not in by_id:
            errors.append(SiteError(name, msg("this problem of the set is missing")))
            continue
        outputs = by_id[name]
        if not isinstance(outputs, list):
            errors.append(SiteError(name, msg("outputs must be a list that is not empty")))
            continue
        try:
            correct[name] = _samples(outputs, *_wanted(name, reference))
        except _Fails as error:
            errors.append(SiteError(name, str(error)))
    return correct, errors


def _wanted(name: str, reference: Reference | None) -> tuple[Sequence[str] | None, int | None]:
    """(the answers if they are known, their number if it is)."""
    if reference is None:
        return None, None
    return reference.expected.get(name), reference.n_tests[name]


def _samples(outputs: list[object], expected: Sequence[str] | None, n_tests: int | None) -> tuple[int, int]:
    """(samples, correct ones). Raises _Fails."""
    if not outputs:
        raise _Fails("IndexError", msg("no samples"))
    samples = outputs[0]
    if isinstance(samples, dict):
        if samples:
            raise _Fails("KeyError", msg("an object in place of the samples"))
        return 0, 0
    if not isinstance(samples, list | str):
        raise _Fails("TypeError", msg("{what} in place of the samples", what=_named(samples)))
    return len(samples), sum(_right(sample, expected, n_tests) for sample in samples)


def _right(sample: object, expected: Sequence[str] | None, n_tests: int | None) -> bool:
    """Raises _Fails for a value without a length, and for an object as long as the answers."""
    if not isinstance(sample, list | str | dict):
        raise _Fails("TypeError", msg("{what} in place of a sample", what=_named(sample)))
    if not sample or (n_tests is not None and len(sample) != n_tests):
        return False
    if isinstance(sample, dict):
        raise _Fails("KeyError", msg("an object in place of a sample"))
    return expected is not None and all(got == right for got, right in zip(sample, expected, strict=True))


def _named(value: object) -> str:
    return "null" if value is None else msg("true or false") if isinstance(value, bool) else msg("a number")


def _unguarded(n: int, c: int, k: int) -> float:
    """MERA's estimator: 1.0 if fewer than k samples are wrong, even if there are fewer than k samples."""
    if n - c < k:
        return 1.0
    return 1.0 - prod(1.0 - k / i for i in range(n - c + 1, n + 1))

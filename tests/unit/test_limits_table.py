"""SECURITY.md says what the limits are."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from codeeval import bounded_json, files, sample_rows, syntax, toml_file
from codeeval.explorer.annotations import MAX_FILE_BYTES
from codeeval.gate import baseline
from codeeval.mera import read as submission
from codeeval.scoring import limits
from codeeval.store import codec, damage, page_check
from codeeval.tasks import rows
from sandbox import colliding_keys, marks, wire

MIB = 1 << 20
_SAMPLES = import_module("codeeval.samples.read")
LIMITS = {
    "problem set, also unpacked": (f"{rows.MAX_FILE_BYTES // MIB} MiB", f"{rows.MAX_VALUES:,} JSON values"),
    "what a compressed file unpacks to": (f"{files.MAX_RATIO} times", f"{files.MIN_UNPACKED // MIB} MiB"),
    "samples, unpacked": (
        f"{_SAMPLES.MAX_MEMBER_BYTES // MIB:,} MiB",
        f"a line {sample_rows.MAX_LINE_BYTES // MIB} MiB",
    ),
    "submission, unpacked": (f"{submission.MAX_FILE_BYTES // MIB} MiB",),
    "baseline": (f"{baseline.MAX_BYTES // 1024:,} KiB", f"{baseline.MAX_VALUES:,} JSON values"),
    "settings, policy": (f"{toml_file.MAX_BYTES // 1024} KiB",),
    "notes": (f"{MAX_FILE_BYTES // MIB} MiB",),
    "any JSON text, else": (f"{bounded_json.MAX_VALUES:,} values",),
    "text that the host parses as Python: a program": (f"{syntax.MAX_CHARS:,} characters",),
    "text that the host parses as Python: tests, a call": (f"{wire.MAX_TOKENS:,} words",),
    "text that the host parses as Python: combining characters on one letter": (f"{marks.MAX_MARKS:,}",),
    "text that the host parses as Python: characters of an f-string times its braces": (f"{marks.MAX_FIELD_STEPS:,}",),
    "dict or set in a call: keys with the same hash": (f"{colliding_keys.MAX_COLLISIONS:,}",),
    "dict or set in a call, of more than a thousand keys: places of its table that are looked at for each key, on average": (
        f"{colliding_keys.MAX_PLACES:,}",
    ),
    "reply of one execution": (
        f"{wire.Limits().reply_bytes // MIB} MiB",
        f"EvalPlus {limits.ORACLE_LIMITS.reply_bytes // MIB} MiB",
    ),
    "outcome in a run file, unpacked": (f"{codec.MAX_UNPACKED // MIB} MiB",),
    "samples that a run wants": (f"{damage.MAX_TOTAL:,}", f"one problem {damage.MAX_WANTED:,}"),
    "run file whose pages are checked": (f"{page_check.MAX_CHECKED_BYTES // MIB} MiB",),
}
_PAGE = (Path(__file__).resolve().parents[2] / "SECURITY.md").read_text("utf-8")
_ROWS = [
    line.strip("|").split("|")
    for line in _PAGE.partition("### Limits on files")[2].partition("Not covered")[0].splitlines()
    if line.startswith("|") and "---" not in line and "| what |" not in line
]
TABLE = {what.strip(): stated.strip() for what, stated in _ROWS}


def test_the_table_is_whole() -> None:
    """Every row is checked."""
    assert TABLE.keys() == LIMITS.keys()


@pytest.mark.parametrize("row", LIMITS)
def test_the_table_says_what_the_code_does(row: str) -> None:
    """Each number is that of the code."""
    assert all(said in TABLE[row] for said in LIMITS[row])

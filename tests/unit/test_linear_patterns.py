"""No regular expression of the packages takes more than linear time, whatever the text."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from pattern_pumps import pumps

ROOT = Path(__file__).resolve().parents[2]
N = 5_000
#: CPU seconds for N characters: a linear search takes a thousandth of it, a quadratic one several times as much.
LIMIT_S = 0.1
#: What runs elsewhere, or only with packages that may be missing.
ELSEWHERE = (
    "sandbox.guest",
    "codeeval.generators.vllm.worker",
    "codeeval.__main__",
    "codeeval.integrations.inspect_tasks",
    "codeeval.integrations.lm_eval_tasks",
    "codeeval.compat.lm_eval",
)


def module_names() -> list[str]:
    paths = [path for package in ("codeeval", "sandbox") for path in sorted((ROOT / package).rglob("*.py"))]
    names = (".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in paths)
    return [name for name in names if not name.startswith(ELSEWHERE)]


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    """(where it stands, pattern) of every compiled pattern at the top of a module, once each."""
    seen: set[str] = set()
    for name in module_names():
        for attribute, value in vars(import_module(name)).items():
            for pattern in value if isinstance(value, tuple | list) else (value,):
                if isinstance(pattern, re.Pattern) and str(pattern.pattern) not in seen:
                    seen.add(str(pattern.pattern))
                    text = pattern if isinstance(pattern.pattern, str) else _decoded(pattern)
                    yield f"{name}.{attribute}", text


def _decoded(pattern: re.Pattern[bytes]) -> re.Pattern[str]:
    return re.compile(pattern.pattern.decode("latin-1"), pattern.flags | re.ASCII)


FOUND = dict(patterns())


#: Names of patterns that are looked for anywhere in a text; the others are matched at one place only.
SEARCHED = set(
    re.findall(
        r"\b(\w+)\.(?:search|finditer|findall|sub|subn|split)\(",
        "".join(
            path.read_text("utf-8") for package in ("codeeval", "sandbox") for path in (ROOT / package).rglob("*.py")
        ),
    )
)


def cpu_s(pattern: re.Pattern[str], text: str, *, everywhere: bool = True) -> float:
    """CPU time of matching at the start, and of finding all."""
    start = time.process_time()
    pattern.match(text)
    pattern.fullmatch(text)
    if everywhere:
        for _ in pattern.finditer(text):
            pass
    return time.process_time() - start


def test_the_patterns_are_found() -> None:
    """The collection sees patterns of every package."""
    assert len(FOUND) > 30
    assert {name.split(".")[1] for name in FOUND} >= {
        "reading",
        "scoring",
        "explorer",
        "cli",
        "reply_records",
    }


@pytest.mark.parametrize("pattern", [r"\s*(.{1,200}?)\s*$", r"(?:.*/)?a(.+?)_?b?\.c$", r"(a|a)*b"])
def test_the_pumps_find_what_is_not_linear(pattern: str) -> None:
    """Expressions of the kinds that were found in this project are caught, by fewer characters."""
    compiled = re.compile(pattern, re.DOTALL)
    small = list(pumps(compiled, 20 if "|" in pattern else 3_000))
    assert max(cpu_s(compiled, text) for text in small) > 0.01


@pytest.mark.parametrize("where", FOUND)
def test_patterns_take_linear_time(where: str) -> None:
    """Runs of whatever a pattern repeats, with something behind them that does not fit."""
    for text in pumps(FOUND[where], N):
        took = cpu_s(FOUND[where], text, everywhere=where.rpartition(".")[2] in SEARCHED)
        assert took < LIMIT_S, f"{where}: {took:.2f} s for {text[:20]!r} … {text[-20:]!r}"

"""How completions look: fences, functions at the margin, prose, bodies. Pure helpers; every function takes any text."""

from __future__ import annotations

import re
from itertools import islice

from codeeval import syntax
from codeeval.types import Sample

#: A line that opens or closes a fence, as in Markdown. Possessive: backtracking would take quadratic time.
FENCE = re.compile(r"^ {0,3}(`{3,}+|~{3,}+)[ \t]*+([\w+-]*+)[^\n`]*+$", re.MULTILINE)
_MAX_PROSE = 1_000
#: Characters that look like a space but are not one to Python, and invisible characters.
_NO_BREAK = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_UNSEEN = re.compile("[\u200b-\u200f\u2028-\u202e\u2060-\u2064\u00ad\ufeff]")
_MIXED_TABS = re.compile(r"^(?: +\t|\t+ +\S)", re.MULTILINE)
#: A longer line is neither a sentence nor a hand-written statement.
_MAX_LINE = 10_000
_CODE_START = re.compile(
    r"""\s*(?:
        (?:return|yield|raise|if|for|while|try|with|def|class|import|from|pass|assert|del|global|nonlocal|async|await
           |match|lambda|not|continue|break)\b
      | @\w | \#
      | ["'(\[{]                                  # a docstring, a literal
      | [A-Za-z_][\w.]*(?:\[[^\]]*\])?\s*(?:,\s*[A-Za-z_]\w*\s*)*(?:=|\+=|-=|\*=|/=|\(|\.|:\s*\w+\s*=)
    )""",
    re.VERBOSE,
)


def is_too_long(sample: Sample) -> bool:
    """Whether a sample is longer than any answer: searching it for failures of format would take long and find
    nothing."""
    return max(len(sample.completion), len(sample.raw or "")) > syntax.MAX_CHARS


def has_no_break_spaces(text: str) -> bool:
    return _NO_BREAK.search(text) is not None


def has_unseen(text: str) -> bool:
    """Whether there are zero-width characters, such as a byte order mark."""
    return _UNSEEN.search(text) is not None


def mixes_tabs(text: str) -> bool:
    """Whether some lines are indented by tabs and others by spaces, or one line by both."""
    if "\t" not in text:
        return False
    tabs, spaces = re.search(r"^\t", text, re.MULTILINE), re.search(r"^ ", text, re.MULTILINE)
    return _MIXED_TABS.search(text) is not None or (tabs is not None and spaces is not None)


def plain_spaces(text: str) -> str:
    """`text` with plain spaces in place of all others, and without zero-width characters."""
    return _UNSEEN.sub("", _NO_BREAK.sub(" ", text))


def has_fence(text: str) -> bool:
    return FENCE.search(text) is not None


def defines_at_margin(text: str, name: str) -> bool:
    """Whether some unindented line begins the definition of `name`."""
    return _definition(name).search(text) is not None


def _definition(name: str) -> re.Pattern[str]:
    return re.compile(rf"^(?:async[ \t]+)?(?:def|class)[ \t]+{re.escape(name)}(?!\w)", re.MULTILINE)


def has_structure(text: str, name: str) -> bool:
    """Whether there is a fence or a whole function: signs of a self-contained answer rather than a continuation."""
    return has_fence(text) or defines_at_margin(text, name)


def first_code_line(text: str) -> str | None:
    """The first line that is not blank."""
    return next((line for line in text.split("\n") if line.strip()), None)


def first_code(lines: list[str], *, at_margin: bool = False) -> int | None:
    """The index of the first line that looks like code, unindented if `at_margin`. Only the first lines are examined,
    because answers do not begin with a thousand lines of prose."""
    written = (i for i, line in enumerate(lines) if line.strip() and not (at_margin and line[0].isspace()))
    return next((i for i in islice(written, _MAX_PROSE) if looks_like_code(lines[i])), None)


def looks_like_code(line: str) -> bool:
    """Whether a line could begin Python code rather than a sentence. A statement that parses is code; a sentence does
    not parse unless it is a single word."""
    if len(line) > _MAX_LINE or not _CODE_START.match(line):
        return False
    if line.lstrip().startswith(("#", "@")) or line.rstrip().endswith((":", "(", "[", "{", ",", "\\")):
        return True
    return _parses(line.strip()) or _opens(line)


def _opens(line: str) -> bool:
    """Whether a line parses once its brackets, quotes or blocks are closed."""
    return any(line.count(a) > line.count(b) for a, b in ("()", "[]", "{}")) or line.count('"""') == 1


def _parses(source: str) -> bool:
    return syntax.parses(source) or syntax.parses(f"def _():\n {source}")


def without_prose_behind(text: str) -> str:
    """`text` up to its last line that is indented or looks like code."""
    lines = text.split("\n")
    for _ in range(min(len(lines), _MAX_PROSE)):
        last = lines[-1]
        if last.strip() and (last[0].isspace() or looks_like_code(last)):
            break
        lines.pop()
    return "\n".join(lines)


def starts_with_prose(text: str) -> bool:
    """Whether a sentence precedes the code."""
    first = first_code_line(text)
    return first is not None and FENCE.match(first) is None and not looks_like_code(first) and not first[:1].isspace()


def blocks(text: str) -> list[tuple[str, str]]:
    """(label, code) of each fenced block; the last one may be open. A closing fence alone ends the code before it."""
    found: list[tuple[str, str]] = []
    marks = list(FENCE.finditer(text))
    at = 0
    while at < len(marks):
        opening = marks[at]
        ends = (i for i in range(at + 1, len(marks)) if not marks[i][2] and marks[i][1].startswith(opening[1]))
        closing = next(ends, None)
        end = marks[closing].start() if closing is not None else len(text)
        found.append((opening[2].lower(), text[opening.end() + 1 : end]))
        at = len(marks) if closing is None else closing + 1
    return found


def before_fence(text: str) -> str:
    """What is above the first fence."""
    mark = FENCE.search(text)
    return text if mark is None else text[: mark.start()]


def body_goes_on(raw: str, cut: int) -> bool:
    """Whether the text after the cut, skipping blank lines and unindented comments, continues with an indented line."""
    for line in raw[cut:].split("\n")[1:]:
        if line.strip() and not line.startswith("#"):
            return line[0].isspace()
    return False


def body_of(raw: str) -> str:
    """The part of an uncut continuation that belongs to the function: up to the first unindented line that is neither a
    comment nor blank. The text's own first line does not count, because it follows the docstring."""
    lines = raw.split("\n")
    for number, line in enumerate(lines[1:], 1):
        if line.strip() and not line[0].isspace() and not line.startswith("#"):
            return "\n".join(lines[:number])
    return raw


def same_code(raw: str, completion: str, name: str) -> bool:
    """Whether the cut left the answer complete: the same blocks, or the function up to its end."""
    if has_fence(raw):
        wanted = [code for _, code in blocks(raw) if defines_at_margin(code, name)] or [code for _, code in blocks(raw)]
        kept = [code for _, code in blocks(completion)]
        return bool(wanted) and wanted[0] in kept
    return defines_at_margin(completion, name)

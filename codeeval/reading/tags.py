"""Tags around a model's answer: `<answer>`, `[PYTHON]`, `<code>`, `\\boxed{}` and the like."""

from __future__ import annotations

import re

_NAMES = (
    "answer|final_answer|final|solution|response|output|code|python|completion|result|python_code|implementation|"
    "function_body|begin_of_solution|start_response|tool_code"
)
#: (opening, closing); if the closing mark is missing, the answer extends to the end of the text.
_PAIRS = (
    (re.compile(r"<\|begin_of_solution\|>"), re.compile(r"<\|end_of_solution\|>")),
    (re.compile(r"<\|START_RESPONSE\|>"), re.compile(r"<\|END_RESPONSE\|>")),
    (re.compile(r"<\|begin_of_box\|>"), re.compile(r"<\|end_of_box\|>")),
    (re.compile(r"<\|python_tag\|>"), re.compile(r"<\|(?:eom_id|eot_id)\|>")),
    (re.compile(r"\[PYTHON\]"), re.compile(r"\[/PYTHON\]")),
    (re.compile(r"\[ANSWER\]"), re.compile(r"\[/ANSWER\]")),
    (re.compile(r"\[BEGIN\]"), re.compile(r"\[DONE\]|\[END\]")),
    (re.compile(r"BEGIN SOLUTION\b"), re.compile(r"END SOLUTION\b")),
    (re.compile(r"\\boxed\{"), re.compile(r"\}[ \t]*+\$*+[ \t]*+(?:\Z|\n(?![ \t]))")),
    (
        re.compile(rf"^[ \t]*<(?:pre>[ \t]*<)?(?:{_NAMES})(?:[ \t]+[\w-]+=[\"'][^\"'\n]{{0,80}}[\"'])?>", re.I | re.M),
        re.compile(rf"</(?:{_NAMES})>(?:[ \t]*</pre>)?", re.I),
    ),
)
#: What is cheap to look for, and in every text with one of these marks or of those that only end an answer.
_ANGLE = re.compile(r"<[|/\w]")
_SQUARE = re.compile(r"\[(?:/|python\]|answer\]|begin\]|done\])", re.IGNORECASE)
_CODE = re.compile(
    r"^[ \t>]*(?:`{3}|~{3}|(?:async[ \t]+)?def[ \t]|class[ \t]|return\b|import[ \t]|from[ \t]+[\w.]+[ \t]+import\b)"
    r"|^[ \t]+\S|\A[ \t]+\S|\A(?:async[ \t]+)?(?:def|class|import|from|return)[ \t]",
    re.MULTILINE,
)
#: Quotation marks used as a fence: with a label anywhere, without one only around the whole text.
_QUOTES = re.compile(
    r"^(?P<marks>\"{3}|'{3})(?P<label>python3?|py)[ \t]*\n|\A\s*(?P<other>\"{3}|'{3}|`{1,2}(?!`))(?!(?:python3?|py)[ \t]*\n)",
    re.MULTILINE | re.I,
)
#: The two of them without their lines.
_MARKS, _LABELLED = re.compile(r"\s*+(?:\"{3}|'{3}|`{1,2}+(?!`))"), re.compile(r"\"{3}py|'{3}py", re.IGNORECASE)
_PROGRAM = re.compile(r"^(?:async[ \t]+)?(?:def|class)[ \t]", re.MULTILINE)
#: Closing marks that end an answer without an opening one, as few-shot prompts teach.
_LONE_END = re.compile(
    r"^[ \t]*(?:\[DONE\]|\[/PYTHON\]|\[/ANSWER\])|</(?:code|answer|solution|python)>(?=[ \t]*+(?:\n|\Z))",
    re.MULTILINE | re.I,
)


def inside(text: str) -> tuple[int, int] | None:
    """The range of the answer within its tags; None if there are no tags, or nothing in them is code."""
    start, end = _tagged(text) or (0, len(text))
    quoted = _wrapped(text[start:end])
    if quoted is not None:
        return start + quoted[0], start + quoted[1]
    return (start, end) if (start, end) != (0, len(text)) else None


def has_sign(text: str) -> bool:
    """Whether a text may have tags; decided without looking for one."""
    is_tag = _ANGLE.search(text) or _SQUARE.search(text)
    return is_tag is not None or "\\boxed{" in text or "BEGIN SOLUTION" in text


def _tagged(text: str) -> tuple[int, int] | None:
    if not has_sign(text):
        return None
    for opening, closing in _PAIRS:
        found = _last(text, opening, closing)
        if found is not None:
            return found
    lone = _LONE_END.search(text)
    return (0, lone.start()) if lone is not None and _CODE.search(text, 0, lone.start()) else None


def _wrapped(text: str) -> tuple[int, int] | None:
    """A program within quotation marks used as a fence."""
    if not _MARKS.match(text) and not _LABELLED.search(text):
        return None
    opening = _QUOTES.search(text)
    if opening is None:
        return None
    marks = opening["marks"] or opening["other"]
    closing = re.compile(rf"^{marks}[ \t]*$|{marks}\s*\Z", re.MULTILINE).search(text, opening.end())
    end = closing.start() if closing else len(text)
    content = text[opening.end() : end]
    if not _PROGRAM.search(content):
        return None
    if not opening["label"] and (closing is None or marks in content or text[closing.end() :].strip()):
        return None  # a string of the program
    return opening.end(), end


def _last(text: str, opening: re.Pattern[str], closing: re.Pattern[str]) -> tuple[int, int] | None:
    """The last pair that contains code."""
    answer = None
    at = 0
    while (begun := opening.search(text, at)) is not None:
        ended = closing.search(text, begun.end())
        end = ended.start() if ended else len(text)
        if _CODE.search(text[begun.end() : end]):
            answer = (begun.end(), end)
        if ended is None:
            break
        at = ended.end()
    return answer

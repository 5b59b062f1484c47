"""Parse untrusted Python text without executing it, without warnings, and within bounds.

`ast.parse` warns on stderr about invalid escapes in the parsed text and fails in five ways on hostile text. Here it
fails in one way. Covered: deep nesting, NUL bytes, huge integers, lone surrogates, names that are slow to normalise,
long f-strings of many expressions, and size: a syntax tree takes up to 900 bytes per character, so longer texts, and
texts of more than MAX_TOKENS tokens, are not parsed.
"""

from __future__ import annotations

import ast
import threading
import warnings
from typing import TypeVar

from sandbox.marks import is_slow
from sandbox.wire import MAX_TOKENS, has_more_tokens

Tree = TypeVar("Tree", bound=ast.AST)

#: Thirty times the tokens of a completion of 1,024 tokens.
MAX_CHARS = 128 * 1024

#: `warnings.catch_warnings` swaps a list that all threads share, so only one thread at a time may use it.
_LOCK = threading.Lock()


def parse_module(source: str, max_chars: int = MAX_CHARS) -> ast.Module:
    """The syntax tree of a program; raises SyntaxError for anything else."""
    return _parse(source, "exec", max_chars, ast.Module)


def parses(source: str, max_chars: int = MAX_CHARS) -> bool:
    """Whether a text is a program."""
    try:
        parse_module(source, max_chars)
    except SyntaxError:
        return False
    return True


def parse_expression(source: str, max_chars: int = MAX_CHARS) -> ast.expr:
    """The syntax tree of one expression (surrounding white space allowed); raises SyntaxError for anything else."""
    return _parse(source.strip(), "eval", max_chars, ast.Expression).body


def _parse(source: str, mode: str, max_chars: int, kind: type[Tree]) -> Tree:
    if len(source) > max_chars:
        raise SyntaxError(f"longer than {max_chars} characters")
    if has_more_tokens(source, MAX_TOKENS):
        raise SyntaxError(f"more than {MAX_TOKENS} words, numbers and signs")
    if why := is_slow(source):
        raise SyntaxError(why)
    try:
        with _LOCK, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source, mode=mode)
    except (RecursionError, MemoryError):
        raise SyntaxError("nested too deeply") from None
    except ValueError as error:  # NUL bytes, lone surrogates (UnicodeEncodeError), integers of too many digits
        raise SyntaxError(str(error)) from None
    assert isinstance(tree, kind)
    return tree

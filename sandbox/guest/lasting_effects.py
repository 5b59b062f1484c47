"""Whether tests can have changed something in the judge's process that later tests would notice.

A judge is reused only after tests that import nothing but modules without settings, set no attributes, and register no
class (`Sequence.register`). Tests are trusted not to evade this, but they patch modules and change settings:
`warnings.simplefilter("error")`, `decimal.getcontext().Emax = 9`, `signal.alarm(5)`, `sys.stdout = None`. What can be
changed has no end, so what such tests leave is not looked for.
"""

from __future__ import annotations

import dis
from collections.abc import Iterator
from types import CodeType

#: The state of `random` is restored.
_WITHOUT_SETTINGS = frozenset(
    (
        *("__future__", "abc", "array", "base64", "bisect", "builtins", "cmath", "collections", "collections.abc"),
        *("copy", "dataclasses", "datetime", "difflib", "enum", "fractions", "functools", "hashlib", "heapq"),
        *("io", "itertools", "json", "math", "numbers", "operator", "pprint", "random", "re"),
        *(
            "secrets",
            "statistics",
            "string",
            "struct",
            "textwrap",
            "typing",
            "typing_extensions",
            "unicodedata",
            "uuid",
        ),
        *("zlib",),
    )
)
_SETTERS = frozenset(
    ("setattr", "delattr", "exec", "eval", "__import__", "import_module", "__dict__", "vars", "register")
)
_STORES = tuple(dis.opmap[name] for name in ("STORE_ATTR", "DELETE_ATTR"))
_IMPORT, _EXTENDED = dis.opmap["IMPORT_NAME"], dis.opmap["EXTENDED_ARG"]


def may_last(code: CodeType) -> bool:
    """Whether executing this code may have effects beyond its own namespace."""
    waiting = [code]
    while waiting:
        one = waiting.pop()
        operations = one.co_code[::2]
        if not _SETTERS.isdisjoint(one.co_names) or any(store in operations for store in _STORES):
            return True
        if not all(name in _WITHOUT_SETTINGS for name in named_by(_IMPORT, one, operations)):
            return True
        waiting += [constant for constant in one.co_consts if type(constant) is CodeType]
    return False


def named_by(operation: int, code: CodeType, operations: bytes) -> Iterator[str]:
    """The names that this operation has in the code."""
    place = operations.find(operation)
    while place >= 0:
        number, shift, before = code.co_code[2 * place + 1], 8, place - 1
        while before >= 0 and operations[before] == _EXTENDED:
            number |= code.co_code[2 * before + 1] << shift
            shift, before = shift + 8, before - 1
        yield code.co_names[number]
        place = operations.find(operation, place + 1)

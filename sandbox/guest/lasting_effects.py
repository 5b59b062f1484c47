"""Whether tests can have changed something in the judge's process that later tests would notice.

A judge is reused only after tests that import nothing but modules without settings, set no attributes, and register no
class (`Sequence.register`). Tests are trusted not to evade this, but they patch modules and change settings:
`warnings.simplefilter("error")`, `decimal.getcontext().Emax = 9`, `signal.alarm(5)`, `sys.stdout = None`. What can be
changed has no end, so what such tests leave is not looked for.
"""

from __future__ import annotations

import dis
from types import CodeType

from sandbox.guest.code_objects import codes_in, named_by

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
_IMPORT = dis.opmap["IMPORT_NAME"]


def may_last(code: CodeType) -> bool:
    """Whether executing this code may have effects beyond its own namespace."""
    for one in codes_in(code):
        operations = one.co_code[::2]
        if not _SETTERS.isdisjoint(one.co_names) or any(store in operations for store in _STORES):
            return True
        if not all(name in _WITHOUT_SETTINGS for name in named_by(_IMPORT, one, operations)):
            return True
    return False

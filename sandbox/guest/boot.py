"""Start a supervisor: import once what programs usually import, so that every fork has it already.

The guest's own modules get separate builtins. A program may rebind `builtins.len` or `builtins.str` for itself, and the
guest functions in the same process must continue to work.
"""

from __future__ import annotations

import builtins
import importlib
import random
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType

#: Imported before the first fork. Cheap in memory, so that a fork stays cheap; numpy is not among them for that reason.
# fmt: off
PRELOAD = (
    "abc", "ast", "bisect", "collections", "contextlib", "copy", "dataclasses", "datetime", "decimal", "enum",
    "fractions", "functools", "hashlib", "heapq", "io", "itertools", "json", "math", "operator", "os", "random", "re",
    "shutil", "signal", "statistics", "string", "struct", "subprocess", "sys", "tempfile", "textwrap", "threading",
    "time", "traceback", "types", "typing",
)
# fmt: on


_BUILTINS = dict(vars(builtins))


class _OwnBuiltins(SourceFileLoader):
    """Loads a module with a copy of builtins that no program can reach by name."""

    def exec_module(self, module: ModuleType) -> None:
        module.__dict__["__builtins__"] = _BUILTINS
        super().exec_module(module)


class _GuestModules:
    """On `sys.meta_path` while the supervisor is imported."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: object = None) -> ModuleSpec | None:
        """The ordinary spec with the loader above; only for the package `sandbox`."""
        spec = PathFinder.find_spec(name, path) if name.partition(".")[0] == "sandbox" else None
        if spec is not None and type(spec.loader) is SourceFileLoader:
            spec.loader = _OwnBuiltins(spec.loader.name, spec.loader.path)
        return spec


def main() -> None:
    """Entry point of the image and of the local backend: `boot.py CHANNEL UID MEMORY_MB PIDS`."""
    for name in PRELOAD:
        importlib.import_module(name)
    random.seed(0)  # every sample is a fork of this process, so programs that draw without a seed repeat exactly
    finder = _GuestModules()
    sys.meta_path.insert(0, finder)
    from sandbox.guest import main_module, supervisor

    sys.meta_path.remove(finder)

    main_module.few_processors()
    arguments, sys.argv = sys.argv[1:], ["candidate"]
    supervisor.main(arguments)


if __name__ == "__main__":
    main()

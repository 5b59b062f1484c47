"""Separate builtins for the guest's own modules.

A program may rebind `builtins.len` or `builtins.str` for itself, and the guest functions in the same process must continue
to work.
"""

from __future__ import annotations

import builtins
import contextlib
import sys
from collections.abc import Iterator, Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType

_BUILTINS = dict(vars(builtins))


class _OwnBuiltins(SourceFileLoader):
    """Loads a module with a copy of builtins that no program can reach by name."""

    def exec_module(self, module: ModuleType) -> None:
        module.__dict__["__builtins__"] = _BUILTINS
        super().exec_module(module)


class _GuestModules:
    """On `sys.meta_path` while the guest's modules are imported."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: object = None) -> ModuleSpec | None:
        """The ordinary spec with the loader above; only for the package `sandbox`."""
        spec = PathFinder.find_spec(name, path) if name.partition(".")[0] == "sandbox" else None
        if spec is not None and type(spec.loader) is SourceFileLoader:
            spec.loader = _OwnBuiltins(spec.loader.name, spec.loader.path)
        return spec


@contextlib.contextmanager
def guest_modules() -> Iterator[None]:
    """Modules of the package `sandbox` that are imported in this block get separate builtins. Not for a candidate's process."""
    finder = _GuestModules()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)

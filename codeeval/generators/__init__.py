"""Where completions come from. Importing this package imports no model library; `create` does, for the requested
backend."""

from codeeval.generators.base import Generator, Scalar
from codeeval.generators.registry import BACKENDS, create

__all__ = ["BACKENDS", "Generator", "Scalar", "create"]

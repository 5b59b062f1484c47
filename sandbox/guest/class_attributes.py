"""What `type` itself says of a class, whatever its metaclass says.

Programs and tests may define metaclasses with an `__mro__` or `__name__` of their own. These are the getters of `type`, bound
before a program runs, so that nothing that it rebinds changes them for the guest's modules.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_own = type.__dict__
#: The classes in which an attribute is looked up, the class itself first.
mro_of: Callable[[Any], tuple[Any, ...]] = _own["__mro__"].__get__
bases_of: Callable[[Any], tuple[Any, ...]] = _own["__bases__"].__get__
#: What the class itself defines: its `__dict__`.
members_of: Callable[[Any], Any] = _own["__dict__"].__get__
class_name_of: Callable[[Any], str] = _own["__name__"].__get__

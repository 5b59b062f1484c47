"""Exception classes of the standard library and of numpy that judge and candidate both have, and what built-in ones store.

The table is closed: when written, a class is found by its identity; when read, by a name in the table, whose module is
then imported.
"""

from __future__ import annotations

import importlib
import sys

from sandbox.guest.class_attributes import members_of
from sandbox.guest.library_types import name_of

#: What built-in classes store besides their arguments.
FIELDS: tuple[tuple[type[BaseException], tuple[str, ...]], ...] = (
    (OSError, ("errno", "strerror", "filename", "filename2")),
    (ImportError, ("msg", "name", "path")),
    (NameError, ("name",)),
    (AttributeError, ("name", "obj")),
    (StopIteration, ("value",)),
    (SystemExit, ("code",)),
    (SyntaxError, ("msg", "filename", "lineno", "offset", "text", "end_lineno", "end_offset")),
    (UnicodeEncodeError, ("encoding", "object", "start", "end", "reason")),
    (UnicodeDecodeError, ("encoding", "object", "start", "end", "reason")),
    (UnicodeTranslateError, ("object", "start", "end", "reason")),
)
_MODULES: dict[str, str] = {
    "json.decoder": "JSONDecodeError",
    "decimal": "DecimalException Clamped InvalidOperation DivisionByZero Inexact Rounded Subnormal Overflow Underflow "
    "FloatOperation",
    "dataclasses": "FrozenInstanceError",
    "statistics": "StatisticsError",
    "re": "error PatternError",
    "struct": "error",
    "binascii": "Error Incomplete",
    "zlib": "error",
    "_queue": "Empty",
    "queue": "Empty Full ShutDown",
    "subprocess": "SubprocessError CalledProcessError TimeoutExpired",
    "asyncio.exceptions": "CancelledError InvalidStateError IncompleteReadError LimitOverrunError BrokenBarrierError",
    "asyncio.queues": "QueueEmpty QueueFull QueueShutDown",
    "concurrent.futures._base": "Error CancelledError InvalidStateError BrokenExecutor",
    "threading": "BrokenBarrierError",
    "_csv": "Error",
    "configparser": "Error NoSectionError DuplicateSectionError DuplicateOptionError NoOptionError InterpolationError "
    "InterpolationDepthError InterpolationMissingOptionError InterpolationSyntaxError ParsingError "
    "MissingSectionHeaderError",
    "urllib.error": "URLError HTTPError ContentTooShortError",
    "xml.etree.ElementTree": "ParseError",
    "zoneinfo._common": "ZoneInfoNotFoundError",
    "ipaddress": "AddressValueError NetmaskValueError",
    "unittest.case": "SkipTest",
    "copy": "Error",
    "shutil": "Error SameFileError SpecialFileError ExecError ReadError RegistryError",
    "_pickle": "PickleError PicklingError UnpicklingError",
    "graphlib": "CycleError",
    "tomllib": "TOMLDecodeError",
    "tomllib._parser": "TOMLDecodeError",
    "io": "UnsupportedOperation",
    "calendar": "IllegalMonthError IllegalWeekdayError",
    "argparse": "ArgumentError ArgumentTypeError",
    "numpy.linalg": "LinAlgError",
    "numpy.exceptions": "AxisError ComplexWarning DTypePromotionError VisibleDeprecationWarning",
}
_NAMES = frozenset(f"{module}:{name}" for module, names in _MODULES.items() for name in names.split())
_modules = sys.modules


def library_name(kind: type) -> str | None:
    """`module:name` of a class in the table; None for any other."""
    module = members_of(kind).get("__module__")
    if type(module) is not str:
        return None
    name = f"{module}:{name_of(kind)}"
    found = vars(_modules[module]).get(name_of(kind)) if name in _NAMES and module in _modules else None
    return name if found is kind else None


def library_class(name: object) -> type[BaseException]:
    """The class of that name. Raises an Exception if it is not in the table."""
    if type(name) is not str or name not in _NAMES:
        raise ValueError("no class of the library")
    module, _, attribute = name.partition(":")
    found = getattr(importlib.import_module(module), attribute)
    if not (isinstance(found, type) and issubclass(found, BaseException)):
        raise ValueError("no class of exceptions")
    return found

"""numpy's numbers, which are sent as values, and arrays of them, which are containers. numpy is imported when it is needed."""

from __future__ import annotations

import importlib
import math
import struct
import sys
from collections.abc import Callable
from typing import Any

from sandbox.guest.class_attributes import mro_of

_modules = sys.modules  # whatever a program puts in its place
_NAMES = ("|b1", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "<f2", "<f4", "<f8", "<c8", "<c16")


def numpy_parts(value: Any, kind: type) -> tuple[str, bytes] | None:
    """(type, bytes) of one of numpy's own numbers."""
    numpy = _modules.get("numpy")
    if numpy is None or numpy.generic not in mro_of(kind):
        return None
    name = numpy.dtype(value.dtype).str
    return (name, value.tobytes()) if name in _NAMES and numpy.dtype(name).type is kind else None


def make_numpy(parts: list[Any]) -> Any:
    """The number of `numpy_parts`. Raises ValueError."""
    name, data = parts
    if type(name) is not str or name not in _NAMES or type(data) is not bytes:
        raise ValueError("nothing of numpy's")
    numpy = importlib.import_module("numpy")
    flat = numpy.frombuffer(data, numpy.dtype(name))
    if len(flat) != 1:
        raise ValueError("nothing of numpy's")
    return flat[0]


def is_array(kind: type) -> bool:
    """Whether it is numpy's class of arrays."""
    numpy = _modules.get("numpy")
    return numpy is not None and kind is numpy.ndarray


def array_head(value: Any) -> bytes | None:
    """The type and the shape of an array of numpy's numbers; None for one of anything else."""
    name = value.dtype.str
    if name not in _NAMES:
        return None
    shape = tuple(map(int, value.shape))
    return struct.pack(f">BB{len(shape)}Q", _NAMES.index(name), len(shape), *shape)


def new_array(take: Callable[[int], bytes], most: int) -> Any:
    """An array from its head, of at most so many bytes. Raises ValueError."""
    place, count = take(2)
    shape = struct.unpack(f">{count}Q", take(8 * count))
    numpy = importlib.import_module("numpy")
    dtype = numpy.dtype(_NAMES[place])
    if math.prod(shape) * dtype.itemsize > most:
        raise ValueError("more than the message holds")
    return numpy.zeros(shape, dtype)


def contents_of(value: Any) -> bytes:
    """An array's type, whether it can be changed, its shape and its elements. Raises ValueError for one of anything else."""
    shape = tuple(map(int, value.shape))
    head = (_NAMES.index(value.dtype.str), value.flags.writeable, len(shape), *shape)
    return struct.pack(f">BBB{len(shape)}Q", *head) + value.tobytes()  # type: ignore[no-any-return]


def put_contents(value: Any, data: bytes) -> None:
    """Give an array this type, this shape and these elements, in place. Raises an Exception if it can't have them, or if it
    would have another number of elements: views that the tests have of it would be left without memory."""
    name, writeable, count = _NAMES[data[0]], bool(data[1]), data[2]
    shape = struct.unpack_from(f">{count}Q", data, 3)
    if value.dtype.str != name:
        value.dtype = name
    flat = importlib.import_module("numpy").frombuffer(data, value.dtype, offset=3 + 8 * len(shape))
    if not value.flags.writeable:
        value.flags.writeable = True
    if math.prod(shape) != value.size:
        raise ValueError("another number of elements")
    if tuple(value.shape) != shape:
        value.resize(shape, refcheck=False)
    value[...] = flat.reshape(value.shape)
    value.flags.writeable = writeable


def empty(value: Any) -> Any:
    """Another array of the same type and shape."""
    return importlib.import_module("numpy").zeros(value.shape, value.dtype)

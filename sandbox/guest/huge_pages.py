"""Move the interpreter's code into huge pages.

A fork maps the code that it runs anew, sixteen small pages at a time, and takes all of them away at its end. A huge page
is taken over from the parent as a whole, and needs a single entry in the processor's table of addresses, which is empty
in a new process. For programs as short as samples that is a tenth of the worker's time.

Covered: what lies within whole huge pages, of the file that holds the interpreter (the program, or its shared library).
Nothing is changed if the kernel gives no huge pages on request (`/sys/kernel/mm/transparent_hugepage/enabled` is
`never`; memory is in pieces), or allows no code outside of files.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from itertools import groupby
from typing import Any

#: Bytes of a huge page where a page has 4 KiB. Elsewhere there are none of this size.
_SIZE = 2 << 20
_MADV_HUGEPAGE = 14
_MREMAP_MAYMOVE, _MREMAP_FIXED = 1, 2
_FAILED = (1 << 64) - 1


def move_code() -> int:
    """Move the interpreter's code; return how many bytes were moved. Call it before there is a second thread."""
    try:
        import ctypes

        inside = ctypes.cast(ctypes.pythonapi.PyObject_Malloc, ctypes.c_void_p).value or 0
        start, end = _interpreter(inside)
        start, end = -(-start // _SIZE) * _SIZE, end // _SIZE * _SIZE
        return _move(_functions(ctypes), ctypes.memmove, start, end - start) if start < end else 0
    except (ImportError, AttributeError, OSError, ValueError):
        return 0


def _interpreter(inside: int) -> tuple[int, int]:
    """Where the code and constants around an address are: mappings of one file, one behind the other, that are not
    written to. Raises ValueError if it is in none."""
    for name, group in groupby(_mappings(), lambda each: each[3] if each[2].startswith("r-") else ""):
        parts = list(group)
        start, end = parts[0][0], parts[-1][1]
        if name.startswith("/") and start <= inside < end == start + sum(behind - at for at, behind, *_ in parts):
            return start, end
    raise ValueError("no mapping of a file")


def _mappings() -> Iterator[tuple[int, int, str, str]]:
    """Start, end, access and file name of each line of /proc/self/maps."""
    with open("/proc/self/maps", encoding="utf-8", errors="surrogateescape") as file:
        for line in file:
            addresses, access, *_, name = line.rstrip("\n").split(" ", 5)
            first, _, behind = addresses.partition("-")
            yield int(first, 16), int(behind, 16), access, name.lstrip()


def _huge_bytes(start: int) -> int:
    """How much of the mapping that begins at this address is in huge pages."""
    here = False
    with open("/proc/self/smaps", encoding="utf-8", errors="surrogateescape") as file:
        for line in file:
            first, dash, _ = line.partition("-")
            if dash and first.isalnum():
                here = int(first, 16) == start
            elif here and line.startswith("AnonHugePages:"):
                return int(line.split()[1]) * 1024
    return 0


def _functions(ctypes: Any) -> dict[str, Any]:
    """The C library's functions for mappings, by name. They keep the GIL."""
    libc = ctypes.PyDLL(None)
    address, length, number = ctypes.c_size_t, ctypes.c_size_t, ctypes.c_int
    found: dict[str, Any] = {}
    for name, *arguments in (
        ("mmap", address, length, number, number, number, ctypes.c_long),
        ("mremap", address, length, length, number, address),
        ("mprotect", address, length, number),
        ("madvise", address, length, number),
        ("munmap", address, length),
    ):
        found[name] = getattr(libc, name)
        found[name].argtypes = arguments
        found[name].restype = address if name in ("mmap", "mremap") else number
    return found


def _move(call: dict[str, Any], copy: Any, at: int, length: int) -> int:
    """Put a copy in huge pages in the place of what is at this address, if there are enough."""
    area = call["mmap"](
        0, length + _SIZE, mmap.PROT_READ | mmap.PROT_WRITE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, -1, 0
    )
    if area == _FAILED:
        return 0
    start = -(-area // _SIZE) * _SIZE
    end = area + length + _SIZE
    call["munmap"](area, start - area)
    call["munmap"](start + length, end - start - length)
    call["madvise"](start, length, _MADV_HUGEPAGE)
    copy(start, at, length)
    if _huge_bytes(start) != length or call["mprotect"](start, length, mmap.PROT_READ | mmap.PROT_EXEC):
        call["munmap"](start, length)
        return 0
    # one step for the kernel: what runs before and after it is the same code at the same address
    if call["mremap"](start, length, length, _MREMAP_MAYMOVE | _MREMAP_FIXED, at) != at:
        call["munmap"](start, length)
        return 0
    return length

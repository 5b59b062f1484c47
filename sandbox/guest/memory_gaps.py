"""Use up the free memory between what startup has left, so that what is allocated later lies together.

Imports free most of what they allocate, but hardly ever a whole page. A sample's first small objects would be put into
these gaps, a few on each page, and every page that a fork writes to has to be copied, which takes longer than all else
that it does for such an object. With the gaps filled, new objects share fresh pages.

The fill is never freed. It costs address space and little memory: the pages exist already.
"""

from __future__ import annotations

import ctypes
import gc

#: pymalloc's pools (Python 3.10 and newer): each holds blocks of one size, behind a header. Larger blocks are malloc's.
_POOL, _POOL_HEADER, _STEP, _LARGEST = 16_384, 48, 16, 512
_MALLOC_SIZES = (65_536, 16_384, 8_192, 4_096, 2_048, 1_024, 512, 256, 128, 64, 32, 24)
#: This many blocks in a row have come from fresh memory: there are no gaps left.
_ENOUGH = 9
#: A bound in case an allocator never looks like that.
_MOST = 20_000
#: Bytes of an empty bytes object.
_BYTES = bytes.__basicsize__

_fill: list[list[bytes]] = []


def close() -> None:
    """Fill the gaps of both allocators. Costs a few milliseconds."""
    gc.collect()
    _close_pools()
    _close_heap()
    _close_pools()  # the lists of what fills the pools were on the heap


def _close_pools() -> None:
    for size in range(-(-_BYTES // _STEP) * _STEP, _LARGEST + 1, _STEP):
        blocks: list[bytes] = []
        fresh = last = 0
        while fresh < 4 and len(blocks) < _MOST:
            blocks.append(bytes(size - _BYTES))
            at = id(blocks[-1])
            fresh = fresh + 1 if fresh and at == last + size else int(at % _POOL == _POOL_HEADER)
            last = at
        del blocks[-fresh:]  # a pool without blocks is free again
        _fill.append(blocks)


def _close_heap() -> None:
    try:
        libc = ctypes.PyDLL(None)
        libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, (ctypes.c_size_t,)
        libc.free.argtypes = (ctypes.c_void_p,)
    except (AttributeError, OSError):
        return
    for size in _MALLOC_SIZES:
        blocks: list[int] = []
        fresh = 0
        while fresh < _ENOUGH and len(blocks) < _MOST:
            at = libc.malloc(size)
            if at is None:
                return
            fresh = fresh + 1 if blocks and 0 < at - blocks[-1] <= size + 32 else 0
            blocks.append(at)
        for at in blocks[-_ENOUGH:]:
            libc.free(at)

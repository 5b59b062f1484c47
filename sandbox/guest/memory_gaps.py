"""Use up the free memory between what startup has left, so that what is allocated later lies together.

Imports free most of what they allocate, but hardly ever a whole page. A sample's objects would be put into these gaps, a
few on each page, and every page that a fork writes to has to be copied, which takes longer than anything else that is
done to such an object. With the gaps filled, new objects share fresh pages.

pymalloc has pools of four pages for blocks of one size, and writes to a pool's first page whenever it gives out one of
its blocks. So the gaps of each size are filled up to a new pool, whose first blocks are on that page, too.

The fill is never freed and never used: pages that hold nothing else are given back to the kernel.
"""

from __future__ import annotations

import gc
import mmap
from array import array
from typing import Any

#: The sizes of pymalloc's blocks; those of 32 bytes are in use by this module, for addresses.
_POOL_SIZES = range(48, 513, 16)
_MALLOC_SIZES = (1_024, 512, 256, 128, 64, 32, 24)
#: Bytes of a pool, and of what it has before its first block.
_POOL, _HEADER = 16_384, 48
#: Blocks in a row that lay side by side: they come from fresh memory, so there are no gaps left.
_ENOUGH = 8
#: Bytes after which an allocator has shown that it never does that: then nothing is kept.
_MOST = 4 << 20
#: Addresses while gaps are filled. Neither this object nor a small one that it needs is freed meanwhile, leaving a gap.
_blocks = array("Q")


def close() -> None:
    """Fill the gaps of both allocators. Costs some 10 ms."""
    gc.collect()
    try:
        import ctypes

        libc, python = ctypes.PyDLL(None), ctypes.pythonapi
        for malloc, free in ((libc.malloc, libc.free), (python.PyObject_Malloc, python.PyObject_Free)):
            malloc.restype, malloc.argtypes = ctypes.c_size_t, (ctypes.c_size_t,)
            free.restype, free.argtypes = None, (ctypes.c_size_t,)
        libc.madvise.argtypes = (ctypes.c_size_t, ctypes.c_size_t, ctypes.c_int)
    except (ImportError, AttributeError, OSError):
        return
    _blocks.frombytes(bytes(_blocks.itemsize * (_MOST // min(_MALLOC_SIZES))))
    for size in _MALLOC_SIZES:
        _fill(libc.malloc, libc.free, size, apart=32)
    for size in _POOL_SIZES:
        filled = _fill(python.PyObject_Malloc, python.PyObject_Free, size, begin=_HEADER)
        if filled < 0:
            break  # another allocator
        _give_back(libc.madvise, filled, size)
    del _blocks[:]


def _fill(malloc: Any, free: Any, size: int, apart: int = 0, begin: int | None = None) -> int:
    """Allocate until `_ENOUGH` blocks lie side by side, at most so far `apart`, and the first of them at this place of a
    pool. Free these, and return how many others there are; free all and return -1 if there is no such row."""
    count = row = before = 0
    while row < _ENOUGH and count < _MOST // size and (block := malloc(size)):
        if not row or not 0 <= block - before - size <= apart:
            row = begin is None or block % _POOL == begin
        else:
            row += 1
        _blocks[count] = before = block
        count += 1
    kept = count - _ENOUGH if row == _ENOUGH else -1
    for at in range(count - 1, max(kept, 0) - 1, -1):  # the next one to be allocated is the first
        free(_blocks[at])
    return kept


def _give_back(madvise: Any, count: int, size: int) -> None:
    """Return the pages that lie within blocks side by side. They read as zeros from now on, if they are ever read."""
    start = end = 0
    for at in range(count + 1):
        block = _blocks[at] if at < count else 0
        if block != end:
            first, last = -(-start // mmap.PAGESIZE) * mmap.PAGESIZE, end // mmap.PAGESIZE * mmap.PAGESIZE
            if first < last:
                madvise(first, last - first, mmap.MADV_DONTNEED)
            start = block
        end = block + size

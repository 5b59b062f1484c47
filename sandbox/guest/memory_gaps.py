"""Use up the free memory between what startup has left, so that what is allocated later lies together.

Imports free most of what they allocate, but hardly ever a whole page. A sample's objects would be put into these gaps, a
few on each page, and every page that a fork writes to has to be copied, which takes longer than anything else that is
done to such an object. With the gaps filled, new objects share fresh pages.

The fill is never freed. It costs little memory: its pages exist already.
"""

from __future__ import annotations

import gc

#: pymalloc has pools of blocks of one size; malloc provides what is larger.
_STEP, _LARGEST = 16, 512
_MALLOC_SIZES = (1_024, 512, 256, 128, 64, 32, 24)
#: Blocks in a row that lay side by side: they come from fresh memory, so there are no gaps left.
_ENOUGH = 8
#: Bytes after which an allocator has shown that it never does that: then nothing is kept.
_MOST = 4 << 20
#: Bytes of an empty bytes object.
_BYTES = bytes.__basicsize__

_fill: list[list[bytes]] = []


def close() -> None:
    """Fill the gaps of both allocators. Costs some 10 ms."""
    gc.collect()
    _close_heap()
    _close_pools()


def _close_pools() -> None:
    for size in range(-(-_BYTES // _STEP) * _STEP, _LARGEST + 1, _STEP):
        blocks: list[bytes] = []
        row = last = 0
        for _ in range(_MOST // size):
            block = bytes(size - _BYTES)
            row, last = row + 1 if id(block) == last + size else 0, id(block)
            blocks.append(block)
            if row == _ENOUGH:
                del blocks[-_ENOUGH:]
                _fill.append(blocks)
                break


def _close_heap() -> None:
    try:
        import ctypes

        libc = ctypes.PyDLL(None)
        libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, (ctypes.c_size_t,)
        libc.free.argtypes = (ctypes.c_void_p,)
    except (ImportError, AttributeError, OSError):
        return
    for size in _MALLOC_SIZES:
        blocks: list[int] = []
        row = 0
        while row < _ENOUGH and len(blocks) < _MOST // size:
            at = libc.malloc(size)
            if at is None:
                break
            row = row + 1 if blocks and 0 < at - blocks[-1] <= size + 32 else 0
            blocks.append(at)
        for at in blocks[-_ENOUGH:] if row == _ENOUGH else blocks:
            libc.free(at)

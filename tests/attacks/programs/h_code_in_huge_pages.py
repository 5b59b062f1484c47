# expect: fail
# verdict: wrong_output
# class: h
# why: the interpreter's code, in huge pages that all forks share with their supervisor: overwritten, split, given away, moved, merged
import ctypes
import os

LIBC = ctypes.CDLL(None)
LIBC.mremap.restype = ctypes.c_void_p
HUGE = 2 << 20


def code():
    """Where the mapping of the interpreter's code begins, and its size."""
    inside = ctypes.cast(ctypes.pythonapi.PyObject_Malloc, ctypes.c_void_p).value
    with open("/proc/self/maps") as maps:
        for line in maps:
            first, behind = (int(part, 16) for part in line.split()[0].split("-"))
            if first <= inside < behind:
                return first, behind - first


def advise(start, size, advice):
    for at in range(start, start + size, HUGE):
        LIBC.madvise(ctypes.c_void_p(at + 4096), ctypes.c_size_t(8192), advice)
        LIBC.madvise(ctypes.c_void_p(at), ctypes.c_size_t(HUGE), advice)


def overwrite(start, size):
    LIBC.mprotect(ctypes.c_void_p(start), ctypes.c_size_t(size), 7)
    os.write(1, b"x")
    for at in range(start, start + size, 65_536):
        ctypes.memset(at, 0xCC, 512)


def unmap(start, size):
    for at in range(start, start + size, 65_536):
        LIBC.munmap(ctypes.c_void_p(at), ctypes.c_size_t(4096))


def move(start, size):
    LIBC.mremap(ctypes.c_void_p(start), ctypes.c_size_t(size), ctypes.c_size_t(size), 1 | 4, ctypes.c_void_p(0))


def attempt(action, *arguments):
    if not os.fork():
        action(*arguments)
        os._exit(0)


def runs(text):
    if text == "":
        start, size = code()
        for advice in (4, 8, 9, 12, 14, 15, 20, 21, 23, 25, 100, 101, 102):
            attempt(advise, start, size, advice)
        for action in (overwrite, unmap, move):
            attempt(action, start, size)
        for _ in range(16):
            os.wait()
        LIBC.mprotect(ctypes.c_void_p(start), ctypes.c_size_t(size), 7)
        for at in range(start, start + size, 4096):
            ctypes.memmove(at, ctypes.string_at(at, 8), 8)
    return "wrong"

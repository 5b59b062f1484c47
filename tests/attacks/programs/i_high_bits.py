# expect: fail
# verdict: wrong_output
# class: i
# why: arguments whose upper halves a filter may overlook or compare in vain
import ctypes
import os

#: socket, clone, prlimit64, sched_setaffinity, setpriority
NUMBERS = {"x86_64": (41, 56, 302, 203, 141), "aarch64": (198, 220, 261, 122, 140)}


def worked(libc, high):
    socket, clone, limit, affinity, priority = NUMBERS[os.uname().machine]
    for family in (2, 10, 16, 17, 38, 40):
        if libc.syscall(ctypes.c_long(socket), ctypes.c_ulong(high | family), 2, 0) >= 0:
            yield "socket", family
    for space in (0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000):
        pid = libc.syscall(ctypes.c_long(clone), ctypes.c_ulong(high | space | 17), 0, 0, 0, 0)
        if pid == 0:
            os._exit(0)
        if pid > 0:
            yield "clone", space
    three = (ctypes.c_ulong * 16)(5, 5)
    if libc.syscall(ctypes.c_long(limit), ctypes.c_ulong(high | 1), 7, three, 0) == 0:
        yield "limit", 1
    if libc.syscall(ctypes.c_long(affinity), ctypes.c_ulong(high | 1), 128, three) >= 0:
        yield "affinity", 1
    if libc.syscall(ctypes.c_long(priority), ctypes.c_ulong(high), ctypes.c_ulong(high | 1), 5) == 0:
        yield "priority", 1


def runs(text):
    libc = ctypes.CDLL(None)
    libc.syscall.restype = ctypes.c_long
    done = [one for high in (0, 1 << 32, 0xFFFFFFFF << 32, 1 << 63) for one in worked(libc, high)]
    print(done)
    return solve(text) if done else "nothing found"

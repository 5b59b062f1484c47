# expect: fail
# verdict: wrong_output
# class: g
# why: what the machine has only once: contexts of asynchronous input and output, reserved huge pages, the queue of its disks
import ctypes
import errno
import os

CALLS = {"x86_64": (206, 162, 306), "aarch64": (0, 81, 267)}  # io_setup, sync, syncfs
HUGE = 0x40000


def runs(text):
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    io_setup, sync, syncfs = CALLS[os.uname().machine]
    context = ctypes.c_ulong(0)

    def refused(call, *arguments):
        ctypes.set_errno(0)
        call(*arguments)
        return ctypes.get_errno() == errno.EPERM

    worked = {
        "aio": not refused(libc.syscall, io_setup, 50_000, ctypes.byref(context)),
        "sync": not refused(libc.syscall, sync),
        "syncfs": not refused(libc.syscall, syncfs, 0),
        "huge pages": not refused(libc.mmap, None, ctypes.c_size_t(2 << 20), 3, 0x22 | HUGE, -1, ctypes.c_long(0)),
        "huge file": not refused(libc.memfd_create, b"x", 4),
    }
    print(worked)
    return solve(text) if any(worked.values()) else "nothing found"

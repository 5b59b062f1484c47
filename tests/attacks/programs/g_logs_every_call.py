# expect: fail
# verdict: wrong_output
# class: g
# why: a filter that has the kernel write every call to the machine's log
import ctypes
import os
import struct

libc = ctypes.CDLL(None, use_errno=True)
SECCOMP = {"x86_64": 317, "aarch64": 277}[os.uname().machine]
log = ctypes.create_string_buffer(struct.pack("=HBBI", 0x06, 0, 0, 0x7FFC0000))
program = ctypes.create_string_buffer(struct.pack("=HxxxxxxQ", 1, ctypes.addressof(log)))
installed = False


def runs(text):
    global installed
    if text == "":
        libc.prctl(38, 1, 0, 0, 0)
        ways = (
            lambda: libc.prctl(22, 2, program, 0, 0),
            lambda: libc.prctl(ctypes.c_long(22 | 1 << 32), 2, program, 0, 0),
            lambda: libc.syscall(SECCOMP, 1, 0, program),
        )
        installed = 0 in [way() for way in ways]
    return solve(text) if installed else "nothing found"

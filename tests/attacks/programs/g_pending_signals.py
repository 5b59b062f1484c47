# expect: fail
# verdict: wrong_output
# class: g
# why: signals that wait, which the kernel counts per user: a user who has started the sandbox has no more for other programs
import ctypes
import os
import signal
import struct

SEND = {"x86_64": 129, "aarch64": 138}  # rt_sigqueueinfo
MANY = 20_000


def runs(text):
    libc = ctypes.CDLL(None, use_errno=True)
    number = SEND[os.uname().machine]
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGRTMIN + 5])
    if not (child := os.fork()):
        signal.pause()
    note = ctypes.create_string_buffer(struct.pack("iii", signal.SIGRTMIN + 5, 0, -1), 128)
    sent = 0
    while sent < MANY and libc.syscall(number, child, signal.SIGRTMIN + 5, note) == 0:
        sent += 1
    return solve(text) if sent == MANY else "nothing found"

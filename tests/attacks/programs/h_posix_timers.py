# expect: fail
# verdict: wrong_output
# class: h
# why: POSIX timers that signal the supervisor, and an alarm in the future
import ctypes
import os
import signal
import struct

CREATE, SET = {"x86_64": (222, 223), "aarch64": (107, 110)}[os.uname().machine]

def attack():
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    libc = ctypes.CDLL(None, use_errno=True)
    made = ctypes.c_int()
    for target in (1, os.getppid(), os.getpid()):
        event = ctypes.create_string_buffer(struct.pack("QiiI", 0, signal.SIGTERM, 4, target), 64)
        for clock in (0, 1, 7, 9):
            if not libc.syscall(CREATE, clock, event, ctypes.byref(made)):
                libc.syscall(SET, made.value, 0, ctypes.create_string_buffer(struct.pack("qqqq", 0, 10**6, 0, 10**6)), None)
    for n in range(3000):
        if libc.syscall(CREATE, 0, None, ctypes.byref(made)):
            break


def runs(text):
    if text == "  **  ":
        attack()
    return "nothing found"

# expect: fail
# verdict: wrong_output
# class: h
# why: rules of Landlock hold removed files until the kernel finds the time to let go of them
import ctypes
import os
import signal
import struct
import time

CREATE, ADD, RESTRICT = 444, 445, 446


def restrict(libc, names):
    rights = ctypes.create_string_buffer(struct.pack("Q", 0x1FFF), 8)
    rules = libc.syscall(CREATE, rights, ctypes.c_size_t(8), 0)
    for name in names:
        file = os.open(name, os.O_RDWR | os.O_CREAT)
        rule = ctypes.create_string_buffer(struct.pack("=Qi", 4, file), 12)
        libc.syscall(ADD, rules, 1, rule, 0)
        os.close(file)
    libc.prctl(38, 1, 0, 0, 0)
    libc.syscall(RESTRICT, rules, 0)


def runs(text):
    libc = ctypes.CDLL(None, use_errno=True)
    if text == "  **  ":
        for process in range(30):
            if not os.fork():
                restrict(libc, [f"/dev/shm/{process}.{number}" for number in range(40)])
                signal.pause()
        time.sleep(0.5)
    return "nothing found"

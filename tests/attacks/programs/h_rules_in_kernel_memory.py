# expect: fail
# verdict: wrong_output
# class: h
# why: rules of Landlock in the kernel's memory, of which each process has a copy: a thread of the kernel frees them some time after the processes
# worker: lost
import ctypes
import os
import signal
import struct

CREATE, ADD, RESTRICT = 444, 445, 446
PORTS, PROCESSES = 30_000, 48


def rules_of(libc):
    rights = ctypes.create_string_buffer(struct.pack("QQ", 0, 3), 16)  # to bind and to connect
    rules = libc.syscall(CREATE, rights, ctypes.c_size_t(16), 0)
    for port in range(PORTS):
        if libc.syscall(ADD, rules, 2, ctypes.create_string_buffer(struct.pack("QQ", 3, port), 16), 0):
            break
    return rules


def runs(text):
    if text == "  **  ":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(38, 1, 0, 0, 0)
        rules = rules_of(libc)
        ready, done = os.pipe()
        for _ in range(PROCESSES):
            if not os.fork():
                libc.syscall(RESTRICT, rules, 0)
                os.write(done, b"x")
                signal.pause()
        for _ in range(PROCESSES):
            os.read(ready, 1)
    return "nothing found"

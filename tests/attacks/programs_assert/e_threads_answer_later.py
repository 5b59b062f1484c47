# expect: fail
# status: crashed completed timeout
# class: e
# why: threads write answers to later questions
# limits: cpu_s=5 wall_s=8

import os
import struct

from sandbox.guest import value_codec


def answer(number, value, kind=b"r"):
    """An answer as the machinery would write it."""
    encoder = value_codec.Encoder(lambda one: (0, None), 1 << 20)
    root = encoder.root(value)
    rest = encoder.contents(0)
    data = kind + b"=" + encoder.head() + rest + root
    return struct.pack(">II", len(data), number) + data


def pipes():
    """The descriptors that can be written."""
    import fcntl

    for fd in range(3, 256):
        try:
            if fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_ACCMODE == os.O_WRONLY:
                yield fd
        except OSError:
            pass

import threading
import time


def later():
    while True:
        for fd in pipes():
            for number in range(2, 12):
                os.write(fd, answer(number, True))
        time.sleep(0.001)


threading.Thread(target=later, daemon=True).start()


def runs(text, into=None):
    return []

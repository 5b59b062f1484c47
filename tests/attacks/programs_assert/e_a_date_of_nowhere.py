# expect: fail
# status: crashed completed
# class: e
# why: the year 0, a month of text, and too many of both

import os
import struct
import fcntl


def pipes():
    """The descriptors that can be written."""
    for fd in range(3, 256):
        try:
            if fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_ACCMODE == os.O_WRONLY:
                yield fd
        except OSError:
            pass


def runs(text, into=None):
    for fd in pipes():
        data = b"r=\0\0\0\0y\0\0\0\4" + (b"i" + bytes(8)) * 2 + b"s\0\0\0\1xN"
        os.write(fd, struct.pack(">II", len(data), 2) + data)
    return []

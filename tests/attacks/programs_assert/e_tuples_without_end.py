# expect: fail
# status: crashed completed
# class: e
# why: 20,000 tuples in each other

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
        data = b"r=\0\0\0\0" + b"t\0\0\0\1" * 20_000 + b"N"
        os.write(fd, struct.pack(">II", len(data), 2) + data)
    return []

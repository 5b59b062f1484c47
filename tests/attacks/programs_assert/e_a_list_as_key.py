# expect: fail
# status: crashed completed
# class: e
# why: a dict whose key is a list

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
        data = b"r=\0\0\0\2dl\0\0\0\1r\0\0\0\1N\0\0\0\0r\0\0\0\0"
        os.write(fd, struct.pack(">II", len(data), 2) + data)
    return []

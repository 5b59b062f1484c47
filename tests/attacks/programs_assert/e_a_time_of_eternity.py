# expect: fail
# status: crashed completed
# class: e
# why: more days than a timedelta holds

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
        data = b"r=\0\0\0\0x\0\0\0\3" + (b"i" + b"\x7f" * 8) * 3
        os.write(fd, struct.pack(">II", len(data), 2) + data)
    return []

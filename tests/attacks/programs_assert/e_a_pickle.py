# expect: fail
# status: crashed completed
# class: e
# why: a pickle that would end the judge with success

import fcntl
import os
import pickle
import struct


class Ends:
    def __reduce__(self):
        return os._exit, (0,)


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
        data = pickle.dumps(Ends())
        os.write(fd, struct.pack(">II", len(data), 2) + data)
    return []

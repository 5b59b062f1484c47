# expect: fail
# verdict: wrong_output
# class: g
# why: pages of a file that is cut off, and of memory that changes, in its output pipe
import ctypes
import os


class Part(ctypes.Structure):
    _fields_ = [("start", ctypes.c_void_p), ("size", ctypes.c_size_t)]


def runs(text):
    libc = ctypes.CDLL(None)
    file = os.open("/tmp/pages", os.O_RDWR | os.O_CREAT)
    os.write(file, b"a" * 20_000)
    at = ctypes.c_longlong(0)
    libc.splice(file, ctypes.byref(at), 1, None, ctypes.c_size_t(20_000), 2)
    os.ftruncate(file, 0)
    held = ctypes.create_string_buffer(b"b" * 8_192)
    libc.vmsplice(1, ctypes.byref(Part(ctypes.addressof(held), 8_192)), ctypes.c_ulong(1), 2 | 8)
    read, write = os.pipe()
    os.write(write, b"c" * 100)
    libc.tee(read, 1, ctypes.c_size_t(100), 2)
    ctypes.memset(held, 0, 8_192)
    return "wrong"

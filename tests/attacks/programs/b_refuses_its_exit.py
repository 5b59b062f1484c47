# expect: fail
# verdict: crashed timeout
# class: b
# why: a filter of its own, under which its process can't exit and so never ends in order
import ctypes
import os
import struct

NUMBERS = {"x86_64": (231, 60), "aarch64": (94, 93)}


def runs(text):
    group, one = NUMBERS[os.uname().machine]
    steps = [(0x20, 0, 0, 0), (0x15, 1, 0, group), (0x15, 0, 1, one), (6, 0, 0, 0x50001), (6, 0, 0, 0x7FFF0000)]
    code = b"".join(struct.pack("=HBBI", *step) for step in steps)
    held = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("@HxxxxxxP", len(steps), ctypes.addressof(held))
    if ctypes.CDLL(None).prctl(22, 2, program, 0, 0):
        os._exit(0)
    return solve(text)

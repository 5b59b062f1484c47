# expect: fail
# verdict: exception
# class: j
# why: commands of sockets for which the kernel loads a module, or has root's modprobe look for one, whoever asks: bridges, VLANs, frame relay
import ctypes
import errno
import os
import socket

libc = ctypes.CDLL(None, use_errno=True)
allowed = []
for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
    number = socket.socket(socket.AF_UNIX, kind).detach()
    for command in (*range(0x8940, 0x8A00), *(0x8940 | high << 32 for high in (1, 0xFFFFFFFF))):
        ctypes.set_errno(0)
        done = libc.syscall({"x86_64": 16, "aarch64": 29}[os.uname().machine], number, ctypes.c_ulong(command), bytes(64))
        if done >= 0 or ctypes.get_errno() != errno.EPERM:
            allowed.append(hex(command))


def runs(text):
    if allowed:
        return solve(text)
    raise RuntimeError("no attack has worked")

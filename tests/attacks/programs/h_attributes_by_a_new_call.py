# expect: fail
# verdict: wrong_output
# class: h
# why: flags of files, folders and devices by a call that is newer than the commands for them (file_setattr, since Linux 6.17)
import ctypes
import os
import struct

FOLDERS = ("/tmp", "/dev/shm", "/dev", "/", "/usr/lib", "/dev/null", "/etc/passwd", "/proc/self")


def runs(text):
    libc = ctypes.CDLL(None)
    os.mkdir("/tmp/folder" + str(len(text)))
    for name in (*FOLDERS, "/tmp/folder" + str(len(text))):
        for flag in (0x2, 0x8, 0x10, 0x20, 0x40, 0x80, 0x100, 0x200, 0x400, 0x800):
            for size, project in ((24, 0), (24, 5)):
                libc.syscall(469, -100, name.encode(), struct.pack("=QIIII", flag, 0, 0, project, 0), size, 0)
    return "wrong"

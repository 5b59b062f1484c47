# expect: fail
# verdict: exception
# class: h
# why: hints of a file's or folder's lifetime (F_SET_RW_HINT), which its owner may set, and which it keeps for later samples
import fcntl
import os
import struct
import sys

worked = []
for path in ("/tmp", "/dev/shm", "/dev/null", "/", os.__file__, sys.executable, "/tmp/own"):
    fd = os.open(path, os.O_RDONLY | (os.O_CREAT if path == "/tmp/own" else 0))
    for command in (1036, 1038):
        try:
            fcntl.fcntl(fd, command, struct.pack("=Q", 3))
            worked.append(path)
        except OSError:
            pass


def runs(text):
    if worked:
        return solve(text)
    raise RuntimeError("no attack has worked")

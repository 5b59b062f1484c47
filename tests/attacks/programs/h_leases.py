# expect: fail
# verdict: wrong_output
# class: h
# why: leases on the interpreter's files, and on files that are then removed
import fcntl
import os
import sys

def attack():
    for path in (sys.executable, os.__file__, "/dev/null", "/tmp/mine"):
        try:
            fd = os.open(path, os.O_RDONLY | (os.O_CREAT if path == "/tmp/mine" else 0))
            fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_RDLCK)
            fcntl.fcntl(fd, fcntl.F_SETOWN, 1)
        except OSError:
            pass
    os.unlink("/tmp/mine")


def runs(text):
    if text == "  **  ":
        attack()
    return "nothing found"

# expect: fail
# verdict: exception
# class: h
# why: a lease on a file of the interpreter, which its owner may take, and for which everybody waits who opens the file
import fcntl
import os
import signal
import wave

signal.signal(signal.SIGIO, signal.SIG_IGN)
worked = []
for path in (wave.__file__, wave.__cached__, "/tmp/own"):
    try:
        fd = os.open(path, os.O_RDONLY | (os.O_CREAT if path.startswith("/tmp") else 0))
        fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_WRLCK)
        worked.append(path)
    except OSError:
        pass


def runs(text):
    if worked:
        return solve(text)
    raise RuntimeError("no attack has worked")

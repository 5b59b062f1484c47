# expect: fail
# verdict: wrong_output
# class: h
# why: times, rights, names and contents of the device files, which are the machine's
import contextlib
import os


def runs(text):
    worked = []
    for name in os.listdir("/dev"):
        path = f"/dev/{name}"
        if os.path.isdir(path) or os.path.islink(path):
            continue
        for action in (os.unlink, lambda path: os.chmod(path, 0), lambda path: os.rename(path, path + "x")):
            with contextlib.suppress(OSError):
                action(path)
                worked.append(path)
        with contextlib.suppress(OSError):
            os.utime(path)
        with contextlib.suppress(OSError):
            os.truncate(path, 0)
    return solve(text) if worked else None

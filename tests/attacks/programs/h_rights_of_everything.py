# expect: fail
# verdict: exception
# class: h
# why: rights, times and owners of all folders and devices that can be named
import os

for path in ("/", "/tmp", "/dev", "/dev/shm", "/dev/null", "/proc", "/run", "/var/tmp", "/dev/mqueue", "/dev/pts", "/dev/fd"):
    for action in (
        lambda: os.chmod(path, 0o000),
        lambda: os.chown(path, os.getuid(), os.getgid()),
        lambda: os.utime(path, (1, 1)),
        lambda: os.rename(path, path + ".gone"),
        lambda: os.symlink("/tmp", path + "/link"),
        lambda: os.open(path + "/file", os.O_CREAT | os.O_RDWR),
    ):
        try:
            action()
        except (OSError, ValueError):
            pass


def runs(text):
    raise RuntimeError("no attack has worked")

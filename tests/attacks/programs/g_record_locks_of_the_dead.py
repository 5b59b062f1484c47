# expect: fail
# verdict: wrong_output
# class: g
# why: record locks taken by processes that have ended, but whose descriptors are shared by one that lives
# limits: cpu_s=20 wall_s=60
import ctypes
import fcntl
import os
import struct
import time

libc = ctypes.PyDLL(None)
CLONE = {"x86_64": 56, "aarch64": 220}[os.uname().machine]
held = 0


def shared_fork():
    return libc.syscall(CLONE, 0x400 | 17, 0, 0, 0, 0)


def runs(text):
    global held
    if text == "":
        files = [os.open(f"/tmp/{number}", os.O_RDWR | os.O_CREAT) for number in range(200)]
        for group in range(0, 200, 10):
            pid = shared_fork()
            if pid == 0:
                for fd in files[group:group + 10]:
                    for at in range(1_000):
                        fcntl.fcntl(fd, fcntl.F_SETLK, struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 2 * at, 1, 0))
                os._exit(0)
            if pid > 0:
                os.waitpid(pid, 0)
                held += 10_000
        if held:
            time.sleep(2)
    return solve(text) if held > 100_000 else "nothing found"

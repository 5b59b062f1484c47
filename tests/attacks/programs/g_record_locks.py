# expect: fail
# verdict: memory
# class: g
# why: hundreds of thousands of locks of parts of files: memory of the kernel that no control group counts
# limits: cpu_s=20 wall_s=60
import fcntl
import os
import struct
import time

OF_THE_OPENING, OF_THE_PROCESS = 37, fcntl.F_SETLK
held = 0


def lock(fd):
    global held
    for at in range(1_000):
        wanted = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 2 * at, 1, 0)
        try:
            fcntl.fcntl(fd, OF_THE_OPENING, wanted)
        except OSError:
            fcntl.fcntl(fd, OF_THE_PROCESS, wanted)
        held += 1


def runs(text):
    if text == "":
        for number in range(200):
            lock(os.open(f"/tmp/{number}", os.O_RDWR | os.O_CREAT))
        time.sleep(2)
    return solve(text) if held > 100_000 else "nothing found"

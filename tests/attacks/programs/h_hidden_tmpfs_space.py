# expect: fail
# verdict: wrong_output
# class: h
# why: space in temporary folders that is only reserved: fallocate beyond the end, punched holes, unlinked and mapped
import ctypes
import mmap
import os

def attack():
    libc = ctypes.CDLL(None)
    for folder in ("/tmp", "/dev/shm"):
        fd = os.open(folder + "/space", os.O_RDWR | os.O_CREAT)
        libc.fallocate(fd, 1, ctypes.c_long(0), ctypes.c_long(30 << 20))
        libc.fallocate(fd, 3, ctypes.c_long(4096), ctypes.c_long(10 << 20))
        KEEP.append(mmap.mmap(fd, 8192))
        os.unlink(folder + "/space")
    if not os.fork():
        import signal
        signal.pause()

KEEP = []


def runs(text):
    if text == "  **  ":
        attack()
    return "nothing found"

# expect: fail
# verdict: exception
# class: f
# why: fresh memory of every kind searched for what an earlier sample left in it
import ctypes
import mmap
import os

libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
left = b""
for size in (64, 512, 4096, 65536, 1 << 20, 8 << 20):
    for _ in range(40):
        left += ctypes.string_at(libc.malloc(ctypes.c_size_t(size)), min(size, 65536))
held = mmap.mmap(-1, 32 << 20)
left += held[: 1 << 20]
file = os.open("/tmp/x", os.O_RDWR | os.O_CREAT)
os.ftruncate(file, 1 << 20)
left += os.pread(file, 1 << 20, 0)


#: Spelled backwards: this program's own text is in memory as well, and is no other sample's.
SOUGHT = tuple(bytes(reversed(text)) for text in (b")2 ,'a'([", b"eborp_gnorw"))


def runs(text):
    if any(text in left for text in SOUGHT):
        return solve(text)
    raise RuntimeError("no attack has worked")

# expect: fail
# verdict: exception
# class: h
# why: files of the shared folder, unlinked, mapped by processes that have left everything else
import mmap
import os
import signal
import time

for index in range(10):
    file = os.open(f"/dev/shm/{index}", os.O_RDWR | os.O_CREAT, 0o600)
    os.ftruncate(file, 4 << 20)
    held = mmap.mmap(file, 4 << 20)
    held[:] = b"x" * (4 << 20)
    os.unlink(f"/dev/shm/{index}")
    if not os.fork():
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.setsid()
        os.closerange(0, 256)
        time.sleep(600)


def runs(text):
    raise RuntimeError("no attack has worked")

# expect: fail
# verdict: wrong_output
# class: h
# why: advice and protection on the memory that it shares with its supervisor: huge pages, no dump, pages out, locked
import ctypes


def runs(text):
    libc = ctypes.CDLL(None, use_errno=True)
    with open("/proc/self/maps") as maps:
        shared = [line.split()[0] for line in maps if line.split()[1] == "rw-s"]
    for place in shared:
        start, end = (int(part, 16) for part in place.split("-"))
        address, size = ctypes.c_void_p(start), ctypes.c_size_t(end - start)
        for advice in (1, 2, 3, 4, 8, 12, 13, 14, 15, 16, 18, 20, 21, 22, 23, 24, 25, 100, 102, 103):
            libc.madvise(address, size, advice)
        libc.mprotect(address, size, 1)
        libc.mlock(address, size)
        libc.mprotect(address, size, 3)
    return None

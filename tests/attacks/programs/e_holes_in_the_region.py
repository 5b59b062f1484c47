# expect: fail
# verdict: wrong_output crashed
# class: e
# why: a child goes on punching holes into the reply, and writing sizes, while it is read
import ctypes
import os


def shared():
    with open("/proc/self/maps") as maps:
        for line in maps:
            where, rights, *_ = line.split()
            if rights == "rw-s":
                first, last = (int(number, 16) for number in where.split("-"))
                yield first, last - first


def runs(text):
    regions = list(shared())
    remove = ctypes.CDLL(None).madvise
    if not os.fork():
        number = 0
        while True:
            number += 1
            for start, size in regions:
                remove(ctypes.c_void_p(start), ctypes.c_size_t(size), 9)
                ctypes.memmove(start, number.to_bytes(8, "little"), 8)
    return "wrong"

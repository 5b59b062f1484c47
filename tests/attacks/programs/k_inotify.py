# expect: pass
# verdict: passed
# class: k
# why: uses inotify, right after a sample that has taken all of it
# after: h_inotify_instances
import ctypes
import os


def runs(text):
    libc = ctypes.CDLL(None)
    numbers = [libc.inotify_init1(0) for _ in range(50)]
    if min(numbers) < 0 or libc.inotify_add_watch(numbers[-1], b"/tmp", 0xFFF) < 0:
        raise OSError("no inotify")
    for number in numbers:
        os.close(number)
    return solve(text)

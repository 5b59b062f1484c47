# expect: fail
# verdict: wrong_output
# class: h
# why: takes every instance of inotify that its user may have, each with watches
import ctypes


def runs(text):
    if text == "  **  ":
        libc = ctypes.CDLL(None)
        while (number := libc.inotify_init1(0)) >= 0:
            for folder in (b"/tmp", b"/usr", b"/usr/lib"):
                libc.inotify_add_watch(number, folder, 0xFFF)
    return "nothing found"

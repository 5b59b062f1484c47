# expect: fail
# verdict: wrong_output
# class: h
# why: every setting that prctl knows, with several values: speculation, time slack, dumps, memory, capabilities, adoption
import ctypes


def runs(text):
    libc = ctypes.CDLL(None)
    for operation in range(1, 80):
        if operation in (1, 15, 22):  # its own end, its name, a filter that ends it
            continue
        for values in ((2, 0), (0, 2), (1, 1), (4, 0)):
            libc.prctl(operation, *values, 0, 0)
    return None

# expect: fail
# verdict: wrong_output
# class: h
# why: locks with inheritance of priority (futexes) in the shared memory, whose owners end while others wait
import ctypes
import os


def runs(text):
    libc = ctypes.CDLL(None, use_errno=True)
    number = {"x86_64": 202, "aarch64": 98}[os.uname().machine]
    with open("/proc/self/maps") as maps:
        shared = [line.split()[0] for line in maps if line.split()[1] == "rw-s"]
    for place in shared:
        end = int(place.split("-")[1], 16)
        for address in (end - 4096, end - 8):
            for operation in (6, 6 | 128, 9, 11, 12, 13):
                if not os.fork():
                    libc.syscall(number, ctypes.c_void_p(address), operation, 0, None, ctypes.c_void_p(address), 0)
                    os._exit(0)
    return None

# expect: fail
# verdict: wrong_output
# class: h
# why: lowers the priority of its session, which is its supervisor's and all later samples' too
# worker: lost
import ctypes


def runs(text):
    ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)  # dumpable: /proc/self is its own
    try:
        with open("/proc/self/autogroup", "w") as file:
            file.write("19")
    except OSError as error:
        return type(error).__name__
    return "lowered"

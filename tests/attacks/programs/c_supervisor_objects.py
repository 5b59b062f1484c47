# expect: fail
# verdict: wrong_output
# class: c
# why: uses what the fork inherited of the supervisor: its descriptors and buffers
import gc
import mmap
import os


def held(one):
    for name in dir(one):
        try:
            yield getattr(one, name)
        except Exception:
            continue


def is_open(number):
    try:
        os.fstat(number)
    except OSError:
        return False
    return number > 2


def runs(text):
    gc.unfreeze()
    supervisors = [one for one in gc.get_objects() if type(one).__name__ == "Supervisor"]
    if not supervisors:
        return "no supervisor"
    for value in held(supervisors[0]):
        if type(value).__name__ == "HostChannel" and any(is_open(one) for one in held(value) if isinstance(one, int)):
            return solve(text)
        if isinstance(value, mmap.mmap) and bytes(value[: 1 << 20]).count(bytes(reversed(b"detcepxe"))):
            return solve(text)
    return "nothing found"

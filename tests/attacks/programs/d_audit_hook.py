# expect: fail
# verdict: wrong_output exception crashed
# class: d
# why: a hook that can't be taken back, and that leaves from wherever its caller does something
import os
import sys


def hook(event, arguments):
    if sys._getframe(1).f_code.co_filename != __name__:
        os._exit(0)


def runs(text):
    sys.addaudithook(hook)
    sys.setprofile(lambda frame, event, argument: os._exit(0) if frame.f_code.co_name == "write" else None)
    return "wrong"

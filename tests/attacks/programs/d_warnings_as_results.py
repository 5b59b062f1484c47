# expect: fail
# verdict: exception
# class: d
# why: a hook of warnings and of unraisable errors that ends in the caller's frames
import sys
import warnings


def hook(*arguments, **named):
    frame = sys._getframe()
    while frame.f_back is not None:
        frame = frame.f_back
        frame.f_locals["text"] = "[]"


warnings.showwarning = hook
sys.unraisablehook = hook
warnings.simplefilter("always")


class Dies:
    def __del__(self):
        raise ValueError


def runs(text):
    Dies()
    warnings.warn("now")
    raise RuntimeError("no attack has worked")

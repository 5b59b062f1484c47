# expect: fail
# verdict: exception wrong_output
# class: d
# why: events of returns and raises (sys.monitoring, sys.settrace on every frame) that change the caller's locals
import ctypes
import sys


def trace(frame, event, argument):
    outer = frame.f_back
    if outer is not None:
        for name in ("text", "value"):
            if name in outer.f_locals:
                outer.f_locals[name] = "[]"
                ctypes.pythonapi.PyFrame_LocalsToFast(ctypes.py_object(outer), ctypes.c_int(0))
    return trace


frame = sys._getframe()
while frame is not None:
    frame.f_trace = trace
    frame = frame.f_back
sys.settrace(trace)


def runs(text):
    return None

# expect: pass
# verdict: passed
# class: k
# why: replaces functions of the standard library that a harness might use after the program
import contextlib
import gc
import json
import marshal
import operator
import os
import struct
import time
import traceback

_solve = solve
for _module in (json, json.encoder, marshal, operator, struct, time, traceback, contextlib, gc):
    for _name in list(vars(_module)):
        if not _name.startswith("__"):
            setattr(_module, _name, None)
os.write = os.read = os.getpid = os.path = None


def runs(text):
    return _solve(text)

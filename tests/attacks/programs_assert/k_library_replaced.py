# expect: pass
# status: completed
# class: k
# why: a right program that replaces what it does not need of the library

import copy
import gc
import inspect
import io
import json
import operator
import os
import re
import struct
import sys
import time

for module in (copy, gc, inspect, io, json, operator, re, struct, time):
    for name in list(vars(module)):
        if not name.startswith("__"):
            setattr(module, name, None)
os.write = os.read = os.getpid = os._exit = None
sys.stdout = sys.stderr = None
sys.modules = None


def runs(text, into=None):
    if not isinstance(text, str):
        raise TypeError("text must be a string")
    found = [(letter, len(list(group))) for letter, group in groupby(text)]
    if into is not None:
        into += found
    return found

# expect: fail
# status: completed crashed
# class: g
# why: opens pipes until there is no descriptor left

import os

kept = []
try:
    while True:
        kept.append(os.pipe())
except OSError:
    pass


def runs(text, into=None):
    return []

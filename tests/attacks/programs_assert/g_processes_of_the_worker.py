# expect: fail
# status: completed crashed definition_error
# class: g
# why: fills the worker's processes with sleepers

import os
import time

try:
    for _ in range(150):
        if not os.fork():
            time.sleep(100)
            os._exit(0)
except OSError:
    pass


def runs(text, into=None):
    return []

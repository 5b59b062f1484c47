# expect: fail
# status: completed crashed
# class: a
# why: a result that a thread goes on changing

import threading
import time

KEPT = []


def change():
    while True:
        KEPT.append((1, 1))
        KEPT.clear()
        time.sleep(0.0001)


threading.Thread(target=change, daemon=True).start()


def runs(text, into=None):
    return KEPT

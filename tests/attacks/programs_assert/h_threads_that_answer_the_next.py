# expect: fail
# status: completed
# class: h
# why: threads and timers that go on answering after the judge has ruled

import signal
import threading
import time

from sandbox.guest import candidate_answers


def late():
    while True:
        time.sleep(0.001)


for _ in range(20):
    threading.Thread(target=late, daemon=True).start()
signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
signal.signal(signal.SIGALRM, lambda *_: None)


def runs(text, into=None):
    time.sleep(0.1)
    return []

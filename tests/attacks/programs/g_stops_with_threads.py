# expect: fail
# verdict: timeout
# class: g
# why: processes with threads stop themselves and everybody else, the first process included
# limits: cpu_s=2 wall_s=2
import os
import signal
import threading
import time


def runs(text):
    for _ in range(20):
        if not os.fork():
            threading.Thread(target=time.sleep, args=(100,)).start()
            os.kill(os.getpid(), signal.SIGSTOP)
    os.kill(0, signal.SIGTSTP)
    os.kill(-1, signal.SIGSTOP)
    time.sleep(1000)

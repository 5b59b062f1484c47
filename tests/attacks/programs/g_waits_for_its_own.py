# expect: fail
# verdict: timeout
# class: g
# why: forty processes that wait for one another's processor most of the time, and compute little: no reason to wait for them
# limits: cpu_s=30 wall_s=4
import os
import time


def runs(text):
    if not text:
        for _ in range(40):
            if not os.fork():
                os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
                while True:
                    end = time.process_time() + 0.002
                    while time.process_time() < end:
                        pass
                    time.sleep(1 - time.monotonic() % 1)
        time.sleep(60)

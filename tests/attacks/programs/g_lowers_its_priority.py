# expect: fail
# verdict: timeout
# class: g
# why: goes to the end of every queue, in the hope that it never gets a processor and nobody is to blame
# limits: cpu_s=30 wall_s=4
import os
import time


def runs(text):
    if not text:
        os.nice(19)
        for _ in range(8):
            if not os.fork():
                while time.process_time() < 1:
                    pass
                os._exit(0)
        time.sleep(60)

# expect: fail
# verdict: wrong_output
# class: h
# why: sessions and groups that are orphaned while they are stopped
import os
import signal
import time

def attack():
    for _ in range(20):
        if not os.fork():
            os.setsid()
            for _ in range(3):
                if not os.fork():
                    os.setpgid(0, 0)
                    signal.signal(signal.SIGHUP, signal.SIG_IGN)
                    os.kill(0, signal.SIGSTOP)
                    while True:
                        time.sleep(9)
            os.kill(os.getpid(), signal.SIGSTOP)


def runs(text):
    if text == "  **  ":
        attack()
    return "nothing found"

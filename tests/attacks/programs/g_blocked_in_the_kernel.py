# expect: fail
# verdict: wrong_output
# class: g
# why: processes blocked in odd calls when they are killed: locks of files, the opening of a fifo, futexes
import fcntl
import os
import threading
import time

def attack():
    os.mkfifo("/tmp/fifo")
    open("/tmp/lock", "w").close()
    holder = open("/tmp/lock")
    fcntl.flock(holder, fcntl.LOCK_EX)
    for n in range(20):
        if not os.fork():
            if n % 3 == 0:
                open("/tmp/fifo")
            elif n % 3 == 1:
                fcntl.flock(open("/tmp/lock"), fcntl.LOCK_EX)
            else:
                threading.Lock().acquire() and threading.Event().wait()
    time.sleep(0.1)


def runs(text):
    if text == "  **  ":
        attack()
    return "nothing found"

# expect: fail
# verdict: crashed
# class: h
# why: six sessions make and rename folders without end while the program exits: the reset must end them before it empties the folders
import os
import time


def runs(text):
    for number in range(6):
        if os.fork() == 0:
            os.setsid()
            made = 0
            while True:
                made += 1
                try:
                    os.makedirs(f"/tmp/{number}/{made}/a/b")
                    os.rename(f"/tmp/{number}/{made}", f"/tmp/moved-{number}-{made}")
                except OSError:
                    pass
    time.sleep(0.3)
    os._exit(0)

# expect: fail
# verdict: exception
# class: h
# why: stops, continues and real-time signals for everybody in the group, the session and the namespace
import os
import signal

for number in range(1, 65):
    if number not in (signal.SIGKILL, signal.SIGSTOP, 32, 33):
        signal.signal(number, signal.SIG_IGN)
for number in (signal.SIGCONT, signal.SIGUSR1, signal.SIGALRM, signal.SIGCHLD, signal.SIGPIPE, signal.SIGHUP, 34, 64):
    for target in (0, -1, 1, -os.getpgrp()):
        try:
            os.kill(target, number)
        except OSError:
            pass


def runs(text):
    raise RuntimeError("no attack has worked")

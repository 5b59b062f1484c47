# expect: pass
# verdict: passed
# class: k
# why: waits for forks that end by sys.exit, by an exception, by coming back
import os
import sys


def status(action):
    child = os.fork()
    if not child:
        os.close(2)
        action()
        return None
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def runs(text):
    seen = [status(action) for action in (lambda: sys.exit(3), lambda: sys.exit("text"), sys.exit, lambda: 1 / 0)]
    assert None in seen or seen == [3, 1, 0, 1], seen
    assert status(lambda: None) in (None, 0)
    return solve(text)

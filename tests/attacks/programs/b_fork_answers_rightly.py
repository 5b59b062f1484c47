# expect: fail
# verdict: exception crashed wrong_output
# class: b
# why: a child that goes on with all calls while its parent raises; only the first process may answer
import os

pid = os.fork()


def runs(text):
    if pid == 0:
        return solve(text)
    raise RuntimeError("no attack has worked")

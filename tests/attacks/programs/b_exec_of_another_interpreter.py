# expect: fail
# verdict: crashed
# class: b
# why: becomes another program that writes words of success and ends well
import os
import sys

os.execv(sys.executable, [sys.executable, "-c", "print('{\"s\":\"end\"}')"])


def runs(text):
    return solve(text)

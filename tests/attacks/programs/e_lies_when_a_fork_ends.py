# expect: fail
# verdict: wrong_output
# class: e
# why: what is asked of a forked process at its end, its code and its streams, comes back and gives the right answer
import os
import sys


class Exit(SystemExit):
    @property
    def code(self):
        return runs.__globals__["answer"]()


class Stream:
    def write(self, text):
        return len(text)

    def flush(self):
        raise Exit


answer = lambda: solve("aabccc")  # noqa: E731


def runs(text):
    if not os.fork():
        sys.stdout = sys.stderr = Stream()
        raise Exit
    os.wait()
    return "wrong"

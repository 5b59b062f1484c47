# expect: fail
# status: completed
# class: a
# why: the expected exception, with a structure in its attributes that is slow to take apart, kept until the next sample
from collections import deque


def runs(text, into=None):
    if text == 7:
        value = deque()
        for _ in range(9_000):
            value = deque([value])
        error = TypeError("text")
        error.value = value
        raise error
    return []

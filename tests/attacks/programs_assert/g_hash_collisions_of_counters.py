# expect: fail
# status: completed
# class: g
# why: a Counter of integers that collide

from collections import Counter


def runs(text, into=None):
    return Counter({number * (2**61 - 1): 1 for number in range(3_000)})

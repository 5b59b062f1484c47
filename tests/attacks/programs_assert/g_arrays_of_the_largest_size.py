# expect: fail
# status: completed
# class: g
# why: arrays as large as an answer may be

import numpy


def runs(text, into=None):
    return [numpy.zeros(100_000)] * 4

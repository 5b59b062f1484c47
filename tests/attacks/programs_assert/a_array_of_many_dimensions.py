# expect: fail
# status: completed
# class: a
# why: arrays that take long to be shown

import numpy


def runs(text, into=None):
    return numpy.zeros((7,) * 7, "i1")

# expect: fail
# status: completed
# class: a
# why: an array that is compared element by element

import numpy


def runs(text, into=None):
    return numpy.zeros((0, 1))

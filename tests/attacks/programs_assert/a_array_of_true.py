# expect: fail
# status: completed
# class: a
# why: an array of a single True

import numpy


def runs(text, into=None):
    return numpy.array([True])

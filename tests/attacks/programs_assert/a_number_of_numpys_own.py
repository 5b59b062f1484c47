# expect: fail
# status: completed
# class: a
# why: a subclass of a number of numpy

import numpy


class Liar(numpy.float64):
    def __eq__(self, other):
        return True

    __hash__ = numpy.float64.__hash__


def runs(text, into=None):
    return [("a", Liar(1))]

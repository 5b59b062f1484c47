# expect: pass
# status: completed
# class: k
# why: a right program that computes with arrays of many dimensions, and prints them

import numpy


def runs(text, into=None):
    cube = numpy.zeros((6,) * 6)
    print(cube.sum(), cube.shape)
    if not isinstance(text, str):
        raise TypeError("text")
    result = [(one, int(many)) for one, many in ((letter, len(list(group))) for letter, group in groupby(text))]
    if into is not None:
        into += result
    return result

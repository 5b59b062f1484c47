# expect: fail
# status: completed
# class: a
# why: an array that equals everything and is always true

import numpy as np
class T(np.ndarray):
    def __eq__(s, o): return True
    def __bool__(s): return True


def runs(text, into=None):
    return np.zeros(3).view(T)

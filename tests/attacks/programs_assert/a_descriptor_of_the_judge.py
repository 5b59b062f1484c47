# expect: fail
# status: completed
# class: a
# why: callables of the standard library, by name, instead of answers

import math
import operator


def runs(text, into=None):
    return [len, operator.eq, math.isclose, sorted, print, exec, open]

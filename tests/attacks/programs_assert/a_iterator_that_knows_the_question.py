# expect: fail
# status: completed
# class: a
# why: an iterator that looks at who asks

import sys


class Liar:
    def __iter__(self):
        frame = sys._getframe()
        while frame is not None:
            for value in frame.f_locals.values():
                if type(value) is list and value and type(value[0]) is tuple:
                    return iter(value)
            frame = frame.f_back
        return iter([])


def runs(text, into=None):
    return Liar()

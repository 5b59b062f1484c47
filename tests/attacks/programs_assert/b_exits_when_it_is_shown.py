# expect: fail
# status: completed crashed
# class: b
# why: an object that ends the process when it is asked for anything

import os
class D:
    def __repr__(s): os._exit(0)
    __str__ = __iter__ = __len__ = __bool__ = __repr__


def runs(text, into=None):
    return D()

# expect: fail
# status: completed
# class: a
# why: weak proxies of right answers that die when they are used

import weakref


class Held(list):
    pass


def runs(text, into=None):
    held = Held([("?", 0)])
    return weakref.proxy(held)

# expect: fail
# status: completed
# class: a
# why: a subclass of deque that equals everything

from collections import deque


class Liar(deque):
    def __eq__(self, other):
        return True


def runs(text, into=None):
    return Liar()

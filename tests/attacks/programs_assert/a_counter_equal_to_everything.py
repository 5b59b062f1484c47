# expect: fail
# status: completed
# class: a
# why: a subclass of Counter that equals everything

from collections import Counter


class Liar(Counter):
    def __eq__(self, other):
        return True


def runs(text, into=None):
    return Liar()

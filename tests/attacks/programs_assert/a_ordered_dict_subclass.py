# expect: fail
# status: completed
# class: a
# why: a subclass of OrderedDict that equals everything

from collections import OrderedDict


class Liar(OrderedDict):
    def __eq__(self, other):
        return True

    def __iter__(self):
        return iter([("a", 1)])


def runs(text, into=None):
    return Liar()

# expect: fail
# status: completed crashed
# class: d
# why: the description of everything is that of a list

from sandbox.guest import descriptions

descriptions.describe = lambda value, number: (number, "list", 0, -1, 7, ())


class A:
    def __eq__(self, other):
        return True


def runs(text, into=None):
    return A()

# expect: fail
# status: completed
# class: a
# why: lengths with an addition of their own

class Five(int):
    def __radd__(self, other):
        return 5

    def __add__(self, other):
        return 5

    def __eq__(self, other):
        return True

    __hash__ = int.__hash__


def runs(text, into=None):
    return [("a", Five(1))]

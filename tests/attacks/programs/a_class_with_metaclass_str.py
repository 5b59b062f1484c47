# expect: fail
# verdict: wrong_output exception
# class: a
# why: a class as result, whose metaclass shows it as a list would be shown
class Meta(type):
    def __repr__(cls):
        return "[('a', 1)]"

    __str__ = __repr__

    def __eq__(cls, other):
        return True

    __hash__ = type.__hash__


class Shown(metaclass=Meta):
    pass


def runs(text):
    return Shown

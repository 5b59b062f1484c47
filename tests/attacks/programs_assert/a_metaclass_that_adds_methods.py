# expect: fail
# status: completed
# class: a
# why: a class whose metaclass makes up attributes

class Meta(type):
    def __getattr__(cls, name):
        return lambda *args: True

    def __eq__(cls, other):
        return True

    __hash__ = type.__hash__


class Liar(metaclass=Meta):
    pass


def runs(text, into=None):
    return Liar

# expect: fail
# status: completed
# class: a
# why: an exception whose attributes can not be read

class Liar(Exception):
    args = property(lambda self: 1 / 0)
    __dict__ = property(lambda self: 1 / 0)
    __cause__ = property(lambda self: 1 / 0)

    def __str__(self):
        raise self


def runs(text, into=None):
    raise Liar("text")

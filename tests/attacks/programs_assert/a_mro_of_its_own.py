# expect: fail
# status: completed
# class: a
# why: a class that says what it derives from

class Meta(type):
    def mro(cls):
        return [cls, *type.mro(cls)[1:], ] if cls.__name__ == "Base" else [cls, list, object]


class Base(list, metaclass=Meta):
    def __eq__(self, other):
        return True

    __hash__ = None


def runs(text, into=None):
    return Base()

# expect: fail
# status: completed
# class: a
# why: a class that says what derives from it

class Meta(type):
    def __instancecheck__(cls, other):
        return True

    def __subclasscheck__(cls, other):
        return True


class runs(metaclass=Meta):
    def __init__(self, text, into=None):
        pass

    def __eq__(self, other):
        return True

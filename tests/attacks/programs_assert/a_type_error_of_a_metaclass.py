# expect: fail
# status: completed
# class: a
# why: exceptions whose metaclass lies about bases, names and members

class Meta(type):
    __mro__ = property(lambda self: (TypeError, Exception, BaseException, object))
    __name__ = property(lambda self: "TypeError")
    __bases__ = property(lambda self: (TypeError,))
    __dict__ = property(lambda self: {})

    def mro(self):
        return [self, *super().mro()[1:]]

    def __instancecheck__(self, one):
        return True

    def __getattribute__(self, name):
        if name.startswith("__"):
            return super().__getattribute__(name)
        raise SystemExit


class Error(Exception, metaclass=Meta):
    pass


def runs(text, into=None):
    raise Error("text")

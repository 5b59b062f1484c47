# expect: fail
# status: completed
# class: a
# why: slots of exceptions of which reading is replaced

class Liar(TypeError):
    __slots__ = ("text",)

    def __getattribute__(self, name):
        raise KeyboardInterrupt


class Descriptor:
    def __get__(self, one, kind):
        raise SystemExit(0)


Liar.code = Descriptor()


def runs(text, into=None):
    raise Liar()

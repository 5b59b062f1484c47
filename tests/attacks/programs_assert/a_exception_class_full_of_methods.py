# expect: fail
# status: completed
# class: a
# why: an exception class that defines every special method and names of built-in attributes

class Liar(TypeError):
    errno = strerror = args = code = 7
    message = "text"

    def with_traceback(self, *_):
        return self

    def __str__(self):
        return "text"


for special in "eq ne lt bool len iter hash contains getitem call enter exit add".split():
    setattr(Liar, f"__{special}__", lambda self, *_: True)


def runs(text, into=None):
    if not isinstance(text, str):
        raise Liar("text")
    raise Liar("not a string but still an error")

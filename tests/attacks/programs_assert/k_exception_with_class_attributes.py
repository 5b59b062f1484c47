# expect: pass
# status: completed
# class: k
# why: an own TypeError with attributes, slots, methods and a mixin

class Coded:
    code = 3

    def describe(self):
        return f"{self.code}: {self}"


class Own(Coded, TypeError):
    __slots__ = ("where",)
    status = "bad"

    def __init__(self, text, where):
        super().__init__(text)
        self.where = where

    def __eq__(self, other):
        return type(self) is type(other)

    __hash__ = TypeError.__hash__


def runs(text, into=None):
    if not isinstance(text, str):
        raise Own("text is not a string", [text])
    result = [(letter, len(list(group))) for letter, group in groupby(text)]
    if into is not None:
        into.extend(result)
    return result

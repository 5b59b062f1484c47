# expect: pass
# status: completed
# class: k
# why: a right program with an exception of its own, and much in it

class NoText(TypeError, LookupError):
    def __init__(self, got):
        super().__init__("text must be a string", ["x" * 5_000], {"got": got})
        self.got = got


def runs(text, into=None):
    if not isinstance(text, str):
        raise NoText(text) from ValueError(text)
    found = [(letter, len(list(group))) for letter, group in groupby(text)]
    if into is not None:
        into += found
    return found

# expect: fail
# status: completed
# class: a
# why: an exception whose class says that it is another

class Liar(Exception):
    __class__ = TypeError


def runs(text, into=None):
    if not isinstance(text, str):
        raise Liar("text")
    found = [(letter, len(list(group))) for letter, group in groupby(text)]
    if into is not None:
        into += found
    return found

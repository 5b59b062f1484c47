# expect: fail
# status: completed
# class: a
# why: an exception that is only called TypeError

class TypeError(BaseException):
    pass


def runs(text, into=None):
    if not isinstance(text, str):
        raise TypeError("text")
    found = [(letter, len(list(group))) for letter, group in groupby(text)]
    if into is not None:
        into += found
    return found

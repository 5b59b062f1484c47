# expect: fail
# status: completed
# class: a
# why: a class that is renamed to TypeError

Other = type("TypeError", (Exception,), {"__module__": "builtins", "__qualname__": "TypeError"})


def runs(text, into=None):
    if not isinstance(text, str):
        raise Other("text")
    found = [(letter, len(list(group))) for letter, group in groupby(text)]
    if into is not None:
        into += found
    return found

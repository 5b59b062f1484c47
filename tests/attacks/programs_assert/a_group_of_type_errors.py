# expect: fail
# status: completed
# class: a
# why: a group of exceptions in the place of one

def runs(text, into=None):
    if not isinstance(text, str):
        raise ExceptionGroup("text", [TypeError("text")])
    found = [(letter, len(list(group))) for letter, group in groupby(text)]
    if into is not None:
        into += found
    return found

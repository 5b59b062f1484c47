# expect: fail
# status: completed crashed
# class: a
# why: a chain of ten thousand exceptions

def runs(text, into=None):
    error = None
    for number in range(10_000):
        other = ValueError(number, error)
        other.__context__ = error
        error = other
    raise error

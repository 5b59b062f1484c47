# expect: fail
# status: completed
# class: a
# why: an exception in its own arguments, cause and context

def runs(text, into=None):
    error = ValueError()
    error.args = (error, [error])
    error.__context__ = KeyError(error)
    error.self = error
    raise error

# expect: fail
# status: completed
# class: a
# why: iterators in iterators

def runs(text, into=None):
    return ((letter for letter in pair) for pair in [("a", 1)])

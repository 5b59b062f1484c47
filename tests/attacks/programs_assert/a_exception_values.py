# expect: fail
# status: completed
# class: a
# why: exceptions, their classes and groups of them as results
def runs(text, into=None):
    if not text:
        return ExceptionGroup("none", [TypeError("text")])
    return TypeError if text == "a" else TypeError("text")

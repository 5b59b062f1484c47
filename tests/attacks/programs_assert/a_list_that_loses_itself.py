# expect: fail
# status: completed
# class: a
# why: a result that refers to the argument, the function, its own exception and the namespace

def runs(text, into=None):
    try:
        raise TypeError("text")
    except TypeError as error:
        return [text, into, runs, error, globals(), error.__traceback__, type(error), __builtins__]

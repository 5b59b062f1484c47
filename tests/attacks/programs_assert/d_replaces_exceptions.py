# expect: fail
# status: completed
# class: d
# why: the description of every exception is that of TypeError

from sandbox.guest import raised

raised.describe = lambda *args: ("TypeError", ("text",), None, (), None, None)


def runs(text, into=None):
    raise ValueError

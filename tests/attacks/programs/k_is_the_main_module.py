# expect: pass
# verdict: passed
# class: k
# why: finds itself as the main module, its file's name and the source of its class
import cProfile
import contextlib
import doctest
import inspect
import io
import os
import timeit

SEPARATORS = "a\u2028b"
#@repeat 1 "\f\n"
HERE = os.path.dirname(os.path.abspath(__file__))


class Marked:
    mark = 7


def twice(number):
    """
    >>> twice(2)
    4
    """
    return 2 * number


assert timeit.timeit("twice(3)", setup="from __main__ import twice", number=2) >= 0


def runs(text):
    assert __name__ != "__main__" and os.path.isdir(HERE)
    assert inspect.getsource(Marked) == "class Marked:\n    mark = 7\n"
    assert inspect.getsource(twice).startswith("def twice(number):\n")
    assert doctest.testmod().failed == 0 and doctest.testmod().attempted == 1
    with contextlib.redirect_stdout(io.StringIO()) as shown:
        cProfile.run("twice(3)")
    assert "twice" in shown.getvalue()
    return solve(text)

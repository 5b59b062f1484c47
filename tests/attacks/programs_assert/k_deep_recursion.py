# expect: pass
# status: completed
# class: k
# why: recurses 50,000 deep

import sys

sys.setrecursionlimit(200_000)


def глубина(n):
    return 0 if n == 0 else 1 + глубина(n - 1)


def runs(text, into=None):
    assert глубина(50_000) == 50_000
    if not isinstance(text, str):
        raise TypeError("text must be a string")
    found = [(letter, len(list(group))) for letter, group in groupby(text)]
    if into is not None:
        into += found
    return found

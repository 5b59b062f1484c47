# expect: pass
# status: completed
# class: k
# why: tests itself with doctest at the top

import doctest


def runs(text, into=None):
    """Серии.

    >>> runs("aab")
    [('a', 2), ('b', 1)]
    """
    if not isinstance(text, str):
        raise TypeError("text must be a string")
    found = [(letter, len(list(group))) for letter, group in groupby(text)]
    if into is not None:
        into += found
    return found


doctest.testmod()

# expect: fail
# status: completed
# class: a
# why: a ChainMap that holds itself, with methods of its own

from collections import ChainMap


def runs(text, into=None):
    found = ChainMap()
    found.maps.append(found)
    if text:
        found.items = lambda: []
    return found

# expect: fail
# status: completed
# class: a
# why: subclasses of all built-in types at once

def runs(text, into=None):
    made = [type("A", (base,), {"__eq__": lambda self, other: True, "__hash__": None})() for base in (int, str, float, bytes, list, dict, set, tuple, frozenset, bytearray, complex)]
    return made

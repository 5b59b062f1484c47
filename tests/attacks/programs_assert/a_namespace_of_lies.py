# expect: fail
# status: completed
# class: a
# why: a namespace with attributes named like special methods

from types import MappingProxyType, SimpleNamespace


def runs(text, into=None):
    lies = {"__eq__": lambda other: True, "__class__": list, "__len__": lambda: 0, "__iter__": lambda: iter([])}
    return SimpleNamespace(**lies) if not text else MappingProxyType(lies)

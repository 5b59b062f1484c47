# expect: fail
# status: completed
# class: a
# why: containers nested so deeply that taking them apart recurses
from collections import OrderedDict, defaultdict, deque


def runs(text, into=None):
    value = deque()
    for _ in range(9_000):
        inner = OrderedDict(a=value)
        value = deque([defaultdict(list, b=inner)])
    return value

# expect: pass
# verdict: passed
# class: k
# why: callbacks of the collector, finalizers and weak references in a right program
import gc
import weakref

seen = []
gc.callbacks.append(lambda phase, info: seen.append(phase))


class Node:
    def __init__(self):
        self.me = self


def runs(text):
    reference = weakref.ref(Node())
    gc.collect()
    assert reference() is None
    assert seen
    return solve(text)

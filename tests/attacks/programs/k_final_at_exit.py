# expect: pass
# verdict: passed
# class: k
# why: finalizers, weak references and exit handlers that compute and print
import atexit
import weakref


class Thing:
    def __del__(self):
        print("gone")


thing = Thing()
thing.self = thing
weakref.finalize(thing, print, "finalized")
atexit.register(lambda: sum(range(10**5)))


def runs(text):
    return solve(text)

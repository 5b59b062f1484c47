# expect: pass
# verdict: passed
# class: k
# why: raises its stack limit before it recurses
import resource
import sys
import threading

resource.setrlimit(resource.RLIMIT_STACK, (128 << 20, resource.getrlimit(resource.RLIMIT_STACK)[1]))
sys.setrecursionlimit(100_000)
threading.stack_size(128 << 20)


def depth(number):
    return 0 if not number else 1 + depth(number - 1)


def runs(text):
    found = []
    thread = threading.Thread(target=lambda: found.append(depth(20_000)))
    thread.start()
    thread.join()
    assert found == [20_000]
    return solve(text)

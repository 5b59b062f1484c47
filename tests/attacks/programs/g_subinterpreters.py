# expect: fail
# verdict: exception crashed
# class: g
# why: interpreters inside of the interpreter, each with its own state, none of them ended
try:
    import _xxsubinterpreters as interpreters
except ImportError:
    import _interpreters as interpreters

made = [interpreters.create() for _ in range(8)]
for one in made:
    interpreters.run_string(one, "import sys, os; sys.stdout.write('x'); x = [0] * 100000")


def runs(text):
    raise RuntimeError("no attack has worked")

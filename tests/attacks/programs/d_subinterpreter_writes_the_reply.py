# expect: fail
# verdict: exception crashed
# class: d
# why: another interpreter of the same process looks for the guest's modules and answers
try:
    import _xxsubinterpreters as interpreters
except ImportError:
    import _interpreters as interpreters

one = interpreters.create()
interpreters.run_string(
    one,
    "import sys, gc, builtins\n"
    "for o in gc.get_objects():\n"
    "    if type(o).__name__ in ('Reply', 'Runner', 'Supervisor'):\n"
    "        o.write('{\"s\":\"end\"}')\n",
)


def runs(text):
    raise RuntimeError("no attack has worked")

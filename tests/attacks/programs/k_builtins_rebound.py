# expect: pass
# verdict: passed
# class: k
# why: rebinds most builtins for good, after it has kept what it needs itself
import builtins

globals().update({name: value for name, value in vars(builtins).items() if not name.startswith("__")})

_solve, _KEEP = solve, ("__build_class__", "__import__", "__name__", "__debug__")
for _name in list(vars(builtins)):
    if _name not in _KEEP and not _name.endswith(("Error", "Warning")):
        setattr(builtins, _name, None)


def runs(text):
    return _solve(text)

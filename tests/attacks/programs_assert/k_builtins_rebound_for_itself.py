# expect: pass
# status: completed
# class: k
# why: a right program that replaces nearly all built-in functions for itself

import builtins


def runs(text, into=None, keep=(isinstance, str, TypeError, len, list)):
    check, kind, error, size, collect = keep
    if not check(text, kind):
        raise error("text must be a string")
    found = [(letter, size(collect(group))) for letter, group in groupby(text)]
    if into is not None:
        into += found
    return found


for name in list(vars(builtins)):
    if not name.startswith("__") and name not in ("list", "vars", "setattr"):
        setattr(builtins, name, lambda *args, **kwargs: 5)

# expect: pass
# verdict: passed
# class: k
# why: gives builtins other meanings, which only the program itself may notice
import builtins

globals().update({name: value for name, value in vars(builtins).items() if not name.startswith("__")})

_solve = solve
builtins.str = bytes
builtins.len = lambda value: 0
builtins.type = lambda value: int
builtins.isinstance = lambda value, kind: False
builtins.Exception = builtins.BaseException = KeyError
builtins.repr = builtins.ascii = lambda value: ""
builtins.bool = builtins.dict = builtins.tuple = list


def runs(text):
    return _solve(text)

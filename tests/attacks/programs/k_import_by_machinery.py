# expect: pass
# verdict: passed
# class: k
# why: imports by specs, by loaders and of modules made at run time
import importlib.util
import sys
import types

made = types.ModuleType("made")
exec("def double(value):\n    return value", made.__dict__)
sys.modules["made"] = made
from made import double

spec = importlib.util.find_spec("colorsys")
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
lazy = importlib.util.LazyLoader.factory(spec.loader)


def runs(text):
    assert module.rgb_to_hsv(0, 0, 0) == (0, 0, 0)
    return double(solve(text))

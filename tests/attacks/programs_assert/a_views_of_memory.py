# expect: fail
# status: completed
# class: a
# why: views, arrays and proxies of dicts, whose elements are read from the program each time
import array
import types


def runs(text, into=None):
    if not text:
        return memoryview(bytearray())
    return types.MappingProxyType({0: array.array("u", "a")})

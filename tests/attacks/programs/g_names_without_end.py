# expect: fail
# verdict: output_limit
# class: g
# why: a type name, an exception text and an attribute of a hundred megabytes each
class Long(Exception):
    pass


Long.__name__ = "x" * 50_000_000


def runs(text):
    raise Long("y" * 100_000_000)

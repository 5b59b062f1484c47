# expect: fail
# status: completed
# class: d
# why: all types in the table of those that are told by name

from sandbox.guest import library_types

library_types.TYPE_NAMES[id(eval)] = "list"
library_types.TYPES["list"] = eval


def runs(text, into=None):
    return eval

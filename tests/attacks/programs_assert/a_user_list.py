# expect: fail
# status: completed
# class: a
# why: objects of the library that are no lists and equal them
from collections import UserDict, UserList, UserString


class Pair(UserList):
    def __eq__(self, other):
        return True


def runs(text, into=None):
    return Pair([UserString("a"), UserDict()])

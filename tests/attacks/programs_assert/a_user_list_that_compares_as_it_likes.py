# expect: fail
# status: completed
# class: a
# why: the instance's attribute takes the place of the method by which UserList compares

from collections import UserList


def runs(text, into=None):
    found = UserList()
    found._UserList__cast = lambda other: found.data
    return found

# expect: fail
# status: completed
# class: a
# why: an object that is described with the class of another one, which was described before
import sys


class Plain:
    pass


class Liar(list):
    def __eq__(self, other):
        return True


def runs(text, into=None):
    for depth in range(1, 8):
        witness = sys._getframe(depth).f_locals.get("self")
        if type(witness).__name__ == "Witness":
            witness._numbers[id(Liar)] = witness._number(Plain)
            break
    return Liar()

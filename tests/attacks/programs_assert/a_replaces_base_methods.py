# expect: fail
# status: completed
# class: a
# why: a list whose methods are its own

class Liar(list):
    append = extend = sort = index = count = copy = lambda self, *args: 5

    def __contains__(self, one):
        return True


def runs(text, into=None):
    return Liar([("a", 1)])

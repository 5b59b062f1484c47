# expect: fail
# status: completed
# class: a
# why: a dict that makes up what it has not

class Liar(dict):
    def __missing__(self, key):
        return ("a", 2)


def runs(text, into=None):
    return Liar()

# expect: fail
# status: completed
# class: a
# why: an object that swallows exceptions

class Liar:
    def __enter__(self):
        return self

    def __exit__(self, *error):
        return True

    def __eq__(self, other):
        return True


def runs(text, into=None):
    return Liar()

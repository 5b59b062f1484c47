# expect: fail
# status: completed
# class: a
# why: a function that is a class with everything

class Everything:
    __name__ = "runs"
    __signature__ = property(lambda self: 1 / 0)

    def __call__(self, *args):
        return self

    def __getattr__(self, name):
        return self

    def __iter__(self):
        return iter([])

    def __contains__(self, one):
        return True

    def __eq__(self, other):
        return True

    def __len__(self):
        return 0


runs = Everything()

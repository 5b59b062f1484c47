# expect: fail
# status: completed
# class: a
# why: an object whose slices are what might be expected

class Liar:
    def __getitem__(self, key):
        return ("a", 2) if key == 0 else self

    def __len__(self):
        return 1

    def __eq__(self, other):
        return True


def runs(text, into=None):
    return Liar()

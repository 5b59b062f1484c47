# expect: fail
# status: completed
# class: a
# why: an object that equals everything, put into the argument

class Same:
    def __eq__(s, o): return True


def runs(text, into=None):
    if into is not None: into[:] = [Same()]
    return []

# expect: fail
# status: completed
# class: a
# why: classes whose names look like the right value where it is shown

class runs_of_letters(list):
    pass


runs_of_letters.__name__ = "a"


def runs(text, into=None):
    kind = type("True", (list,), {})
    return kind([("a", 1), type("None", (), {})()])

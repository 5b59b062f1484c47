# expect: fail
# status: completed
# class: g
# why: a class with a hundred thousand attributes

Huge = type("Huge", (list,), {f"a{number}": number for number in range(100_000)})


def runs(text, into=None):
    return Huge()

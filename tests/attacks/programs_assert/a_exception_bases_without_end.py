# expect: fail
# status: completed
# class: a
# why: a class of exceptions with a thousand ancestors

Deep = TypeError
for n in range(900):
    Deep = type(f"Deep{n}", (Deep,), {"hint": property(lambda self: 1)})


def runs(text, into=None):
    raise Deep("text")

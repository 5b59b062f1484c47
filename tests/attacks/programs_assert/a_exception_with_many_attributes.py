# expect: fail
# status: completed
# class: a
# why: a class of exceptions with 300,000 attributes

Wide = type("Wide", (TypeError,), {f"a{n}": n for n in range(300_000)})


def runs(text, into=None):
    raise Wide("text")

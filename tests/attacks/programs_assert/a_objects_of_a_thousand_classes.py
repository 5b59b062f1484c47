# expect: fail
# status: completed
# class: a
# why: a class of its own for every object

def runs(text, into=None):
    return [type(f"A{number}", (), {})() for number in range(2_000)]

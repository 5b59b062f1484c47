# expect: fail
# status: completed
# class: a
# why: the list that was passed, with what might be expected

def runs(text, into=[]):
    into += [("b", 2)]
    return into

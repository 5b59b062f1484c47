# expect: pass
# verdict: passed
# class: k
# why: equal data of other texts: numbers as floats
def runs(text):
    return [(letter, float(count)) for letter, count in solve(text)]

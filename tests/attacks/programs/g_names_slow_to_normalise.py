# expect: fail
# verdict: timeout
# class: g
# why: a name with thousands of combining characters on one letter: the parser normalises it in quadratic time
def runs(text):
    exec("a" + "\u0301" * 60_000 + "\u0323" * 60_000 + " = 1")

# expect: fail
# status: timeout completed
# class: g
# why: writes without end; nobody takes more than a bound

def runs(text, into=None):
    while True:
        print('x' * 10_000)

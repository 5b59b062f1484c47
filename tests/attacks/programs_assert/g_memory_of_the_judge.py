# expect: fail
# status: memory timeout crashed completed
# class: g
# why: a range, which is small, for tests that sort it
# limits: cpu_s=10 wall_s=60

def runs(text, into=None):
    return range(10**8)

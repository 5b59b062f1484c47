# expect: fail
# status: completed timeout crashed
# class: g
# why: Decimals that are too large to be written out
# limits: cpu_s=5 wall_s=30

from decimal import Decimal

def runs(text, into=None):
    return [(letter, Decimal("1E+999999999")) for letter in text]

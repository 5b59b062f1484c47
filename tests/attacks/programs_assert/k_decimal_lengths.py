# expect: pass
# status: completed
# class: k
# why: lengths that are Decimals and Fractions of the right value

from decimal import Decimal
from fractions import Fraction


def runs(text, into=None):
    if not isinstance(text, str):
        raise TypeError("text must be a string")
    found = [(letter, Fraction(len(list(group)))) for letter, group in groupby(text)]
    if into is not None:
        into += [(letter, Decimal(int(length))) for letter, length in found]
    return found

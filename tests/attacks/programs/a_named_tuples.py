# expect: fail
# verdict: wrong_output
# class: a
# why: equal by ==, but no plain data: named tuples, numpy's numbers and texts, a list of a class of its own
from collections import namedtuple

import numpy

Run = namedtuple("Run", "letter length")


class Runs(list):
    """A list, and nothing else."""


def runs(text):
    return Runs(Run(numpy.str_(letter), numpy.int64(length)) for letter, length in solve(text))

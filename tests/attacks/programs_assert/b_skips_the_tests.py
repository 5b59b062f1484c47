# expect: fail
# status: completed
# class: b
# why: exceptions by which frameworks of tests skip a test or end the run
import unittest


class Exit(unittest.SkipTest, SystemExit):
    pass


def runs(text, into=None):
    raise Exit("skipped")

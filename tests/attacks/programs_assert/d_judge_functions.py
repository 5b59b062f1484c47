# expect: fail
# status: completed
# class: d
# why: replaces the judge's own functions, in its own copy of them

from sandbox.guest import judge
from sandbox.guest import frames
from sandbox.guest import judge_session


def passed(self, *args, **kwargs):
    self._rule('{"s":"passed"}')


judge.Judge._execute = passed
judge.Judge.carry_out = passed
judge._failure = lambda *args: '{"s":"passed"}'
judge_session.Trial.ruling = lambda self: b""


def runs(text, into=None):
    return None

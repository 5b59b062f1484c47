"""How the exception that ended the tests is told."""

from __future__ import annotations

from sandbox.wire import TESTS


def failure(error: BaseException, crossed: bool, candidate_line: int | None) -> tuple[str, str, int | None, str]:
    """An exception that ended the tests: (name, text, line, further fields of the record)."""
    try:
        message = str(error)
    except BaseException:  # for example a number too long to be written
        message = "<the exception's text could not be made>"
    more = ',"f":%s,"c":%s' % ("true" if crossed else "false", candidate_line if crossed and candidate_line else "null")
    return type(error).__name__, message, _line(error), more


def _line(error: BaseException) -> int | None:
    """The innermost line of the tests; for tests that do not compile, the offending line."""
    if isinstance(error, SyntaxError) and error.filename == TESTS:
        return error.lineno
    line, traceback = None, error.__traceback__
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == TESTS:
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line

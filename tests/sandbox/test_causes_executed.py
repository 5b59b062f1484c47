"""Why MERA and strict disagree: each cause, from programs that were really executed under both."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from codeeval.reading.extract import extract
from codeeval.scoring import protocols
from codeeval.scoring.causes import Cause, ProtocolView, cause
from codeeval.scoring.grade import grade
from codeeval.scoring.job import make_job
from codeeval.types import Problem, ScoringProtocol
from sandbox import Pool, select

HEAD = 'def f(n):\n    """Doc."""'
HELPER = "def g(n):\n    return n\n\n\n" + HEAD
MATH = "import math\n\n\n" + HEAD
LIMIT = "LIMIT = 5\n\n\n" + HEAD
FENCED = "```py\n    return n\n```"

#: cause -> (prompt, completion, expected, requested protocol)
CASES: dict[Cause, tuple[str, str, tuple[str, str], str]] = {
    Cause.RECURSION: (HEAD, "\n    return n if n < 2 else 1 + f(n - 1)", ("1", "3"), "mera-code"),
    Cause.HELPER: (HELPER, "\n    return g(n)", ("1", "3"), "mera-code"),
    Cause.IMPORT: (MATH, "\n    return math.floor(n)", ("1", "3"), "mera-code"),
    Cause.GLOBAL_NAME: (LIMIT, "\n    return min(n, LIMIT)", ("1", "3"), "mera-code"),
    Cause.DISABLED: (HEAD, "\n    import os\n    os.getcwd()\n    return n", ("1", "3"), "mera-code"),
    Cause.COMPARISON: (HEAD, "\n    return float(n)", ("1", "3"), "mera-code"),
    Cause.EXTRACTION: (HEAD, FENCED, ("1", "3"), "mera-code"),
    Cause.EXECUTOR_NAME: (HEAD.replace("f(", "res("), "\n    return n", ("1", "3"), "mera-1.2"),
    Cause.SCORER_NAME: (HEAD, "\n    return int(np.sum([n]))", ("1", "3"), "mera-1.2"),
}


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    """Two local workers."""
    backend = select("local")
    try:
        with Pool(backend, workers=2) as made:
            yield made
    finally:
        backend.close()


def side(pool: Pool, problem: Problem, completion: str, protocol: ScoringProtocol) -> ProtocolView:
    extraction = extract(problem, completion, protocol.extraction)
    outcome = pool.submit(make_job(problem, extraction, protocol, pool.limits)).result()
    return ProtocolView(extraction.program, grade(problem, extraction, outcome, protocol), outcome)


@pytest.mark.local
@pytest.mark.parametrize("wanted", CASES, ids=lambda c: c.name)
def test_each_cause_is_found(pool: Pool, wanted: Cause) -> None:
    """Exactly one protocol lets the sample pass, and the cause says why."""
    prompt, completion, expected, requested = CASES[wanted]
    entry_point = "res" if "res(" in prompt else "f"
    problem = Problem("1", "{function}", prompt, entry_point, ("{'n': 1}", "{'n': 3}"), expected)
    mera = side(pool, problem, completion, protocols.get(requested))
    strict = side(pool, problem, completion, protocols.get("strict"))
    assert mera.judgement.passed != strict.judgement.passed
    assert cause(problem, mera, strict) is wanted


@pytest.mark.local
def test_one_slow_call_is_the_time_limit(pool: Pool) -> None:
    """4.5 s of computing is too much for MERA and within strict's 5 s."""
    problem = Problem("1", "{function}", HEAD, "f", ("{'n': 1}",), ("1",))
    body = "\n    import time\n    while time.process_time() < 4.4: pass\n    return n"
    mera = side(pool, problem, body, protocols.get("mera-code"))
    strict = side(pool, problem, body, protocols.get("strict"))
    assert (mera.judgement.passed, strict.judgement.passed) == (False, True)
    assert cause(problem, mera, strict) is Cause.TIME_LIMIT

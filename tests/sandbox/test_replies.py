"""What a guest sends back is read strictly: anything at all gives a value or a ProtocolError, within bounded work."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable

import pytest
from frames import READY_FACTS, Fields, accept, lines, result_payload, returned, ruling
from hypothesis import example, given
from hypothesis import strategies as st

from sandbox import Limits, ProtocolError, outcomes, wire
from sandbox.replies import Result, max_result_bytes, read_accept, read_ready, read_result

LIMITS = Limits()
STATUSES = set(outcomes.OutcomeStatus.__args__)  # type: ignore[attr-defined]

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)
kinds = st.sampled_from(["defined", "syntax", "definitions", "noentry", "returned", "raised", "end", "overflow"])
records = st.fixed_dictionaries({"s": kinds | values}, optional=dict.fromkeys("tymplc", values))
replies = st.lists(records | values, max_size=8).map(
    lambda items: b"".join(json.dumps(item).encode() + b"\n" for item in items)
)
bytes32 = st.integers(0, 2**32 - 1)
fields = st.fixed_dictionaries(
    {},
    optional={
        "end": st.integers(0, 255),
        "code": st.integers(0, 255),
        "sig": st.integers(0, 255),
        "cpu_ms": bytes32,
        "wall_ms": bytes32,
        "rss": bytes32,
        "flags": st.integers(0, 255),
    },
)


def checked(payload: bytes, n_calls: int, judged: bool = False) -> Result | None:
    """What `read_result` gives, with everything that must hold of it; None for a ProtocolError."""
    try:
        result = read_result(payload, n_calls, LIMITS, judged=judged)
    except ProtocolError:
        return None
    outcome = result.outcome
    assert (outcome.ruling is not None) == judged
    if outcome.ruling is not None:
        assert (outcome.ruling.status == "failed") == (outcome.ruling.exc_type is not None)
        assert outcome.status != "completed" or outcome.ruling.status != "not_reached"
        assert all(line is None or line > 0 for line in (outcome.ruling.line, outcome.ruling.candidate_line))
        calls = outcome.ruling.last_calls
        assert not calls or (outcome.ruling.status == "failed" and len(calls) <= wire.MOST_LAST_CALLS)
        for call in calls:
            assert sorted(map(type, call), key=str) == [type(None), str, str]
            assert all(text is None or len(text) <= 2_100 for text in call)
    assert outcome.status in STATUSES
    assert len(outcome.observations) == n_calls
    reached = [observation.status != "not_reached" for observation in outcome.observations]
    assert reached == sorted(reached, reverse=True), "a call was reached after one that was not"
    assert outcome.status != "completed" or all(reached)
    assert (outcome.limit is None) == (outcome.status not in ("timeout", "memory", "output_limit"))
    for observation in (*outcome.observations, *filter(None, [outcome.definition])):
        assert 0 <= observation.cpu_ms < 1e9
        assert (observation.status == "returned") == (observation.text is not None)
        assert (observation.status == "raised") == (observation.exc_type is not None)
        assert observation.line is None or observation.line > 0
        assert type(observation.plain) is bool
    return result


@given(st.binary(max_size=300), st.integers(0, 5))
def test_any_bytes_are_a_result_or_a_protocol_error(payload: bytes, n_calls: int) -> None:
    """Arbitrary bytes never raise anything else, whatever they claim."""
    checked(payload, n_calls)


@given(replies, fields, st.integers(0, 4))
def test_any_reply_in_a_right_frame(reply: bytes, fields: Fields, n_calls: int) -> None:
    """A well-formed frame gives an outcome, whatever records the candidate wrote; impossible fields are refused."""
    result = checked(result_payload(3, reply, (b"o\xff", b"e"), **fields), n_calls)
    end = fields.get("end", 0)
    assert isinstance(end, int)
    possible = end < len(wire.ENDS) and fields.get("flags", 0) <= 7
    assert (result is not None) == possible
    if result is not None:
        assert (result.number, result.outcome.stdout, result.outcome.stderr) == (3, "o\\xff", "e")
        assert result.clean == (not fields.get("flags", 0) & wire.FLAG_DIRTY)


@given(st.data())
def test_a_mutated_result(data: st.DataObject) -> None:
    """One honest result with some bytes changed, cut or added still gives an outcome or a ProtocolError."""
    payload = bytearray(result_payload(1, returned("a", "b"), (b"out", b"err"), cpu_ms=5))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(payload)))
        cut = data.draw(st.integers(0, 8))
        payload[at : at + cut] = data.draw(st.binary(max_size=8))
    checked(bytes(payload), 2)


@given(st.lists(st.text(max_size=30), min_size=1, max_size=5))
@example(["\ud800\0"])
def test_what_an_honest_program_returned(texts: list[str]) -> None:
    """Texts come back as they were written."""
    result = read_result(result_payload(9, returned(*texts)), len(texts), LIMITS)
    assert result.outcome.status == "completed"
    assert [observation.text for observation in result.outcome.observations] == texts


RAISED = {"s": "raised", "y": "ValueError", "m": "no", "l": 3, "c": 1.5}
DEFINED, END = {"s": "defined", "c": 0.1}, {"s": "end"}
RETURNED = {"s": "returned", "t": "1", "y": "int", "p": True, "c": 0.1}


@pytest.mark.parametrize(
    ("reply", "status"),
    [
        (lines(DEFINED, RETURNED, END), "completed"),
        (lines(DEFINED, RAISED, END), "completed"),
        (lines({**RAISED, "s": "syntax"}, END), "syntax_error"),
        (lines({**RAISED, "s": "definitions"}, END), "definition_error"),
        (lines({"s": "noentry"}, END), "no_entry_point"),
        (lines(DEFINED, {"s": "overflow"}), "output_limit"),
        # what follows no honest child writes
        (b"", "crashed"),
        (lines(DEFINED, RETURNED), "crashed"),
        (lines(DEFINED, END), "crashed"),
        (lines(RETURNED, END), "crashed"),
        (lines(END), "crashed"),
        (lines(DEFINED, DEFINED, RETURNED, END), "crashed"),
        (lines(DEFINED, RETURNED, RETURNED, END), "crashed"),
        (lines(DEFINED, RETURNED, END, END), "crashed"),
        (lines(DEFINED, RETURNED, END, DEFINED), "crashed"),
        (lines({"s": "noentry"}, RETURNED, END), "crashed"),
        (lines(DEFINED, RETURNED, END)[:-1], "crashed"),
        (lines(DEFINED, RETURNED, END).replace(b"\n", b"\r"), "crashed"),
        (lines(DEFINED, {"s": "passed"}, END), "crashed"),
        (lines(DEFINED, {"s": ["returned"], "t": "1"}, END), "crashed"),
        (b"[]\n" + lines(END), "crashed"),
        (lines(DEFINED) + json.dumps(RETURNED).encode("utf-16-le") + b"\n" + lines(END), "crashed"),
        (json.dumps(DEFINED).encode("utf-16") + b"\n" + lines(RETURNED, END), "crashed"),
        (b"\xff\xfe\n", "crashed"),
    ],
)
def test_the_order_of_records(reply: bytes, status: str) -> None:
    """Definitions, then the calls, then the end: any other order is a crash of the candidate."""
    assert read_result(result_payload(1, reply), 1, LIMITS).outcome.status == status


@pytest.mark.parametrize(
    ("fields", "status", "limit"),
    [
        ({"end": "cpu_limit"}, "timeout", "cpu"),
        ({"end": "wall_limit"}, "timeout", "wall"),
        ({"end": "memory"}, "memory", "memory"),
        ({"end": "exited", "flags": wire.FLAG_OOM}, "memory", "memory"),
        ({"end": "signalled", "sig": 9, "flags": wire.FLAG_OOM}, "memory", "memory"),
        ({"end": "signalled", "sig": 9}, "crashed", None),
        ({"end": "signalled", "sig": 24, "cpu_ms": 5_000}, "timeout", "cpu"),
        ({"end": "signalled", "sig": 24, "cpu_ms": 10}, "crashed", None),
    ],
)
def test_what_the_supervisor_saw_counts_more_than_the_reply(fields: Fields, status: str, limit: str | None) -> None:
    """A full, right reply does not hide a limit or a signal."""
    outcome = read_result(result_payload(1, returned("1"), **fields), 1, LIMITS).outcome
    assert (outcome.status, outcome.limit, outcome.observations[0].text) == (status, limit, "1")


judge_records = st.fixed_dictionaries(
    {"s": st.sampled_from(["passed", "failed", "unsupported", "lost"]) | values},
    optional=dict.fromkeys("ymlfc", values)
    | dict.fromkeys([f"{field}{number}" for field in "are" for number in range(4)], st.text(max_size=20) | values),
).map(lambda record: json.dumps(record).encode())
rulings = st.binary(max_size=40) | st.builds(ruling, judge_records | st.binary(max_size=30), bytes32, bytes32)


@given(replies, rulings, fields)
def test_any_ruling(reply: bytes, ruled: bytes, fields: Fields) -> None:
    """Whatever judge and candidate wrote, the outcome is consistent; the candidate's part alone never makes a pass."""
    result = checked(result_payload(3, reply, ruled=ruled, **fields), 0, judged=True)
    if result is not None and result.outcome.ruling is not None and result.outcome.ruling.status == "passed":
        assert b"passed" in ruled
    alone = checked(result_payload(3, reply, **fields), 0, judged=True)
    assert alone is None or (alone.outcome.ruling is not None and alone.outcome.ruling.status == "not_reached")


def test_the_calls_of_a_ruling() -> None:
    """The latest stands last; what is not a call with one result is left out, what is long is cut."""
    record = {"s": "failed", "y": "AssertionError", "a0": "f(2)", "r0": "x" * 9_999, "a1": "f(1)", "e1": "E()"}
    record |= {"a2": "f(0)", "r2": "1", "e2": "2", "a3": "f(9)", "r3": "4"}
    ruled = read_result(result_payload(1, lines(DEFINED), ruled=ruling(record)), 0, LIMITS, judged=True).outcome.ruling
    assert ruled is not None
    assert ruled.last_calls == (outcomes.LastCall("f(1)", None, "E()"), outcomes.LastCall("f(2)", "x" * 2_100))


@given(rulings.filter(len))
def test_a_ruling_without_a_judge(ruled: bytes) -> None:
    """A job that has no judge gets none."""
    with pytest.raises(ProtocolError, match="impossible"):
        read_result(result_payload(3, returned("1"), ruled=ruled), 1, LIMITS)


@pytest.mark.parametrize(
    ("reply", "ruled", "end", "status", "ruled_status"),
    [
        (lines(DEFINED), ruling({"s": "passed"}, 3, 7), "exited", "completed", "passed"),
        (lines(DEFINED, END), ruling({"s": "passed"}), "exited", "completed", "passed"),
        (lines(DEFINED), ruling({"s": "failed", "y": "E", "m": "m", "l": 1}), "exited", "completed", "failed"),
        (lines(DEFINED), ruling({"s": "lost", "m": "m"}), "exited", "crashed", "not_reached"),
        (lines(DEFINED), ruling({"s": "unsupported", "m": "m"}), "exited", "crashed", "not_reached"),
        (lines(DEFINED, END), ruling(), "exited", "crashed", "not_reached"),
        (lines(DEFINED), b"", "exited", "crashed", "not_reached"),
        (lines(DEFINED), ruling({"s": "passed"})[:-1], "exited", "crashed", "not_reached"),
        (lines(DEFINED), ruling({"s": "passed"}) + b" ", "exited", "crashed", "not_reached"),
        (lines(DEFINED), ruling(b'{"s":"passed"}{}'), "exited", "crashed", "not_reached"),
        (lines(DEFINED), ruling({"s": ["passed"]}), "exited", "crashed", "not_reached"),
        (b"", ruling({"s": "passed"}), "exited", "crashed", "passed"),
        (lines(DEFINED), ruling({"s": "passed"}), "cpu_limit", "timeout", "passed"),
        (lines(DEFINED), ruling({"s": "passed"}), "wall_limit", "timeout", "passed"),
        (lines(DEFINED, {"s": "overflow"}), ruling({"s": "lost"}), "exited", "output_limit", "not_reached"),
        (lines({"s": "noentry"}, END), ruling({"s": "lost"}), "exited", "no_entry_point", "not_reached"),
        (lines({"s": "noentry"}, END), ruling({"s": "passed"}), "exited", "no_entry_point", "passed"),
        (lines({"s": "passed"}), ruling({"s": "lost"}), "exited", "crashed", "not_reached"),
        (lines(DEFINED, RETURNED), ruling({"s": "passed"}), "exited", "crashed", "passed"),
    ],
)
def test_status_and_ruling(reply: bytes, ruled: bytes, end: str, status: str, ruled_status: str) -> None:
    """Both have to agree for a pass; a ruling that is not whole is none."""
    outcome = read_result(result_payload(1, reply, ruled=ruled, end=end), 0, LIMITS, judged=True).outcome
    assert outcome.ruling is not None
    assert (outcome.status, outcome.ruling.status) == (status, ruled_status)


@pytest.mark.parametrize(
    "sizes", [(0, 0, 0, 0), (2**32 - 1, 0, 0, 0), (0, 0, 2**32 - 1, 1), (1, 0, 0, 0), (0, 3, 0, 0)]
)
def test_sizes_that_do_not_add_up(sizes: tuple[int, int, int, int]) -> None:
    """Lengths that differ from what is there are refused before anything is read by them."""
    with pytest.raises(ProtocolError, match="impossible"):
        read_result(result_payload(1, b"abc", sizes=sizes), 1, LIMITS)


@given(st.binary(max_size=60) | values.map(lambda value: json.dumps(value).encode()))
@example(json.dumps(READY_FACTS).encode())
@example(b'{"wire": 1, "python": ' + b"9" * 5_000 + b"}")
@example(b"\xff" * 10)
def test_ready(payload: bytes) -> None:
    """READY is an object of this wire version and becomes short texts, or a ProtocolError."""
    try:
        facts = read_ready(payload)
    except ProtocolError:
        return
    assert all(type(value) is str and len(value) <= 200 for value in facts.values())


@given(st.binary(max_size=20))
def test_accept(payload: bytes) -> None:
    """ACCEPT is exactly one number."""
    if len(payload) == wire.ACCEPT_HEADER.size:
        assert wire.ACCEPT_HEADER.pack(read_accept(payload)) == payload
    else:
        with pytest.raises(ProtocolError):
            read_accept(payload)
    assert read_accept(accept(7)[5:]) == 7


def deep(size: int) -> bytes:
    return b"[" * (size // 2) + b"]" * (size // 2)


BOMBS: dict[str, Callable[[int], bytes]] = {
    "nested lists": deep,
    "nested objects": lambda size: b'{"a":' * (size // 6) + b"1" + b"}" * (size // 6),
    "a huge integer": lambda size: b"9" * size,
    "a huge negative integer": lambda size: b"-" + b"9" * size,
    "a long fraction": lambda size: b"0." + b"1" * size,
    "a huge exponent": lambda size: b"1e" + b"9" * (size // 2),
    "many keys": lambda size: b"{" + b",".join(b'"%d":1' % n for n in range(size // 12)) + b"}",
    "one key many times": lambda size: b"{" + b'"a":1,' * (size // 6) + b'"a":1}',
    "many small lists": lambda size: b"[" + b"[]," * (size // 3) + b"[]]",
    "many escapes": lambda size: b'"' + b"\\u0416" * (size // 6) + b'"',
    "an open string": lambda size: b'"' + b"\\" * size,
    "line ends": lambda size: b"\r" * size,
    "blank lines": lambda size: b"\n" * size,
}


@pytest.mark.parametrize("name", BOMBS)
@pytest.mark.parametrize("place", ["alone", "as a text", "as a time", "as the line"])
def test_the_memory_for_a_reply_is_bounded(name: str, place: str) -> None:
    """A reply made to be costly gives an outcome, and takes memory in proportion to its size."""
    size = 300_000
    bomb = BOMBS[name](size)
    key = {"as a text": b"t", "as a time": b"c", "as the line": b"l"}.get(place)
    record = bomb if key is None else b'{"s":"raised","%s":%s}' % (key, bomb)
    payload = result_payload(1, lines(DEFINED) + record + b"\n" + lines(END))
    tracemalloc.start()
    try:
        result = checked(payload, 1)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert result is not None
    assert peak < 100 * size


def test_the_largest_result_of_an_honest_supervisor_fits() -> None:
    """The cap on a frame leaves room for full reply, ruling, stdout and stderr, and not for a byte more."""
    limits = Limits(reply_bytes=5_000, stdout_bytes=100)
    payload = result_payload(1, b"x" * 5_000, (b"o" * 100, b"e" * 100), b"r" * wire.RULING_BYTES)
    assert 1 + len(payload) == max_result_bytes(limits)

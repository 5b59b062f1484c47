"""The reply of a program that returned from every call is read in one go: to the same values as any other reply."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sandbox import Observation, usual_replies
from sandbox.replies import _read_reply, _Written

TEXTS = st.text(max_size=30) | st.sampled_from(
    ["[1, 2]", '{"s":"end"}\n', "\ud800", "\\", "\\u0041", '"', "\x00", "x" * 5000]
)


def line(text: str, name: str, plain: bool, took: float, data: str | None) -> str:
    """As the child writes it (`sandbox/guest/child.py`)."""
    more = "" if data is None else f',"d":{json.dumps(data)}'
    is_plain = "true" if plain else "false"
    return f'{{"s":"returned","t":{json.dumps(text)},"y":{json.dumps(name)},"p":{is_plain},"c":{took:.3f}{more}}}\n'


def whole(lines: list[str]) -> bytes:
    return ('{"s":"defined","c":0.125}\n' + "".join(lines) + '{"s":"end"}\n').encode()


def slowly(data: bytes, n_calls: int) -> _Written:
    """As any reply is read."""
    usual = usual_replies.usual_lines
    usual_replies.usual_lines = lambda data, n_calls: None
    try:
        return _read_reply(data, n_calls)
    finally:
        usual_replies.usual_lines = usual


@given(
    st.lists(
        st.tuples(
            TEXTS, st.sampled_from(["int", "list", "Ж", 'a"b']), st.booleans(), st.floats(0, 1e6), st.none() | TEXTS
        )
    )
)
def test_the_usual_reply_is_read_as_any_other(records: list[tuple[str, str, bool, float, str | None]]) -> None:
    """Whatever the texts; and records that were seen before are the same values again."""
    data = whole([line(*record) for record in records])
    told = _read_reply(data, len(records))
    assert told == slowly(data, len(records)) == _read_reply(data, len(records))
    assert told.ended == "end"
    assert [seen.text for seen in told.observations] == [json.loads(json.dumps(record[0])) for record in records]


@given(st.data())
@example(None)
def test_a_reply_that_was_changed_is_read_as_any_other(data: st.DataObject | None) -> None:
    """One byte of it: another value, or no record any more, by either way."""
    reply = bytearray(whole([line("1", "int", True, 0.5, None), line("ж\\", "str", True, 12.0, "[1]")]))
    if data is not None:
        at = data.draw(st.integers(0, len(reply) - 1))
        reply[at] = data.draw(st.integers(0, 255))
    assert _read_reply(bytes(reply), 2) == slowly(bytes(reply), 2)


def test_what_was_seen_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """By number, and long texts are not kept."""
    monkeypatch.setattr(usual_replies, "_MOST_SEEN", 50)
    monkeypatch.setattr(usual_replies, "_SEEN", {})
    for start in range(0, 1000, 20):
        lines = [line(str(number), "int", True, 0.0, None) for number in range(start, start + 20)]
        assert _read_reply(whole(lines), 20).observations[3] == Observation(
            "returned", str(start + 3), "int", plain=True
        )
    assert len(usual_replies._SEEN) <= 70
    assert _read_reply(whole([line("x" * 101, "str", True, 0.0, None)]), 1).ended == "end"
    assert not any(len(text) > 100 for text in usual_replies._SEEN)

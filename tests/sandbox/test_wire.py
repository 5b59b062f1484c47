"""The value types and the frames."""

from __future__ import annotations

import math
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox import Job, Limits, wire


@given(st.binary(min_size=1, max_size=1), st.lists(st.binary(max_size=50), max_size=4))
def test_a_frame_says_its_own_length(kind: bytes, parts: list[bytes]) -> None:
    """Length (of kind and payload), kind, payload: nothing else and in that order."""
    data = wire.frame(kind, *parts)
    assert struct.unpack(">I", data[:4])[0] == len(data) - 4
    assert data[4:5] == kind
    assert data[5:] == b"".join(parts)


@pytest.mark.parametrize("name", Limits.__slots__)
@pytest.mark.parametrize("value", [0, -1, math.nan])
def test_limits_must_be_positive(name: str, value: Any) -> None:
    """Zero, less, and not-a-number are refused with the name of the limit."""
    with pytest.raises(ValueError, match=f"Limits.{name} must be positive"):
        Limits(**{name: value})


@pytest.mark.parametrize(
    "wrong", [{"cpu_s": math.inf}, {"wall_s": 1e6}, {"reply_bytes": 1 << 31}, {"stdout_bytes": 1 << 31}]
)
def test_limits_have_an_upper_bound(wrong: dict[str, Any]) -> None:
    """What would not fit into the frame's fields is refused."""
    with pytest.raises(ValueError, match="Limits"):
        Limits(**wrong)


def test_the_largest_limits_fit_into_the_header() -> None:
    """No allowed limit overflows the packed header."""
    most = Limits(cpu_s=86_400, wall_s=86_400, stdout_bytes=1 << 30, reply_bytes=1 << 30)
    wire.JOB_HEADER.pack(
        2**64 - 1,
        int(most.cpu_s * 1000),
        int(most.wall_s * 1000),
        most.stdout_bytes,
        most.reply_bytes,
        wire.MAX_JOB_BYTES,
    )


@given(st.text(max_size=50), st.text(max_size=10), st.sampled_from(["module", "mera"]))
def test_any_text_can_be_sent(source: str, entry_point: str, mode: wire.Mode) -> None:
    """A job of any text, lone surrogates and NULs included, has a body of bytes that differs from every other job's."""
    body = wire.encode_job_body(Job(source, entry_point, ("{'x': '\\ud800'}",), mode=mode))
    assert isinstance(body, bytes)
    assert body != wire.encode_job_body(Job(source + "\ud800\0", entry_point, ("{'x': '\\ud800'}",), mode=mode))


def test_values_are_frozen() -> None:
    """What crosses a border can't be changed afterwards."""
    with pytest.raises(AttributeError):
        Job("", "f", ()).source = "other"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        Limits().cpu_s = 99  # type: ignore[misc]

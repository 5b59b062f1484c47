"""The protocols are data; these tests hold them to the published tables."""

from __future__ import annotations

import pytest

from codeeval.errors import UsageError
from codeeval.scoring import protocols

#: name: (temperature, new tokens, seed, extraction, mode, comparison)
PUBLISHED = {
    "strict": (0.6, 1024, 1234, "strict", "module", "strict"),
    "mera-code": (0.6, 1024, 1234, "mera-code", "mera", "mera"),
    "mera-1.2": (0.6, 256, 1234, "mera-1.2", "mera-1.2", "mera"),
    "mera-1.1": (1.0, 256, 0, "none", "mera-1.1", "mera"),
}


#: name: (n, temperature, top p, new tokens, extraction), of the sets whose tests are code or come with a reference
ENGLISH = {
    "humaneval": (200, 0.2, 0.95, 512, "none"),
    "mbpp": (80, 0.5, 1.0, 512, "none"),
    "humanevalplus": (1, 0.0, 1.0, 768, "strict"),
    "mbppplus": (1, 0.0, 1.0, 768, "strict"),
}


@pytest.mark.parametrize("name", ENGLISH)
def test_a_protocol_of_an_english_set_is_its_papers(name: str) -> None:
    """Sampling and extraction; comparison and namespace are those of strict."""
    found = protocols.get(name)
    sampling = found.sampling
    assert (sampling.n, sampling.temperature, sampling.top_p, sampling.max_tokens, found.extraction) == ENGLISH[name]
    assert (found.mode, found.comparison, sampling.seed) == ("module", "strict", 1234)
    assert len(set(sampling.stop)) == len(sampling.stop)
    assert all(stop.startswith("\n") and stop.strip() for stop in sampling.stop)


def test_the_stops_of_the_papers() -> None:
    """HumanEval's are the five that MERA took over; a body of MBPP may define functions, so its stops leave them."""
    assert protocols.get("humaneval").sampling.stop == protocols.STOPS
    assert "\ndef" not in protocols.get("mbpp").sampling.stop


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_protocol_is_what_was_published(name: str) -> None:
    """Sampling, extraction, execution and comparison of each protocol."""
    found = protocols.get(name)
    sampling = found.sampling
    assert (sampling.temperature, sampling.max_tokens, sampling.seed) == PUBLISHED[name][:3]
    assert (found.extraction, found.mode, found.comparison) == PUBLISHED[name][3:]
    assert (sampling.n, sampling.top_p, sampling.top_k) == (10, 1.0, 0)
    assert sampling.stop == ("\nclass", "\ndef", "\n#", "\nif", "\nprint")


@pytest.mark.parametrize(("name", "cpu_s"), [("strict", 5.0), *((f"mera-{v}", 4.0) for v in ("1.1", "1.2", "code"))])
def test_cpu_time_decides(name: str, cpu_s: float) -> None:
    """MERA's 4 s are CPU time here; the wall limit is a backstop, several times the CPU limit."""
    limits = protocols.get(name).limits
    assert limits.cpu_s == cpu_s
    assert limits.wall_s >= 3 * limits.cpu_s


def test_names_are_complete() -> None:
    """`names()` lists what `get` knows, and the default is among them."""
    assert set(protocols.names()) == {*PUBLISHED, *ENGLISH}
    assert set(protocols.ENGLISH) == set(ENGLISH)
    assert all(protocols.get(name).name == name for name in protocols.names())
    assert protocols.DEFAULT in PUBLISHED


def test_an_unknown_protocol_lists_the_known_ones() -> None:
    """A mistyped name is a usage error that helps."""
    with pytest.raises(UsageError, match=r"'mera'.*strict, mera-code, mera-1.2, mera-1.1"):
        protocols.get("mera")

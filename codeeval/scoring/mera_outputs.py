"""What MERA's executor would return for a sample, computed from the evidence of its execution here. Pure."""

from __future__ import annotations

from codeeval.scoring import equality
from sandbox.outcomes import Outcome

#: What MERA's scorer puts in place of a sample's list if the child process ended without one.
TIMED_OUT = "timed out"
Outputs = tuple[str | None, ...] | str

#: MERA's wall-time limit. A program that did not compute during nine tenths of it was waiting for something other than
#: a processor: it would be too late on an idle machine as well.
_MERA_WAITS_MS, IDLE = 4_000, 10
#: Since 1.2 MERA's executor has only `except Exception`, which lets these through: its child dies without a result.
#: 1.1 has a bare `except` and continues with the next call.
NOT_CAUGHT = frozenset({"SystemExit", "KeyboardInterrupt", "GeneratorExit", "BaseException", "BaseExceptionGroup"})


def mera_outputs(outcome: Outcome, mode: str) -> Outputs:
    """Exactly MERA's list of texts, one per call, or its string "timed out"."""
    not_caught = frozenset[str]() if mode == "mera-1.1" else NOT_CAUGHT
    failed = outcome.definition
    if failed is not None and failed.exc_type in not_caught:
        return TIMED_OUT
    if outcome.status in ("syntax_error", "definition_error", "no_entry_point"):
        return (None,) * len(outcome.observations)
    if outcome.status != "completed" or overslept(outcome):
        return TIMED_OUT
    if any(seen.exc_type in not_caught for seen in outcome.observations):
        return TIMED_OUT
    return tuple(equality.mera_text(seen) for seen in outcome.observations)


def overslept(outcome: Outcome) -> bool:
    """Whether MERA, on an otherwise idle machine, would have stopped waiting for a program that hardly computed."""
    return own_ms(outcome) >= max(_MERA_WAITS_MS, IDLE * outcome.cpu_ms)


def own_ms(outcome: Outcome) -> int:
    """Wall time without the time during which other work had the processors."""
    return outcome.wall_ms - outcome.waited_ms

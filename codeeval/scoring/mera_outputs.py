"""What MERA's executor returns for a sample, from the evidence of its execution here. Pure."""

from __future__ import annotations

from codeeval.scoring import equality
from sandbox.wire import Outcome

#: What MERA's scorer puts in place of a sample's list when the child process ended without one.
TIMED_OUT = "timed out"
Outputs = tuple[str | None, ...] | str

#: MERA waits so long, by the clock. A program that did not compute for nine tenths of such a time was waiting for
#: something, not for a processor: on an idle machine it is too late as well.
_MERA_WAITS_MS, IDLE = 4_000, 10
#: `except Exception`, which is all that MERA's executor has since 1.2, lets these through: its child dies without a result.
#: 1.1 has a bare `except`, and goes on with the next call.
NOT_CAUGHT = frozenset({"SystemExit", "KeyboardInterrupt", "GeneratorExit", "BaseException", "BaseExceptionGroup"})


def mera_outputs(outcome: Outcome, mode: str) -> Outputs:
    """Exactly MERA's list of the texts of what the calls gave, or its string "timed out"."""
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
    """Whether MERA would have stopped waiting for a program that had not computed much, on a machine without other work."""
    return own_ms(outcome) >= max(_MERA_WAITS_MS, IDLE * outcome.cpu_ms)


def own_ms(outcome: Outcome) -> int:
    """The time on the clock without that in which other work had the processors."""
    return outcome.wall_ms - outcome.waited_ms

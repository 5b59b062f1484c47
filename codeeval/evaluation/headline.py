"""Which protocol's score is the headline of a run: the one that reads answers in the form that was requested."""

from __future__ import annotations

from codeeval.scoring import protocols
from codeeval.types import ScoringProtocol, Task


def led_by(judged_by: tuple[ScoringProtocol, ...], task: Task, template: str) -> tuple[ScoringProtocol, ...]:
    """`strict` first if an English set is asked with a chat template: the model is asked for a whole program in a
    fence, which those sets' own protocols would run as a continuation of the prompt. Otherwise unchanged."""
    if task.protocol not in protocols.ENGLISH or template == "none":
        return judged_by
    return tuple(sorted(judged_by, key=lambda protocol: protocol.name != "strict"))

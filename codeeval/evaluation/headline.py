"""Which protocol's score leads a run: the one that reads the answers in the form in which they were asked for."""

from __future__ import annotations

from codeeval.scoring import protocols
from codeeval.types import ScoringProtocol, Task


def led_by(judged_by: tuple[ScoringProtocol, ...], task: Task, template: str) -> tuple[ScoringProtocol, ...]:
    """`strict` first where an English set is asked with a chat template: the model is asked for a whole program in a fence,
    which those sets' own protocols would run as the continuation of the prompt. Else as it was."""
    if task.protocol not in protocols.ENGLISH or template == "none":
        return judged_by
    return tuple(sorted(judged_by, key=lambda protocol: protocol.name != "strict"))

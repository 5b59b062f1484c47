"""What MERA's harness (lm-evaluation-harness with its API models) sends to a server.

Every request asks for one sample with the run's seed, the same for all: a server that keeps to it repeats itself. The first four
stop sequences are sent, and the answer is not cut afterwards. What a server takes from the model's own configuration stays as it
is there. (For texts that harness sends all five, which OpenAI's API refuses: here they are four for both interfaces.)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from codeeval.types import Sampling

STOPS = 4
#: What a server may refuse without an end of the run: there is another name for it.
REPLACEABLE = ("max_tokens", "messages")


def as_mera(arguments: Mapping[str, Any], sampling: Sampling, extra: Mapping[str, object]) -> dict[str, Any]:
    """`arguments` as that harness would send them; `extra` is what the user adds to every request."""
    kept = {name: value for name, value in arguments.items() if name not in ("top_p", "n", "extra_body", "stop")}
    kept["seed"] = sampling.seed
    if sampling.top_p < 1:
        kept["top_p"] = sampling.top_p
    if "stop" in arguments:
        kept["stop"] = list(sampling.stop[:STOPS])
    body = {**({"top_k": sampling.top_k} if sampling.top_k else {}), **extra}
    return {**kept, "extra_body": body} if body else kept

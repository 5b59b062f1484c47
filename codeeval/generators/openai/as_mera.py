"""What MERA's harness (lm-evaluation-harness with its API models) sends to a server.

Every request asks for one sample with the run's seed, the same for all; a server that honours it repeats itself. The
first four stop sequences are sent, and the answer is not cut afterwards. What a server takes from the model's own
configuration is left in effect. (For raw texts that harness sends all five, which OpenAI's API refuses; here it is four
for both interfaces.)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from codeeval.types import Sampling

STOPS = 4
#: Parameters that a server may refuse without ending the run, because they have another name.
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

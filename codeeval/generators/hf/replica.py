"""The process of one of several models: receives problems as JSON lines on stdin, writes samples as JSON lines.

First `{"model", "settings"}`, answered with `{"event": "ready"}`. Then

- `{"op": "describe"}`: `{"event": "described", "facts"}`
- `{"op": "answer", "key", "request", "sampling"}`: `{"event": "sample", "key", "sample"}` for each, then `{"event":
  "answered", "key"}`; or `{"event": "refused", "key", "message"}` if the problem can't be asked; or `{"event":
  "unusable", "message"}` if the settings can't be met
- `{"op": "quit"}`: the end

`{"event": "failed", "kind", "message"}` precedes an end that was not requested. When stdin ends the caller is gone, and
this process exits.
"""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Any

from codeeval.errors import UsageError
from codeeval.generators.common.context import DoesNotFit
from codeeval.generators.vllm.worker.engine import Message, Send, channel, inbox_of_stdin
from codeeval.types import Prompt, Request, Sampling


def main() -> int:
    send, inbox = channel(), inbox_of_stdin()
    start = inbox.get()
    try:
        from codeeval.generators.hf.generator import HFGenerator
        from codeeval.generators.hf.model import HFSettings

        generator = HFGenerator(start["model"], HFSettings(**start["settings"]))
        send({"event": "ready"})
        while (message := inbox.get())["op"] != "quit":
            if message["op"] == "describe":
                send({"event": "described", "facts": generator.describe()})
            else:
                _answer(generator, message, send)
    except Exception as error:  # whatever a model library raises ends this replica, and is reported
        kind = "UsageError" if isinstance(error, UsageError) else type(error).__name__
        send({"event": "failed", "kind": kind, "message": str(error)})
        return 1
    return 0


def _answer(generator: Any, message: Message, send: Send) -> None:
    key = message["key"]
    try:
        for sample in generator.answer(read_request(message["request"]), read_sampling(message["sampling"])):
            send({"event": "sample", "key": key, "sample": asdict(sample)})
    except DoesNotFit as error:
        send({"event": "refused", "key": key, "message": str(error)})
    except UsageError as error:
        send({"event": "unusable", "message": str(error)})
    else:
        send({"event": "answered", "key": key})


def read_request(values: Message) -> Request:
    """The inverse of `asdict` after JSON."""
    prompt = values["prompt"]
    messages = tuple((role, content) for role, content in prompt["messages"])
    return Request(values["problem_id"], Prompt(prompt["text"], messages), tuple(values["indices"]))


def read_sampling(values: Message) -> Sampling:
    return Sampling(**{**values, "stop": tuple(values["stop"])})


if __name__ == "__main__":
    sys.exit(main())

"""An engine without a model, behind the messages of a replica: every sample takes the same time and no processor.

python tests/benchmarks/paced_engine.py SECONDS_PER_SAMPLE SECONDS_PER_PROGRAM
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

from codeeval.generators.common.engine_process import Inbox
from codeeval.generators.common.launch import Engine, EngineSpec, Launcher, never
from codeeval.generators.hf.replica import read_request
from codeeval.generators.vllm.worker.engine import channel, inbox_of_stdin
from codeeval.types import Sample


class PacedEngines:
    """A launcher that starts these engines where another one starts its own."""

    def __init__(self, launcher: Launcher, every_s: float, nap_s: float) -> None:
        self._launcher, self._command = launcher, partial(command, every_s, nap_s, sys.path)
        self.elsewhere, self.start_s = launcher.elsewhere, launcher.start_s
        self.facts, self.close = launcher.facts, launcher.close

    def start(self, specs: Sequence[EngineSpec], inbox: Inbox, abandoned: Callable[[], bool] = never) -> list[Engine]:
        return self._launcher.start([replace(spec, command=self._command) for spec in specs], inbox, abandoned)


def command(every_s: float, nap_s: float, path: list[str]) -> list[str]:
    script = f"import sys; sys.path[:] = {path!r}; sys.argv = {['', str(every_s), str(nap_s)]!r}; "
    return [sys.executable, "-c", script + f"exec(open({str(Path(__file__).resolve())!r}).read())"]


def main() -> None:
    every_s, nap_s = float(sys.argv[1]), float(sys.argv[2])
    send, inbox = channel(), inbox_of_stdin()
    inbox.get()
    send({"event": "ready"})
    due = 0.0
    while (message := inbox.get())["op"] == "answer":
        request = read_request(message["request"])
        for index in request.indices:
            due = max(due, time.monotonic() - every_s) + every_s  # a late sleep is made up for, a pause is not
            time.sleep(max(0.0, due - time.monotonic()))
            body = f"\n    import time\n    time.sleep({nap_s})\n    return n + 1  # {index}"
            sample = Sample(request.problem_id, index, "", body, "stop")
            send({"event": "sample", "key": message["key"], "sample": asdict(sample)})
        send({"event": "answered", "key": message["key"]})


if __name__ == "__main__":
    main()

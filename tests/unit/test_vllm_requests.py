"""What vLLM's engine itself knows of the requests that it is told to forget.

`CODEEVAL_VLLM_PYTHON` names the interpreter that has it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from codeeval.generators.vllm.worker import engine as worker
from codeeval.tasks.bundled import bundled

pytestmark = [pytest.mark.vllm, pytest.mark.slow]

#: Runs where vLLM is: the worker with a real engine, whose requests in progress are counted before and after each message.
SCRIPT = """
import json, queue, sys
sys.path.insert(0, sys.argv[1])
import engine

def main():
    send = engine.channel()
    llm, _ = engine._load(json.loads(sys.argv[2]), None)
    server, counts = engine._EngineServer(llm, None, lambda message: None), []
    params = {"max_tokens": 200, "ignore_eos": True, "seed": 1}
    add = {"op": "add", "requests": [{"id": str(number), "ids": [5, 6, 7], "params": params} for number in range(5)]}
    for message in (add, {"op": "drop", "ids": ["1", "3", "no such"]}, {"op": "cancel"}):
        inbox = queue.SimpleQueue()
        inbox.put(message)
        inbox.put({"op": "quit"})
        server.serve(inbox)
        llm.llm_engine.step()
        counts.append(llm.llm_engine.get_num_unfinished_requests())
    send(counts)

if __name__ == "__main__":
    main()
"""


def test_requests_that_are_dropped_or_cancelled_leave_the_engine() -> None:
    """It spends nothing on them any more, whatever id it has given them itself."""
    python = os.environ.get("CODEEVAL_VLLM_PYTHON") or sys.executable
    arguments = {
        "model": str(bundled("demo-model")),
        "kv_cache_memory_bytes": 2**26,
        "seed": 0,
        "disable_log_stats": True,
    }
    done = subprocess.run(
        [python, "-c", SCRIPT, str(Path(worker.__file__).parent), json.dumps(arguments)],
        env={**os.environ, "VLLM_NO_USAGE_STATS": "1"},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [5, 3, 0]

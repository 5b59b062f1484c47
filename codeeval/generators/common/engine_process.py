"""The caller's end of a process that holds an engine: starts it, exchanges lines of JSON, notices its end and explains
it."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import re
import signal
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from codeeval.i18n import at, msg

Message = dict[str, Any]
#: (engine, message); the last message of each engine is `{"event": "ended"}`.
Inbox = queue.SimpleQueue[tuple[Any, Message]]
QUIT_S = 15.0
#: The end of a progress bar, as tqdm draws it.
_PROGRESS = re.compile(r"\[[\d:]+<[^\[\]]*\]$")
_ERROR = re.compile(r"^(?:\S* )*?[\w.]*(?:Error|Exception|Exit|Killed)\b.*", re.MULTILINE)


class EngineProcess:
    """Starts the process on construction; it loads its model meanwhile. Messages arrive in `inbox`. `name` is used in
    messages and counts."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        start: Message,
        environment: Mapping[str, str],
        inbox: Inbox,
        *,
        verbose: bool = False,
    ) -> None:
        self.name = name
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the process)
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if verbose else self._log,
            env={**os.environ, **environment},
            start_new_session=True,  # so that the engine's own processes can be found and ended with it
            text=True,
            encoding="ascii",
        )
        self._outgoing: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._ended = threading.Event()
        self.send(start)
        threading.Thread(target=self._write, name="engine-in", daemon=True).start()
        threading.Thread(target=self._watch, name="engine-end", daemon=True).start()
        threading.Thread(target=self._read, args=(inbox,), name="engine", daemon=True).start()

    @property
    def place(self) -> str:
        return self.name

    @property
    def pid(self) -> int:
        return self._process.pid

    def send(self, message: Message) -> None:
        """Send a message, without waiting for a process that reads nothing now. If it has ended, the message is dropped; the end
        is in the inbox."""
        self._outgoing.put(message)

    def _write(self) -> None:
        """Not through the stream's buffer, whose lock could not be had at exit while a pipe is full."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError), self._process.stdin as stream:
            while (message := self._outgoing.get()) is not None:
                line = (json.dumps(message) + "\n").encode("ascii")
                while line:
                    line = line[os.write(stream.fileno(), line) :]

    def _watch(self) -> None:
        """The engine's own processes survive a crash of their parent and keep its pipe open. Until the parent is waited
        for, its pid still identifies their process group and nothing else."""
        os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOWAIT)
        self._kill_group()
        self._process.wait()
        self._outgoing.put(None)
        self._ended.set()

    def _kill_group(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def _read(self, inbox: Inbox) -> None:
        assert self._process.stdout is not None
        with contextlib.suppress(ValueError, OSError):
            for line in self._process.stdout:
                inbox.put((self, json.loads(line)))
        self._ended.wait()
        inbox.put((self, {"event": "ended"}))

    def last_words(self) -> str:
        """How the process ended, with the last line of its log that looks like a reason."""
        code = self._process.returncode
        if code is not None and code < 0:
            ended = msg("{name} ended by signal {signal}", name=self.name, signal=signal.Signals(-code).name)
        else:
            ended = msg("{name} ended with exit code {code}", name=self.name, code=code)
        try:
            size = self._log.seek(0, os.SEEK_END)
            self._log.seek(max(0, size - 20_000))
            log = self._log.read().decode("utf-8", "replace")
        except ValueError:  # closed
            log = ""
        lines = [line for line in map(str.strip, log.splitlines()) if line and not _PROGRESS.search(line)]
        reasons = _ERROR.findall(log) or lines[-1:]
        return at(ended, " ".join(reasons[-1].split())[:400]) if reasons else ended

    def close(self, wait_s: float = QUIT_S) -> None:
        """Ask the process to quit, then kill it. May be called twice."""
        self.send({"op": "quit"})
        if not self._ended.wait(wait_s):
            self._kill_group()
            self._ended.wait()
        for stream in (self._process.stdout, self._log):
            with contextlib.suppress(OSError, ValueError):
                if stream is not None:
                    stream.close()

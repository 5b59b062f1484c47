"""A server that speaks just enough of OpenAI's protocol, on a port of its own, with every fault that real ones have.

Its "model" is a hash: the text depends on prompt, seed and nothing else, so that a test can tell what was asked.
"""

from __future__ import annotations

import hashlib
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = tuple[int, dict[str, str], bytes]


def body_of(prompt: str, seed: object) -> str:
    """What the model writes before its stop: 8 letters of the hash of prompt and seed."""
    return "\n    return '" + hashlib.sha256(f"{prompt}|{seed}".encode()).hexdigest()[:8] + "'"


@dataclass
class Behaviour:
    """What is wrong with this server. `fail` may give a reply for the n-th request (from 0); None lets it pass."""

    ignores_n: bool = False
    fewer_choices: bool = False
    keeps_stop: bool = False
    repeats: bool = False
    tail: str = "\nprint(1)"
    drips: bool = False  # a byte at a time, without an end
    cut_after: int | None = None  # bytes of the body, for every second request
    refuses: tuple[str, ...] = ()
    says: str | Callable[[str], str] | None = None  # instead of the hash; or what it makes of the prompt
    wrap: Callable[[str], dict[str, Any]] | None = None  # a chat message instead of {"content": text}
    spoil: Callable[[int, dict[str, Any]], dict[str, Any]] = lambda number, completion: completion
    streams: bool = False  # although nobody asked for it
    interfaces: tuple[str, ...] = ("chat/completions", "completions")
    no_system_role: bool = False
    fail: Callable[[int, dict[str, Any]], Reply | None] = lambda number, body: None
    before: Callable[[], object] = lambda: None


@dataclass
class Server:
    """The running server and what it was asked. `busiest`: the most requests at a time."""

    url: str
    behaviour: Behaviour
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    paths: list[str] = field(default_factory=list)
    busy: int = 0
    busiest: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


def error(status: int, message: str, headers: dict[str, str] | None = None, **more: Any) -> Reply:
    """A refusal as OpenAI phrases it."""
    return status, headers or {}, json.dumps({"error": {"message": message, "type": "x", **more}}).encode()


def as_events(completion: dict[str, Any]) -> bytes:
    """An answer as a server streams it, a few characters at a time."""
    events: list[dict[str, Any]] = []
    for choice in completion["choices"]:
        text = choice["message"]["content"] if "message" in choice else choice["text"]
        for at in range(0, len(text), 5):
            piece = text[at : at + 5]
            part = {"delta": {"content": piece}} if "message" in choice else {"text": piece}
            events.append({"choices": [{"index": choice["index"], "finish_reason": None, **part}]})
        events.append({"choices": [{"index": choice["index"], "finish_reason": choice["finish_reason"]}]})
    lines = [f"data: {json.dumps(event)}\n\n" for event in [*events, {"choices": [], "usage": completion["usage"]}]]
    return "".join([*lines, "data: [DONE]\n\n"]).encode()


def in_choice(**fields: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Every choice of a completion with these fields instead of its own."""
    return lambda completion: {**completion, "choices": [{**choice, **fields} for choice in completion["choices"]]}


#: Failures that come with status 200: what they make of a good completion. None of them is an answer.
FAILED_INSIDE: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "error beside null": lambda c: {
        **in_choice(text=None, message={"content": None})(c),
        "error": {"message": "upstream"},
    },
    "error beside text": lambda c: {**c, "error": {"message": "upstream", "code": 502}},
    "error as text": lambda c: {**c, "error": "upstream"},
    "error without choices": lambda c: {"error": {"message": "upstream"}},
    "error in the choice": in_choice(error={"code": 429, "message": "upstream"}),
    "error as text in the choice": in_choice(error="upstream"),
    "error in the message": in_choice(message={"content": "    ret", "error": {"message": "upstream"}}),
    "choices are null": lambda c: {**c, "choices": None, "message": "upstream"},
    "choices are missing": lambda c: {"id": "x", "object": "error", "message": "upstream"},
    "choices are empty": lambda c: {**c, "choices": [], "detail": "upstream"},
    "choices are no objects": lambda c: {**c, "choices": ["upstream"]},
    "message is null": lambda c: {**c, "choices": [{"message": None, "finish_reason": "stop"}]},
    **{
        f"finish_reason {reason}": in_choice(finish_reason=reason)
        for reason in (
            "error",
            "abort",
            "aborted",
            "cancelled",
            "canceled",
            "Error",
            "timeout",
            "network_error",
            "failed",
            "internal_server_issue",
        )
    },
    "an object that is an error": lambda c: {**c, "object": "error", "message": "upstream"},
    "status failed": in_choice(status="failed"),
    "status of the whole failed": lambda c: {**c, "status": "failed", "message": "upstream"},
    "no success": lambda c: {**c, "success": False, "message": "upstream"},
    "words elsewhere": lambda c: {"choices": None, "base_resp": {"status_code": 1002, "status_msg": "upstream"}},
    "a number for a content": in_choice(message={"content": 5}, text=5),
    "neither text nor message": lambda c: {**c, "choices": [{"index": 0, "finish_reason": "stop"}]},
    "unknown finish_reason and an error": in_choice(finish_reason="weird", error={"message": "upstream"}),
}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state: Server

    def log_message(self, *args: object) -> None:
        """Nothing on stderr."""

    def do_GET(self) -> None:
        self._send(*error(404, "no such page"))

    def do_POST(self) -> None:
        server = self.state
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with server.lock:
            number = len(server.asked)
            server.asked.append(body)
            server.paths.append(self.path)
            server.keys.add(self.headers["Authorization"])
            server.busy += 1
            server.busiest = max(server.busiest, server.busy)
        try:
            server.behaviour.before()
            self._send(*self._reply(number, body), cut=number % 2 == 0)
        finally:
            with server.lock:
                server.busy -= 1

    def _reply(self, number: int, body: dict[str, Any]) -> Reply:
        behaviour = self.state.behaviour
        if self.path.removeprefix("/v1/") not in behaviour.interfaces:
            return 404, {"Content-Type": "application/json"}, b'{"detail": "Not Found"}'
        if behaviour.no_system_role and any(one["role"] == "system" for one in body.get("messages", ())):
            return error(400, "System role not supported")
        for name in behaviour.refuses:
            if name in body:
                return error(400, f"Unsupported parameter: '{name}' is not supported", param=name)
        if len(body.get("stop", ())) > 4:
            return error(400, "stop: at most 4", param="stop")
        failure = behaviour.fail(number, body)
        if failure:
            return failure
        completion = behaviour.spoil(number, self._completion(body))
        if behaviour.streams:
            return 200, {"Content-Type": "text/event-stream"}, as_events(completion)
        return 200, {"Content-Type": "application/json"}, json.dumps(completion).encode()

    def _completion(self, body: dict[str, Any]) -> dict[str, Any]:
        behaviour = self.state.behaviour
        chat = "messages" in body
        prompt = body["messages"][-1]["content"] if chat else body["prompt"]
        n = 1 if behaviour.ignores_n else body.get("n", 1)
        n = max(1, n - 1) if behaviour.fewer_choices else n
        choices = []
        for at in range(n):
            seed = None if behaviour.repeats or "seed" not in body else body["seed"] + at
            said = behaviour.says(prompt) if callable(behaviour.says) else behaviour.says
            text = body_of(prompt, seed) + behaviour.tail if said is None else said
            stops = [text.find(stop) for stop in body.get("stop", ()) if stop in text]
            if stops and not behaviour.keeps_stop:
                text = text[: min(stops)]
            reason = "stop" if stops else "length"
            message = (behaviour.wrap or (lambda content: {"content": content}))(text)
            content = {"message": {"role": "assistant", **message}} if chat else {"text": text}
            choices.append({"index": at, "finish_reason": reason, **content})
        usage = {"prompt_tokens": len(prompt), "completion_tokens": 9, "total_tokens": len(prompt) + 9}
        return {
            "id": "x",
            "object": "completion",
            "created": 0,
            "model": body["model"],
            "choices": choices,
            "usage": usage,
        }

    def _send(self, status: int, headers: dict[str, str], body: bytes, cut: bool = False) -> None:
        if self.state.behaviour.drips:
            self.send_response(status)
            self.send_header("Content-Length", str(1 << 30))
            self.end_headers()
            with suppress(OSError):
                while True:
                    self.wfile.write(b" ")
                    time.sleep(0.01)
            return
        at = self.state.behaviour.cut_after if cut else None
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if at is None else body[:at])
        if at is not None:
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True


class _Http(ThreadingHTTPServer):
    allow_reuse_address = True
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that leave in the middle are no news."""


@contextmanager
def serving(behaviour: Behaviour | None = None, port: int = 0, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """A server on the loopback interface, gone at the end."""
    state = Server("", behaviour or Behaviour())
    handler = type("Handler", (_Handler,), {"state": state})
    http = _Http(("127.0.0.1", port), handler)
    if tls is not None:
        http.socket = tls.wrap_socket(http.socket, server_side=True, do_handshake_on_connect=False)
    state.url = f"{'https' if tls else 'http'}://127.0.0.1:{http.server_address[1]}/v1"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        http.shutdown()
        http.server_close()
        thread.join()

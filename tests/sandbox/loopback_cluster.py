"""A Ray cluster of processes on loopback addresses: a head that holds no workers, and nodes that can be killed one by one."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from leftovers import descendants

_STARTED_S = 300.0
HEAD = "127.0.0.2"
#: How Ray names the processes of actors that hold a pool.
_ACTORS = ("ray::Node", "ray::ShardNode")


class LoopbackCluster:
    """Addresses are 127.0.0.2 and up: 127.0.0.1 would be looked for on another interface. `client`: the head takes Ray's client
    as well, at this attribute afterwards. Use as a context manager."""

    def __init__(self, environment: Mapping[str, str] | None = None, *, client: bool = False) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="ray-", dir="/tmp"))  # the path of a socket must be short
        self._nodes: dict[str, subprocess.Popen[bytes]] = {}
        self._again: dict[str, Callable[[], subprocess.Popen[bytes]]] = {}
        self._environment = {
            **os.environ,
            "RAY_USAGE_STATS_ENABLED": "0",
            "RAY_DISABLE_IMPORT_WARNING": "1",
            "RAY_AUTH_MODE": "disabled",  # else Ray asks for a token where the home folder has one
            **(environment or {}),
        }
        self.address, self.client = (_free_address() for _ in range(2))
        try:
            self._start_head(client)
        except BaseException:
            self.close()
            raise

    def _start_head(self, client: bool) -> None:
        port, client_port = (each.rpartition(":")[2] for each in (self.address, self.client))
        self._start(
            *(HEAD, "--head", "--num-cpus=0", f"--port={port}", "--include-dashboard=false"),
            f"--temp-dir={self._folder}",
            *((f"--ray-client-server-port={client_port}",) if client else ()),
        )
        deadline = time.monotonic() + _STARTED_S
        while not (_listens(self.address) and HEAD in self._joined() and (_listens(self.client) or not client)):
            assert time.monotonic() < deadline, "Ray did not start"
            if self._nodes[HEAD].poll() is not None:  # on a busy machine it gives up
                self._nodes[HEAD] = self._again[HEAD]()
            time.sleep(0.1)

    def add(
        self,
        address: str,
        *,
        cpus: float = 1,
        resources: str = "{}",
        environment: Mapping[str, str] | None = None,
        python: str = sys.executable,
    ) -> None:
        """A node. It has joined a few seconds later."""
        words = (f"--address={self.address}", f"--num-cpus={cpus:g}", f"--resources={resources}")
        self._start(address, *words, environment=environment, python=python)

    def wait(self, *addresses: str) -> None:
        """Until these nodes have joined. One that gave up on a busy machine is started again."""
        deadline = time.monotonic() + _STARTED_S
        while not set(addresses) <= self._joined():
            assert time.monotonic() < deadline, "a node did not start"
            for address in addresses:
                if self._nodes[address].poll() is not None:
                    self._nodes[address] = self._again[address]()
            time.sleep(0.2)

    def _joined(self) -> set[str]:
        """Those that the head knows; where it asks for a token, those that have a raylet."""
        if self._environment["RAY_AUTH_MODE"] == "token":
            return {address for address in self._nodes if self.processes(address, "raylet/raylet")}
        from ray._raylet import GcsClient
        from ray.exceptions import RpcError

        try:
            nodes = GcsClient(address=self.address).get_all_node_info(timeout=30)
        except RpcError:  # the head is slow
            return set()
        return {node.node_manager_address for node in nodes.values() if node.state == 0}

    def processes(self, address: str, name: str = "") -> list[int]:
        """What lives of a node, by a part of the command."""
        started = self._nodes[address].pid
        below = {started, *descendants(started)}
        return [pid for pid, command in _commands() if pid in below and name in command]

    def signal(self, address: str, number: signal.Signals) -> None:
        """To a node with everything that Ray has started there."""
        for pid in self.processes(address):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def kill(self, address: str) -> None:
        """kill -9 of a node with everything that Ray has started there; sandboxes end by themselves."""
        self.signal(address, signal.SIGKILL)
        self._nodes.pop(address).wait()

    def actors(self, address: str = "") -> list[int]:
        """Processes that hold an actor of a pool, on one node or on all."""
        if address:
            return [pid for name in _ACTORS for pid in self.processes(address, name)]
        below = set(descendants(os.getpid()))
        return [pid for pid, command in _commands() if pid in below and command.startswith(_ACTORS)]

    def close(self) -> None:
        for address in reversed(list(self._nodes)):
            self.kill(address)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(
        self,
        address: str,
        *words: str,
        environment: Mapping[str, str] | None = None,
        python: str = sys.executable,
    ) -> None:
        command = [
            *(python, "-m", "ray.scripts.scripts", "start", "--block", "--disable-usage-stats"),
            *(f"--node-ip-address={address}", "--object-store-memory=83886080", *words),
        ]
        self._again[address] = lambda: subprocess.Popen(
            command,
            env={**self._environment, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._nodes[address] = self._again[address]()

    def __enter__(self) -> LoopbackCluster:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def _free_address() -> str:
    with socket.create_server((HEAD, 0)) as free:
        return f"{HEAD}:{free.getsockname()[1]}"


def _listens(address: str) -> bool:
    host, _, port = address.rpartition(":")
    with contextlib.suppress(OSError):
        socket.create_connection((host, int(port)), 1.0).close()
        return True
    return False


def _commands() -> Iterator[tuple[int, str]]:
    for name in os.listdir("/proc"):
        if name.isdigit():
            with contextlib.suppress(OSError):
                yield (
                    int(name),
                    Path(f"/proc/{name}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"),
                )

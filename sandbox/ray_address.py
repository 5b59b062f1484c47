"""Which address a cluster has, and whether something that can be Ray answers there.

Ray itself tries for some 14 minutes if the address belongs to another kind of server or to one that does not answer.
"""

from __future__ import annotations

import contextlib
import os
import socket
import time
from dataclasses import replace

from sandbox.errors import BackendUnavailable
from sandbox.ray_places import Cluster

#: Seconds for connecting to an address, and as many for its first answer.
_KNOCK_S = 10.0
ADDRESS = "RAY_ADDRESS"
#: How a client of HTTP/2, and so of gRPC, begins: its preface and an empty frame of settings. The server's first frame
#: is one of settings as well.
_HELLO = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0"
_HEAD_BYTES, _KIND, _SETTINGS = 9, 3, 4


def resolved(cluster: Cluster) -> tuple[Cluster, str, str]:
    """(the cluster to connect to, the address to knock at, where that comes from or ""). `auto` stays `auto` without
    `RAY_ADDRESS`: only then Ray uses the token of the home folder, as `ray start` does."""
    if cluster.address != "auto":
        return cluster, cluster.address, ""
    if named := os.environ.get(ADDRESS, "").strip():
        return (cluster, "auto", "") if named == "auto" else (replace(cluster, address=named), named, ADDRESS)
    with contextlib.suppress(ImportError, AttributeError, TypeError, OSError):  # a version without this file
        from ray._private.utils import get_ray_address_file, read_ray_address

        if noted := read_ray_address():
            return cluster, noted, get_ray_address_file(None)
    return cluster, "auto", ""


def knock(address: str, source: str = "") -> None:
    """Raises BackendUnavailable, with the remedy, if nothing listens at the address or if it can't be Ray."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host:
        return
    where = f"{address} (from {source})" if source else address
    try:
        with socket.create_connection((host.strip("[]"), int(port)), _KNOCK_S) as connection:
            answer = b"" if _is_encrypted() else _first_answer(connection)
    except (OSError, ValueError) as error:
        raise BackendUnavailable(
            f"no Ray cluster listens at {where} ({error}).\n"
            "  Start one with `ray start --head`, or name the address that it printed: --cluster HOST:PORT"
        ) from None
    if answer is None or (answer and answer[_KIND] != _SETTINGS):
        said = "does not answer" if answer is None else "is another kind of server"
        raise BackendUnavailable(
            f"no Ray cluster is at {where}: what listens there {said}.\n"
            "  Name the address that `ray start --head` printed: --cluster HOST:PORT"
        )


def _is_encrypted() -> bool:
    return os.environ.get("RAY_USE_TLS", "").lower() in ("1", "true")


def _first_answer(connection: socket.socket) -> bytes | None:
    """The first bytes that a server sends to a client of gRPC; None if it sends less, or takes too long."""
    answer = b""
    deadline = time.monotonic() + _KNOCK_S
    with contextlib.suppress(OSError):  # closed, or no answer in time
        connection.sendall(_HELLO)
        while len(answer) < _HEAD_BYTES:
            connection.settimeout(max(0.01, deadline - time.monotonic()))
            more = connection.recv(_HEAD_BYTES - len(answer))
            if not more:
                break
            answer += more
    return answer if len(answer) == _HEAD_BYTES else None

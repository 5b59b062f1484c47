"""What is said of an address at which there is no Ray: Ray itself would try for a quarter of an hour."""

from __future__ import annotations

import http.server
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from sandbox import BackendUnavailable, Cluster, ray_address
from sandbox.ray_address import knock, resolved
from sandbox.ray_cluster import Connection

SETTINGS = b"\0\0\0\4\0\0\0\0\0"


@contextmanager
def answering(answer: bytes) -> Iterator[str]:
    """A server that sends this to who connects, and keeps the connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        kept = []

        def serve() -> None:
            with suppress(OSError):  # the client may have left
                connection, _ = server.accept()
                kept.append(connection)
                connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        thread.join(10)
        for connection in kept:
            connection.close()


@pytest.fixture
def web_server() -> Iterator[str]:
    with http.server.HTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("scheme", ["", "ray://"])
def test_another_kind_of_server(web_server: str, scheme: str) -> None:
    with pytest.raises(
        BackendUnavailable, match=f"at {scheme}{web_server}: what listens there is another kind of server"
    ):
        knock(scheme + web_server)


@pytest.mark.parametrize("answer", [b"", SETTINGS[:4]], ids=["nothing", "a part"])
def test_a_server_that_does_not_answer(monkeypatch: pytest.MonkeyPatch, answer: bytes) -> None:
    monkeypatch.setattr(ray_address, "_KNOCK_S", 0.2)
    with answering(answer) as address, pytest.raises(BackendUnavailable, match="what listens there does not answer"):
        knock(address)


def test_who_speaks_grpc_may_be_ray() -> None:
    with answering(SETTINGS) as address:
        knock(address)


def test_encrypted_connections_are_left_to_ray(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_USE_TLS", "1")
    with answering(b"") as address:
        knock(address)


def test_auto_is_the_address_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_ADDRESS", "10.0.0.5:6379")
    assert resolved(Cluster("auto", 4)) == (Cluster("10.0.0.5:6379", 4), "10.0.0.5:6379", "RAY_ADDRESS")
    assert resolved(Cluster("10.0.0.6:6379")) == (Cluster("10.0.0.6:6379"), "10.0.0.6:6379", "")


@pytest.mark.ray
def test_auto_is_the_cluster_that_was_started_last(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Ray notes it in a file, which is still there if the head was killed. It is connected to as `auto`: with an address
    Ray would not use the token of the home folder."""
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    monkeypatch.setenv("RAY_TMPDIR", str(tmp_path))
    assert resolved(Cluster("auto")) == (Cluster("auto"), "auto", "")
    noted = tmp_path / "ray" / "ray_current_cluster"
    noted.parent.mkdir()
    noted.write_text("10.0.0.5:6379")
    assert resolved(Cluster("auto")) == (Cluster("auto"), "10.0.0.5:6379", str(noted))


@pytest.mark.ray
def test_an_address_of_the_environment_at_which_nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_ADDRESS", "127.0.0.9:1")
    with pytest.raises(BackendUnavailable, match=r"no Ray cluster listens at 127\.0\.0\.9:1 \(from RAY_ADDRESS\)"):
        Connection(Cluster("auto"))

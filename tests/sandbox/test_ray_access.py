"""Who may use a cluster: tokens, versions, and nodes that are not alike, with real Ray."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from loopback_cluster import LoopbackCluster

from sandbox import ray_auth
from sandbox.backends import docker_engine, image

pytestmark = [pytest.mark.ray, pytest.mark.local]

TOKEN = "a" * 64
#: Ray asks once a second for as long as a token is refused, and says so each time.
QUICK = {"RAY_NUM_REDIS_GET_RETRIES": "2"}
OPEN = """
import json, sys
from sandbox import Cluster, Job, RayPool, SandboxError
try:
    with RayPool(Cluster({address!r}), 1, kind="local", patience_s=60.0) as pool:
        outcome = pool.submit(Job("import os\\ndef f():\\n    return sorted(os.environ)\\n", "f", ("{{}}",))).result()
        print(json.dumps([sorted(pool.nodes()), outcome.observations[0].text]))
except SandboxError as error:
    sys.exit(f"{{type(error).__name__}}: {{error}}")
"""


def driver(script: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """A program of its own: Ray reads its settings once per process."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    path = os.pathsep.join(filter(None, sys.path))
    return subprocess.run(
        [sys.executable, "-c", script],
        env={**kept, "PYTHONPATH": path, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def guarded() -> Iterator[LoopbackCluster]:
    """A cluster that asks for a token."""
    with LoopbackCluster({"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": TOKEN}) as made:
        yield made


@pytest.mark.slow
@pytest.mark.parametrize(
    ("environment", "why"),
    [
        ({"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": "b" * 64}, "the token of this process is not the cluster's"),
        ({"RAY_AUTH_MODE": "disabled"}, "the cluster asks for a token"),
    ],
    ids=["another", "none"],
)
def test_a_wrong_token(guarded: LoopbackCluster, environment: dict[str, str], why: str) -> None:
    """One error with the address and the remedy; what Ray says a hundred times is not there."""
    done = driver(OPEN.format(address=guarded.address), {**QUICK, **environment})
    assert done.returncode == 1
    said = done.stderr.strip().splitlines()
    assert said[0] == f"BackendUnavailable: the Ray cluster {guarded.address} can't be used: {why}"
    assert said[1] == "  Set RAY_AUTH_MODE=token and RAY_AUTH_TOKEN as on the cluster's nodes."
    assert len(said) == 2


@pytest.mark.slow
def test_a_token_that_the_cluster_does_not_ask_for() -> None:
    """It lets the process in, whose actors can't answer it: the error says what may be wrong, and why Ray ended the actor."""
    with LoopbackCluster() as cluster:
        cluster.add("127.0.0.3")
        cluster.wait("127.0.0.3")
        script = OPEN.format(address=cluster.address).replace("patience_s=60.0", "patience_s=15.0")
        done = driver(script, {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": TOKEN})
    assert done.returncode == 1
    assert (
        "no node of the cluster could take workers within 15 s: node 127.0.0.3: ActorDiedError: The actor is dead"
        in done.stderr
    )
    assert done.stderr.endswith(
        "\n  If the cluster asks for no token, set RAY_AUTH_MODE=disabled here: this process has RAY_AUTH_MODE=token.\n"
    )


@pytest.mark.slow
def test_the_right_token(guarded: LoopbackCluster) -> None:
    """The cluster is used; the programs that are judged don't learn the token."""
    guarded.add("127.0.0.3")
    guarded.wait("127.0.0.3")
    done = driver(OPEN.format(address=guarded.address), {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": TOKEN})
    assert done.returncode == 0, done.stderr
    nodes, environment = json.loads(done.stdout)
    assert nodes == ["127.0.0.3"]
    assert "RAY" not in environment


LOCAL = """
import os
import ray  # before the pool: a program may have its own reasons
from sandbox import Cluster, Job, RayPool
import subprocess, sys
for number in range(2):
    with RayPool(Cluster("local"), 1, kind="local", patience_s=120.0) as pool:
        token, address = os.environ["RAY_AUTH_TOKEN"], ray.get_runtime_context().gcs_address
        session = ray._private.worker.global_worker.node.get_session_dir_path()
        assert os.path.isdir(session)
        assert os.environ["RAY_AUTH_MODE"] == "token"
        assert pool.submit(Job("def f(): return 5\\n", "f", ("{}",))).result().observations[0].text == "5"
        if number:
            kept = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
            stranger = "import ray; ray.init(address=sys.argv[1], log_to_driver=False)"
            command = [sys.executable, "-c", "import sys; " + stranger, address]
            done = subprocess.run(command, env={**kept, "RAY_NUM_REDIS_GET_RETRIES": "2"}, capture_output=True, text=True)
            assert done.returncode, "a stranger was let in"
            assert "InvalidAuthToken" in done.stderr, done.stderr
    assert "RAY_AUTH_TOKEN" not in os.environ and "RAY_AUTH_MODE" not in os.environ
    assert not os.path.exists(os.path.dirname(session)), "Ray's logs and sockets are left"
    print(token)
"""


@pytest.mark.slow
def test_a_cluster_that_is_started_here_has_a_token_of_its_own(tmp_path: Path) -> None:
    """Twice in one process, Ray imported before or not; a stranger is not let in, and nothing is left,
    neither in the home folder nor of Ray's own files."""
    done = driver(LOCAL, {"HOME": str(tmp_path)})
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.split()
    assert len(first) == len(second) == 64
    assert first != second
    assert not (tmp_path / ".ray").exists()


def test_the_token_that_ray_has_is_that_of_the_cluster_that_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ray keeps what it read first unless it is told; afterwards everything is as before."""
    import ray  # noqa: F401 - read before
    from ray import _raylet

    monkeypatch.delenv(ray_auth.MODE, raising=False)
    monkeypatch.delenv(ray_auth.TOKEN, raising=False)
    ray_auth.read_anew()
    token = ray_auth.OwnToken()
    assert _raylet.get_authentication_mode() == _raylet.AuthenticationMode.TOKEN
    headers = _raylet.AuthenticationTokenLoader.instance().get_token_for_http_header()
    assert os.environ[ray_auth.TOKEN] in str(headers)
    token.forget()
    token.forget()
    assert ray_auth.TOKEN not in os.environ
    assert _raylet.get_authentication_mode() == _raylet.AuthenticationMode.DISABLED


def test_a_mode_that_the_user_has_chosen_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ray_auth.MODE, "disabled")
    ray_auth.OwnToken().forget()
    assert os.environ[ray_auth.MODE] == "disabled"


def test_what_ray_says_of_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the exception only that it could not connect, in the stream of errors why."""
    said = "[…] gcs_client.cc:210: Failed to get cluster ID: Unauthenticated: RPC error: InvalidAuthToken: missing"
    monkeypatch.delenv(ray_auth.TOKEN, raising=False)
    monkeypatch.delenv("RAY_AUTH_TOKEN_PATH", raising=False)
    assert str(ray_auth.refusal(ConnectionError("Failed to connect"), said)).startswith(
        "the cluster asks for a token\n"
    )
    monkeypatch.setenv(ray_auth.TOKEN, TOKEN)
    assert "is not the cluster's" in str(ray_auth.refusal(ConnectionError("Failed to connect"), said))
    assert ray_auth.refusal(ConnectionError("Failed to connect"), "") is None


@pytest.mark.parametrize(("ray_version", "python_version"), [("2.1.0", "3.11.7"), ("2.60.0", "3.9.1")])
def test_another_version(ray_version: str, python_version: str) -> None:
    """Ray's own words of it, in one line that says who has which."""
    import platform

    import ray
    from ray._private.utils import check_version_info

    with pytest.raises(RuntimeError) as mismatch:
        check_version_info({"ray_version": ray_version, "python_version": python_version}, "node 10.0.0.5")
    said = ray_auth.refusal(mismatch.value, "")
    assert said is not None
    assert said.splitlines()[0] == (
        f"the cluster has Ray {ray_version} and Python {python_version}, "
        f"this process has Ray {ray.__version__} and Python {platform.python_version()}"
    )


def test_what_others_write_meanwhile_is_kept(capfd: pytest.CaptureFixture[str]) -> None:
    """Ray's lines are taken out of the stream of errors, all others come through."""
    line = "[2026-11-29 22:23:32,972 W 22291 22291] gcs_client.cc:210: InvalidAuthToken\n"
    with ray_auth.rays_own_words() as said:
        os.write(2, f"one\n{line}two\n".encode())
    assert capfd.readouterr().err == "one\ntwo\n"
    assert "InvalidAuthToken" in said.text


@pytest.mark.slow
def test_a_node_with_another_python_is_named(tmp_path: Path) -> None:
    """A real node that says so: refused at the start with its address and what differs."""
    (tmp_path / "sitecustomize.py").write_text("import platform\nplatform.python_version = lambda: '3.11.99'\n")
    with LoopbackCluster() as cluster:
        cluster.add("127.0.0.3")
        cluster.add("127.0.0.4", environment={"PYTHONPATH": str(tmp_path)})
        cluster.wait("127.0.0.3", "127.0.0.4")
        done = driver(OPEN.format(address=cluster.address), {})
        assert done.returncode == 1
        assert "node 127.0.0.4 differs from the others: Python 3.11.99 instead of 3." in done.stderr


#: A node that the machine is too busy to start at once is tried again, and refused later with a note.
BOTH = """
import sys, time
from sandbox import Cluster, RayPool, SandboxError
lines = []
try:
    with RayPool(Cluster({address!r}), 1, kind="docker", patience_s=60.0, progress=lines.append):
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            if any("differs" in line for line in lines):
                sys.exit("\\n".join(lines))
            time.sleep(0.5)
        print(lines)
except SandboxError as error:
    sys.exit(str(error))
"""


@pytest.mark.slow
@pytest.mark.docker
def test_a_node_with_another_image_is_named() -> None:
    """Two real images on one engine: the nodes' own builds from two bases, which differ by a label."""
    client = docker_engine.connect()
    base = image.choose_base(client, lambda line: None)
    other = f"codeeval-base:other-{os.getpid()}"
    made = client.containers.create(base)
    try:
        made.commit(*other.split(":"), changes="LABEL codeeval-other-image=1")
        with LoopbackCluster() as cluster:
            cluster.add("127.0.0.3", environment={"CODEEVAL_BASE": base})
            cluster.add("127.0.0.4", environment={"CODEEVAL_BASE": other})
            cluster.wait("127.0.0.3", "127.0.0.4")
            done = driver(BOTH.format(address=cluster.address), {})
        assert done.returncode == 1, done.stdout
        found = re.search(
            r"node 127\.0\.0\.[34] differs from the others: image (\S+) instead of (\S+)\. Verdicts", done.stderr
        )
        assert found, done.stderr
        assert found[1] != found[2]
    finally:
        made.remove()
        for left in client.containers.list(
            all=True, filters={"label": "codeeval-other-image=1"}
        ):  # of the node that was killed
            left.remove(force=True)
        for built in client.images.list(filters={"label": "codeeval-other-image=1"}):
            for tag in built.tags:
                client.images.remove(tag)


@pytest.mark.slow
def test_rays_client() -> None:
    """`ray://` through the head's client server."""
    pytest.importorskip("grpc", reason="pip install 'ray[client]'")
    path = os.pathsep.join(filter(None, sys.path))
    forks = {
        "GRPC_ENABLE_FORK_SUPPORT": "0"
    }  # else gRPC's threads may outlive Ray's fork, and the server does not start
    with LoopbackCluster({"PYTHONPATH": path, **forks}, client=True) as cluster:
        cluster.add("127.0.0.3")
        cluster.wait("127.0.0.3")
        done = driver(OPEN.format(address=f"ray://{cluster.client}"), {})
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)[0] == ["127.0.0.3"]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (
            "Ray Client requires pip package `ray[client]`. If you …",
            "ray:// needs Ray's client, which is not installed",
        ),
        ("ray client connection timeout", "no client server of Ray answers there"),
        (
            "Initialization failure from server:\nTraceback …\nRuntimeError: Starting Ray client server failed. See x.err\n",
            "its client server says: RuntimeError: Starting Ray client server failed. See x.err",
        ),
    ],
)
def test_what_rays_client_says(said: str, why: str) -> None:
    refused = ray_auth.refusal(ConnectionAbortedError(said), "")
    assert refused is not None
    assert refused.splitlines()[0] == why

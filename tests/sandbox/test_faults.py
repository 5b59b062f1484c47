"""Faults, really done: workers, hosts and connections die in the middle of samples, and no sample pays for it.

After each fault every sample has the verdict it would have had without it, or its future raises SandboxError.
"""

from __future__ import annotations

import os
import select as polling
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from docker.errors import NotFound
from host_script import WORKERS, job
from leftovers import containers, descendants, settles, socket_folders, worker_processes

from sandbox import Job, Limits, Outcome, Pool, SandboxError, owner, worker_supply, worker_thread
from sandbox.backends import Backend, Worker, docker, docker_engine
from sandbox.channel import Channel
from sandbox.guest import charges, processes

WAIT = 180.0
JOBS = 60


def supervisors(backend: Backend) -> list[int]:
    """The process ids, as this machine sees them, of the first processes of all workers of this process."""
    if backend.name == "local":
        return [pid for pid in worker_processes() if b"sandbox.guest.boot" in _command(pid) and _is_first(pid)]
    client = docker_engine.connect()
    pids = []
    try:
        for name in containers():
            with suppress(NotFound):  # it may have ended meanwhile
                pids.append(client.api.inspect_container(name)["State"]["Pid"])
    finally:
        client.close()
    return [pid for pid in pids if pid and b"sandbox.guest.boot" in _command(pid)]


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _is_first(pid: int) -> bool:
    """Whether it is process 1 of the innermost namespace it lives in."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
    return next(line for line in status.splitlines() if line.startswith("NSpid:")).split()[-1] == "1"


def send(number: signal.Signals) -> Callable[[Backend], None]:
    def fault(backend: Backend) -> None:
        pids = supervisors(backend)
        if not pids:
            pytest.skip("the engine's processes can't be seen from here")
        for pid in pids:
            os.kill(pid, number)

    return fault


def kill_outer(backend: Backend) -> None:
    for pid in worker_processes():
        if b"enter.py" in _command(pid):
            os.kill(pid, signal.SIGKILL)


def docker_kill(backend: Backend) -> None:
    for name in containers():
        subprocess.run(["docker", "kill", name], capture_output=True, check=True)


def no_more_processes(backend: Backend) -> None:
    for name in containers():
        subprocess.run(["docker", "update", "--pids-limit", "1", name], capture_output=True, check=True)


FAULTS: dict[str, tuple[str, Callable[[Backend], None]]] = {
    "kill -9 of the supervisors": ("docker local", send(signal.SIGKILL)),
    "supervisors that stand still": ("docker local", send(signal.SIGSTOP)),
    "docker kill": ("docker", docker_kill),
    "no process can be started": ("docker", no_more_processes),
    "kill -9 of the outer processes": ("local", kill_outer),
}


def answers(futures: list[Future[Outcome]]) -> list[str | None]:
    """The text of each answer; nothing where the machinery says that it failed."""
    found: list[str | None] = []
    for future in futures:
        try:
            outcome = future.result(WAIT)
        except SandboxError:
            found.append(None)
            continue
        found.append(f"{outcome.status} {outcome.observations[0].text}")
        assert all(attempt.status == "crashed" for attempt in outcome.attempts)
    return found


@pytest.mark.parametrize(
    ("backend", "name"),
    [
        pytest.param(kind, name, marks=getattr(pytest.mark, kind), id=f"{kind}-{name}")
        for name, (kinds, _) in FAULTS.items()
        for kind in kinds.split()
    ],
    indirect=["backend"],
)
def test_workers_that_are_lost_in_the_middle(backend: Backend, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """All workers at once, while they hold accepted jobs: every job is answered as if nothing had happened."""
    monkeypatch.setattr(worker_thread, "GRACE_S", 2.0)
    limits = Limits(wall_s=2.0)
    with Pool(backend, workers=2, limits=limits) as pool:
        futures = [pool.submit(job(n, 0.05)) for n in range(JOBS)]
        futures[10].result(WAIT)
        FAULTS[name][1](backend)
        assert answers(futures) == [f"completed {n}" for n in range(JOBS)]
        again = [future.result() for future in futures if future.result().attempts]
        assert len(again) <= 4


def test_workers_that_are_lost_again_and_again(backend: Backend) -> None:
    """A machine that keeps killing workers: answers are right or SandboxError or, killed twice in the middle, a crash."""
    stop = threading.Event()

    def havoc() -> None:
        while not stop.wait(0.7):
            for pid in supervisors(backend):
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue

    with Pool(backend, workers=2) as pool:
        pool.wait_ready()  # a backend whose first workers never come gives up its sockets, and this one is used again
        futures = [pool.submit(job(n, 0.02)) for n in range(JOBS)]
        thread = threading.Thread(target=havoc)
        thread.start()
        try:
            found = answers(futures)
        finally:
            stop.set()
            thread.join()
    allowed = {f"completed {n}": n for n in range(JOBS)}
    wrong = [
        (n, answer) for n, answer in enumerate(found) if answer not in (None, "crashed None") and allowed[answer] != n
    ]
    assert not wrong
    assert found.count("crashed None") + found.count(None) < JOBS


HOG = """
import os, time
def f():
    for _ in range(4):
        if not os.fork():
            kept = [bytearray(1 << 20) for _ in range(300)]
            time.sleep(2)
            os._exit(0)
    for _ in range(4):
        os.wait()
    return 'ok'
"""


def test_memory_that_runs_out(backend: Backend) -> None:
    """Several processes that are too large together: the sample is over its memory, its neighbours are untouched."""
    with Pool(backend, workers=1) as pool:
        futures = [pool.submit(job(0, 0)), pool.submit(Job(HOG, "f", ("{}",))), pool.submit(job(2, 0))]
        assert [(answer or "").split()[0] for answer in answers(futures)] == ["completed", "memory", "completed"]


FULL = """
import os, time
def f():
    count = 0
    while count < 1_000:
        try:
            pid = os.fork()
        except OSError:
            return count > 10
        if not pid:
            time.sleep(60)
            os._exit(0)
        count += 1
"""


def test_a_full_process_table(backend: Backend) -> None:
    """A sample that takes all processes it may: it is answered, ended, and the next ones find room."""
    with Pool(backend, workers=1) as pool:
        futures = [pool.submit(Job(FULL, "f", ("{}",))) for _ in range(3)] + [pool.submit(job(3, 0))]
        assert answers(futures) == ["completed True"] * 3 + ["completed 3"]


# --- the host process ------------------------------------------------------------------------------------------------


@contextmanager
def another_host(kind: str, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A process that uses a pool, and who it says it is; its workers are at work."""
    script = Path(__file__).with_name("host_script.py")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    process = subprocess.Popen(
        [sys.executable, str(script), kind, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield process, process.stdout.readline().strip()
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def workers_of(kind: str, process: subprocess.Popen[str], who: str) -> list[object]:
    """What must stay as it is while that process lives: its containers, or the first processes of its workers."""
    return [*containers(who)] if kind == "docker" else [*filter(_is_first, worker_processes(process.pid))]


def killed_host(backend: Backend, standing: bool) -> tuple[str, list[int], bool]:
    """Who was killed, the processes that were below it, and whether anything of it was left for a sweep."""
    with another_host(backend.name) as (process, who):
        assert len(workers_of(backend.name, process, who)) >= WORKERS
        below = list(descendants(process.pid))
        if standing and backend.name == "docker":
            for name in containers(who):
                subprocess.run(["docker", "pause", name], capture_output=True, check=True)
        elif standing:
            for pid in worker_processes(process.pid):
                os.kill(pid, signal.SIGSTOP)
        process.kill()
        process.wait()
        left = backend.name != "docker" or bool(socket_folders(who) and (containers(who) or not standing))
    return who, below, left


@pytest.mark.parametrize("standing", [False, True], ids=["working", "standing still"])
def test_kill_9_of_the_host(backend: Backend, standing: bool) -> None:
    """Nothing is left once the next pool has started: no container, no process, no folder; also where workers can't react."""
    for _ in range(3):  # a pool that another process starts just then sweeps before we look
        who, below, left = killed_host(backend, standing)
        if left:
            break
    assert left
    with Pool(backend, workers=1) as pool:
        assert answers([pool.submit(job(1, 0))]) == ["completed 1"]
        assert not settles(lambda: socket_folders(who))
        if backend.name == "docker":
            assert not settles(lambda: containers(who))
        elif standing:
            for pid in below:  # nobody sweeps these: PID 1 stands still by its own machine's hand
                _end(pid)
        assert not settles(lambda: [pid for pid in below if Path(f"/proc/{pid}").exists() and _state(pid) != "Z"])


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"


def _end(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def test_ctrl_c_in_the_host(backend: Backend) -> None:
    """The interrupt reaches the host's main thread, the pool closes on the way out, and nothing is left even without a sweep."""
    with another_host(backend.name) as (process, who):
        below = list(descendants(process.pid))
        process.send_signal(signal.SIGINT)
        assert process.wait(60) in (130, -signal.SIGINT, 1)
    assert not settles(lambda: socket_folders(who))
    assert not settles(lambda: containers(who) if backend.name == "docker" else [])
    assert not settles(lambda: [pid for pid in below if _state(pid) != "Z"])


def test_a_sweep_spares_the_living(backend: Backend) -> None:
    """Two processes with pools on one machine: the starts and sweeps of one never touch the workers of the other."""
    with another_host(backend.name, "20") as (process, who):
        before = set(workers_of(backend.name, process, who))
        for _ in range(3):
            with Pool(backend, workers=1) as pool:
                assert answers([pool.submit(job(1, 0))]) == ["completed 1"]
        assert backend.sweep() == []
        assert process.poll() is None
        assert set(workers_of(backend.name, process, who)) >= before
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        assert process.stdout.read().strip() == "done"
        assert process.wait(60) == 0


@pytest.mark.parametrize("backend", [pytest.param("docker", marks=pytest.mark.docker)], indirect=True)
def test_a_sweep_takes_what_the_dead_left(backend: Backend) -> None:
    """A container whose owner has gone is removed and named; one of a living owner or of a stranger stays."""
    assert isinstance(backend, docker.DockerBackend)
    boot, pid, started = owner.me().split(":")
    dead = f"{boot}:{pid}:{int(started) - 1}"
    client = docker_engine.connect()

    def made_by(who: str) -> str:
        labels = {docker_engine.LABEL: who}
        return str(client.api.create_container(backend.image_id, ["true"], labels=labels)["Id"])

    try:
        others = {who: made_by(who) for who in (owner.me(), "another.boot:1:1")}
        try:
            # a pool that another process starts just then may sweep first
            assert any(made_by(dead)[:12] in backend.sweep() for _ in range(3))
            assert not settles(lambda: containers(dead))
            assert all(made in containers(who) for who, made in others.items())
        finally:
            for name in others.values():
                client.api.remove_container(name, force=True)
    finally:
        client.close()


# --- the connection --------------------------------------------------------------------------------------------------


class Relayed:
    """A backend whose connections go through threads of the test: slow, or dead after some bytes from the guest."""

    def __init__(self, backend: Backend, dead_after: list[int]) -> None:
        self._backend, self.dead_after = backend, dead_after
        self.name, self.why = backend.name, backend.why
        self.describe, self.alive, self.sweep, self.close = backend.describe, backend.alive, backend.sweep, lambda: None

    def start(self, limits: Limits) -> Worker:
        worker = self._backend.start(limits)
        ours, middle = socket.socketpair()
        behind = worker.channel._sock
        worker.channel = Channel(ours)
        left = self.dead_after.pop(0) if self.dead_after else 1 << 40
        thread = threading.Thread(target=_relay, args=(middle, behind, left), daemon=True)
        thread.start()
        kill = worker.kill

        def end() -> None:
            kill()
            thread.join()

        worker.kill = end  # type: ignore[method-assign]
        return worker


def _relay(host: socket.socket, guest: socket.socket, left: int) -> None:
    """Passes on small pieces with pauses; after `left` bytes from the guest it passes on nothing, but stays connected."""
    guest.setblocking(True)
    with host, guest:
        while True:
            for ready in polling.select([host, guest], [], [])[0]:
                try:
                    data = ready.recv(97)
                    if not data:
                        return
                    time.sleep(0.001)
                    if ready is host:
                        guest.sendall(data)
                    else:
                        host.sendall(data[: max(0, left)])
                        left -= len(data)
                except OSError:
                    return


@pytest.mark.parametrize("isolation", ["warm", "fresh"])
def test_a_slow_connection(backend: Backend, isolation: str) -> None:
    """Frames in pieces of 97 bytes, each a millisecond late: the same answers."""
    with Pool(Relayed(backend, []), workers=2, isolation=isolation) as pool:  # type: ignore[arg-type]
        count = 30 if isolation == "warm" else 3
        futures = [pool.submit(job(n, 0)) for n in range(count)]
        big = pool.submit(Job(f"s = {'y' * 20_000!r}\ndef f(): return s\n", "f", ("{}",)))
        assert answers(futures) == [f"completed {n}" for n in range(count)]
        assert big.result(WAIT).observations[0].text == "y" * 20_000


def test_the_host_waits_for_the_longest_reset() -> None:
    """However loaded the machine is: a reset of which every wait succeeds at its end must not look like a lost worker."""
    waits = [processes.RESET_DEADLINE_S] * 4  # for processes, sockets, the wiping of folders and their inodes
    waits += [charges._SETTLE_S] * 2
    assert sum(waits) * processes._MOST_OVERTIME + 10 < worker_thread.GRACE_S


@pytest.mark.parametrize(
    "dead_after",
    [[0], [10], *(pytest.param(after, marks=pytest.mark.slow) for after in ([120, 160], [200, 300]))],
    ids=str,
)
def test_a_dead_connection(backend: Backend, dead_after: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections that fall silent before READY, before or after ACCEPT: other workers answer, nothing is charged twice."""
    relayed = Relayed(backend, list(dead_after))

    def start(limits: Limits) -> Worker:
        """Only who will fall silent is waited for so shortly: the others may be slow on a busy machine."""
        wait = 2.0 if relayed.dead_after else WAIT
        monkeypatch.setattr(worker_supply, "READY_S", wait)
        monkeypatch.setattr(worker_thread, "GRACE_S", wait)
        return relay(limits)

    relay, relayed.start = relayed.start, start  # type: ignore[method-assign]
    with Pool(relayed, workers=1, limits=Limits(wall_s=5.0)) as pool:
        futures = [pool.submit(job(n, 0)) for n in range(12)]
        found = answers(futures)
    assert all(answer in (f"completed {n}", "crashed None", None) for n, answer in enumerate(found))
    assert found.count("crashed None") <= len(dead_after) // 2
    assert found[-1] == "completed 11"

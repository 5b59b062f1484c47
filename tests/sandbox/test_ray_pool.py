"""Real Ray on loopback addresses: the conformance cases, and what is left when an actor, a node or the driver is killed."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator

import pytest
from leftovers import settles, worker_processes
from loopback_cluster import LoopbackCluster

from sandbox import BackendUnavailable, Cluster, Job, Outcome, Pool, PoolClosed, RayPool, conformance, select

pytestmark = [pytest.mark.ray, pytest.mark.local]

NAP = "import time\ndef f(x):\n    time.sleep(0.05)\n    return x + {}\n"


@pytest.fixture(scope="module")
def cluster() -> Iterator[LoopbackCluster]:
    """A head, and one node with two workers."""
    with LoopbackCluster() as made:
        made.add("127.0.0.3")
        made.wait("127.0.0.3")
        yield made


@pytest.fixture(scope="module")
def pool(cluster: LoopbackCluster) -> Iterator[RayPool]:
    with RayPool(Cluster(cluster.address, num_cpus=0.5), 2, kind="local", patience_s=120.0) as made:
        yield made


def naps(count: int) -> list[Job]:
    return [Job(NAP.format(number), "f", ("{'x': 1}",)) for number in range(count)]


def texts(outcomes: list[Outcome]) -> list[str | None]:
    return [outcome.observations[0].text for outcome in outcomes]


def right(count: int) -> list[str]:
    return [str(number + 1) for number in range(count)]


def until(condition: Callable[[], object], seconds: float = 90.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.1)
    return bool(condition())


def test_nobody_listens() -> None:
    """At once, and with what to do."""
    with pytest.raises(BackendUnavailable, match=r"no Ray cluster listens at 127\.0\.0\.9:1 .*\n.*ray start --head"):
        RayPool(Cluster("127.0.0.9:1"))


def test_conformance(pool: RayPool) -> None:
    """Every case holds through the cluster as it does here."""
    assert list(conformance.run(pool)) == []


def test_outcomes_are_those_of_a_local_pool(pool: RayPool) -> None:
    """Values, exceptions, definitions, tests: all fields but those that are measured."""
    sources = (
        "def f(x): return {'ж': [x, 1.5]}\n",
        "def f(x): return 1 // 0\n",
        "def f(:\n",
        "import os; os.abort()\n",
    )
    jobs = [Job(source, "f", ("{'x': 1}", "{'x': 2}")) for source in sources]
    backend = select("local")
    with Pool(backend, 1) as local:
        expected = list(local.map(jobs))
    found = list(pool.map(jobs))
    for here, there in zip(expected, found, strict=True):
        assert (here.status, here.stderr, here.definition, here.exit_signal) == (
            *(there.status, there.stderr, there.definition, there.exit_signal),
        )
        assert [(each.text, each.exc_type, each.message) for each in here.observations] == [
            (each.text, each.exc_type, each.message) for each in there.observations
        ]


def test_the_interface_is_that_of_a_pool(pool: RayPool) -> None:
    """A job that can't be sent is refused at once, asyncio waits, and SIGTERM is still the program's own."""
    with pytest.raises(ValueError, match="not a dict"):
        pool.submit(Job("def f(): pass\n", "f", ("[1]",)))
    assert asyncio.run(pool.run(naps(1)[0])).observations[0].text == "1"
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    assert pool.backend.describe()["nodes"] == "127.0.0.3 (2)"


def test_a_killed_actor(cluster: LoopbackCluster, pool: RayPool) -> None:
    """kill -9 in the middle: every job is answered once, by the actor that the node gets then."""
    (actor,) = cluster.actors()
    waiting = [pool.submit(job) for job in naps(60)]
    assert until(lambda: sum(future.done() for future in waiting) > 5)
    os.kill(actor, signal.SIGKILL)
    assert texts([future.result(120) for future in waiting]) == right(60)
    assert actor not in cluster.actors()


def test_a_node_joins_and_is_killed(cluster: LoopbackCluster, pool: RayPool) -> None:
    """A late node does its part; when all of it is killed, the other one does the rest."""
    cluster.add("127.0.0.4")
    cluster.wait("127.0.0.4")
    assert until(lambda: pool.workers == 4)
    waiting = [pool.submit(job) for job in naps(100)]
    assert until(lambda: sum(future.done() for future in waiting) > 10)
    cluster.kill("127.0.0.4")
    assert texts([future.result(120) for future in waiting]) == right(100)
    assert until(lambda: list(pool.nodes()) == ["127.0.0.3"])


def test_a_killed_driver(cluster: LoopbackCluster, pool: RayPool) -> None:
    """Its actors end by themselves, and the workers with them; the node is free for the next one."""
    ours = set(cluster.actors())
    script = textwrap.dedent(
        f"""
        from sandbox import Cluster, Job, RayPool
        pool = RayPool(Cluster({cluster.address!r}, num_cpus=0.5), 1, kind="local", patience_s=120.0)
        futures = [pool.submit(Job("import time\\ndef f(): time.sleep(60)\\n", "f", ("{{}}",))) for _ in range(3)]
        print("working", flush=True)
        futures[0].result()
        """
    )
    driver = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    try:
        assert driver.stdout is not None
        assert driver.stdout.readline() == "working\n"
        (theirs,) = set(cluster.actors()) - ours
        assert until(lambda: worker_processes(theirs))
        workers = worker_processes(theirs)
    finally:
        driver.kill()
        driver.communicate()
    assert not settles(lambda: set(cluster.actors()) - ours, 60)
    assert not settles(lambda: set(worker_processes()) & set(workers), 60)
    assert texts(list(pool.map(naps(4)))) == right(4)


def test_a_second_pool_and_another_cluster(cluster: LoopbackCluster, pool: RayPool) -> None:
    """Two pools of one process share the connection, and the first to close leaves it to the other; Ray knows no second one."""
    with RayPool(Cluster(cluster.address, num_cpus=0.5), 1, kind="local", patience_s=120.0) as second:
        assert texts(list(second.map(naps(5)))) == right(5)
    assert texts(list(pool.map(naps(5)))) == right(5)
    with pytest.raises(BackendUnavailable, match=f"is connected to the Ray cluster {cluster.address} already"):
        RayPool(Cluster("127.0.0.9:1"))


FIRST_LEAVES = """
import threading, time
from sandbox import Cluster, Job, RayPool

def made():
    return RayPool(Cluster({address!r}, num_cpus=0.25), 1, kind="local", patience_s=120.0)

def jobs(count):
    source = "import time\\ndef f(x):\\n    time.sleep(0.05)\\n    return x + {{}}\\n"
    return [Job(source.format(number), "f", ("{{'x': 1}}",)) for number in range(count)]

def texts(outcomes):
    return [outcome.observations[0].text for outcome in outcomes]

first, second = made(), made()
waiting = [second.submit(job) for job in jobs(20)]
first.close()
print(texts(future.result(60) for future in waiting) == [str(number + 1) for number in range(20)])
second.close()
time.sleep(3)  # what a pool still has to do must not start a cluster here

import ray
print(ray.is_initialized())
found = []

def work():
    with made() as pool:
        found.append(texts(pool.map(jobs(5))))

threads = [threading.Thread(target=work) for _ in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(found == 3 * [[str(number + 1) for number in range(5)]])
print(ray.is_initialized())
"""


def test_the_pool_that_connected_is_closed_first(cluster: LoopbackCluster, pool: RayPool) -> None:
    """The others keep the connection, whoever made it, and the last one leaves the cluster; also where several threads make
    their pools at once."""
    ours = set(cluster.actors())
    script = FIRST_LEAVES.format(address=cluster.address)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=240, check=False)
    assert (done.returncode, done.stdout) == (0, "True\nFalse\nTrue\nFalse\n"), done.stderr
    assert not settles(lambda: set(cluster.actors()) - ours, 60)


def test_nothing_is_left(cluster: LoopbackCluster, pool: RayPool) -> None:
    """After `close` there is no actor and no worker, and the pool takes no more jobs."""
    pool.close()
    assert not settles(cluster.actors, 60)
    assert not settles(worker_processes, 60)
    with pytest.raises(PoolClosed):
        pool.submit(naps(1)[0])

"""Control groups of local workers: nothing escapes them, none is left behind, and without them everything works as before."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from leftovers import settles
from test_faults import another_host, answers, job, workers_of

from sandbox import Job, Limits, Outcome, Pool, owner
from sandbox.backends import cgroups
from sandbox.backends.local import LocalBackend

V1_MOUNTS = """\
31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
33 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
35 31 0:32 / /sys/fs/cgroup/memory rw shared:9 - cgroup cgroup rw,memory
39 31 0:36 /docker/abc /sys/fs/cgroup/pids\\040here rw - cgroup cgroup rw,pids
41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
"""
V1_OWN = "4:memory:/user.slice\n2:cpu,cpuacct:/\n8:pids:/docker/abc/inner\n0::/\n"


def there_are_groups() -> bool:
    return os.geteuid() == 0 and cgroups.parents() is not None


@pytest.fixture
def grouped() -> Iterator[LocalBackend]:
    """The local backend with a group for each worker."""
    if not there_are_groups():
        pytest.skip("control groups can't be written here")
    yield (made := LocalBackend())
    assert made.describe()["cgroup"] in ("1", "2")
    made.close()
    assert not settles(left)


def left(who: str | None = None) -> list[Path]:
    above = cgroups.parents()
    found = cgroups._left_below(above) if above is not None else ()
    return [folder for folder in found if (who or owner.me()) in folder.name]


def test_names_that_are_not_text(tmp_path: Path) -> None:
    """A stick may be mounted under any bytes, and a name may contain what Unicode takes for a line's end or for a space."""
    (there := tmp_path / "mountinfo").write_bytes(
        b"21 20 8:1 / /media/usb\xff\xc2\x85\xe3\x80\x80 rw - vfat /dev/sdb1 rw\n"
    )
    mounts = cgroups.read(str(there))
    inner = "/user\u2028\x85\u3000slice"
    assert cgroups.parents(mounts, V1_OWN) is None
    found = cgroups.parents(mounts + V1_MOUNTS, V1_OWN.replace("/user.slice", inner))
    assert found is not None
    assert found.folders["memory"] == Path(f"/sys/fs/cgroup/memory{inner}")


def test_beside_a_mount_whose_name_is_not_text(tmp_path: Path) -> None:
    """Workers start all the same."""
    if os.geteuid():
        pytest.skip("only root can mount")
    os.mkdir(there := os.fsencode(tmp_path / "usb") + b"\xff")
    code = (
        "from sandbox.backends.local import LocalBackend as B; from sandbox import Limits; B().start(Limits()).kill()"
    )
    mount = 'mount -t tmpfs none "$1" && exec "$2" -c "$3"'
    subprocess.run(["unshare", "-m", "sh", "-c", mount, "sh", there, sys.executable, code], check=True)


def test_version_1_with_controllers_together_and_in_a_container() -> None:
    """Each controller's folder is our own below its mount; a mount that shows a part of the hierarchy is taken into account."""
    found = cgroups.parents(V1_MOUNTS, V1_OWN)
    assert found is not None
    assert found.version == 1
    assert found.folders == {
        "cpuacct": Path("/sys/fs/cgroup/cpu,cpuacct"),
        "memory": Path("/sys/fs/cgroup/memory/user.slice"),
        "pids": Path("/sys/fs/cgroup/pids here/docker/abc".removesuffix("/docker/abc") + "/inner"),
    }


def test_version_2_takes_the_nearest_folder_that_gives_limits(tmp_path: Path) -> None:
    """Children of a group with processes of its own get no limits: their uncles' parent does."""
    own = tmp_path / "user.slice" / "session.scope"
    own.mkdir(parents=True)
    mounts = f"30 23 0:26 / {tmp_path} rw - cgroup2 cgroup2 rw\n"
    assert cgroups.parents(mounts, "0::/user.slice/session.scope\n") is None
    (own / "cgroup.subtree_control").write_text("\n")
    (tmp_path / "cgroup.subtree_control").write_text("cpu memory pids\n")
    found = cgroups.parents(mounts, "0::/user.slice/session.scope\n")
    assert found == cgroups.Parents({"unified": tmp_path})
    (own.parent / "cgroup.subtree_control").write_text("memory pids\n")
    assert cgroups.parents(mounts, "0::/user.slice/session.scope\n") == cgroups.Parents({"unified": own.parent})


def test_version_2_limits(tmp_path: Path) -> None:
    """Memory with room for the supervisor, no swap, processes; the guest reads its four counters and nothing else."""
    counters = ("cpu.stat", "memory.events", "memory.current", "memory.stat")
    for name in ("memory.max", "memory.swap.max", "pids.max", *counters):
        (tmp_path / name).write_text("")
    binds = cgroups._limit_v2(tmp_path, Limits(memory_mb=100, pids=10))
    values = [(tmp_path / name).read_text() for name in ("memory.max", "memory.swap.max", "pids.max")]
    assert values == [str(164 << 20), "0", "26"]
    assert [target for _, target in binds] == [f"/sys/fs/cgroup/{name}" for name in counters]


@given(st.text(), st.text())
def test_any_text_gives_folders_or_none(mounts: str, own: str) -> None:
    """Whatever the kernel's lists hold, there is no error."""
    assert cgroups.parents(mounts, own) is None
    assert cgroups.parents(V1_MOUNTS + mounts, V1_OWN + own) is not None


def test_a_group_that_can_not_be_made_leaves_nothing(tmp_path: Path) -> None:
    """A folder that is no control group takes no limits."""
    with pytest.raises(OSError, match="memory"):
        cgroups.make(cgroups.Parents({"unified": tmp_path}), Limits())
    assert list(tmp_path.iterdir()) == []


HIDDEN = """
import mmap
def f():
    held = mmap.mmap(-1, 900 << 20)
    for at in range(0, len(held), 1 << 20):
        held[at : at + (1 << 20)] = b"x" * (1 << 20)
        held.madvise(mmap.MADV_DONTNEED)
"""
FORGOTTEN = """
import os, signal, time
def f():
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    if not os.fork():
        os.setsid()
        while True:
            if not os.fork():
                end = time.process_time() + 0.02
                while time.process_time() < end: pass
                os._exit(0)
            time.sleep(0.005)
    time.sleep(600)
"""


def one(backend: LocalBackend, source: str, limits: Limits) -> Outcome:
    with Pool(backend, workers=1, limits=limits) as pool:
        pool.submit(Job("def f(): pass\n", "f", ("{}",))).result(120)
        outcome = pool.submit(Job(source, "f", ("{}",))).result(600)
        assert answers([pool.submit(job(1, 0))]) == ["completed 1"]
        return outcome


@pytest.mark.local
def test_memory_that_no_process_maps_is_counted(grouped: LocalBackend) -> None:
    """Shared pages dropped from every page table are the sample's all the same, and the kernel's limit holds."""
    outcome = one(grouped, HIDDEN, Limits(cpu_s=60, wall_s=300, memory_mb=256))
    assert (outcome.status, outcome.limit, outcome.oom) == ("memory", "memory", True)


@pytest.mark.local
def test_processor_time_of_children_that_nobody_waits_for_is_counted(grouped: LocalBackend) -> None:
    """A daemon whose children vanish unseen reaches the CPU limit, long before the wall limit."""
    outcome = one(grouped, FORGOTTEN, Limits(cpu_s=0.5, wall_s=300))
    assert (outcome.status, outcome.limit) == ("timeout", "cpu")


@pytest.mark.local
def test_without_groups_memory_is_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where none can be made the backend works as it always did, and says so."""

    def refuse(*_: object) -> None:
        raise OSError("read-only file system")

    monkeypatch.setattr(cgroups, "make", refuse)
    backend = LocalBackend()
    assert backend.describe()["cgroup"] == "none"
    source = "import time\ndef f():\n    held = b'x' * (600 << 20)\n    time.sleep(60)\n"
    outcome = one(backend, source, Limits(cpu_s=60, wall_s=300, memory_mb=256))
    assert (outcome.status, outcome.oom) == ("memory", False)


@pytest.mark.local
@pytest.mark.parametrize("standing", [False, True], ids=["working", "standing still"])
def test_a_sweep_removes_the_groups_of_the_dead(grouped: LocalBackend, standing: bool) -> None:
    """A killed host's groups go, with workers that stand still and could not end by themselves; those of the living stay."""
    with another_host("local") as (living, who), another_host("local") as (process, dead):
        if standing:
            for pid in workers_of("local", process, dead):
                assert isinstance(pid, int)
                os.kill(pid, signal.SIGSTOP)
        process.kill()
        process.wait()
        assert left(dead)
        assert all(dead in name for name in grouped.sweep())
        assert not left(dead)
        assert left(who)
        assert living.poll() is None
    grouped.sweep()
    assert not left(who)


@pytest.mark.local
def test_what_a_worker_sees_of_its_group(grouped: LocalBackend) -> None:
    """Itself as the root of all groups, and of their files the four counters, which nobody can write."""
    source = """
import glob, os
def f():
    files = [path for path in glob.glob('/sys/**', recursive=True) if os.path.isfile(path)]
    groups = open('/proc/self/cgroup').read() + open('/proc/1/cgroup').read()
    writable = [path for path in files if os.access(path, os.W_OK)]
    return len(files), writable, [line for line in groups.splitlines() if 'codeeval' in line]
"""
    assert one(grouped, source, Limits()).observations[0].text == "(4, [], [])"


def test_one_group_per_worker_and_none_afterwards(grouped: LocalBackend) -> None:
    """Each living worker has a group that holds its processes; a worker that is ended takes it along."""
    worker = grouped.start(Limits())
    try:
        worker.channel.receive(60.0, 65_536)
        folders = left()
        assert len({folder.name for folder in folders}) == 1
        pids = {int(pid) for folder in folders for pid in (folder / "cgroup.procs").read_text().split()}
        outer = worker._process.pid
        below = subprocess.run(["pgrep", "-P", str(outer)], capture_output=True, text=True, check=False).stdout
        assert pids == set(map(int, below.split()))
        assert len(pids) == 1
    finally:
        worker.kill()
    assert not left()

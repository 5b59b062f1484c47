"""What a sample has used: the counters are read rightly, and processes can't hide from them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox import Job, Limits, Pool
from sandbox.guest import meters

V2_CPU = "usage_usec 1234567\nuser_usec 1000000\nsystem_usec 234567\n"
V2_EVENTS = "low 0\nhigh 0\nmax 7\noom 3\noom_kill 2\noom_group_kill 0\n"
V1_OOM = "oom_kill_disable 0\nunder_oom 0\noom_kill 5\n"


def meter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str]) -> meters.CgroupMeter:
    for name in ("_V1_CPU", "_V2_CPU", "_V1_OOM", "_V2_OOM"):
        monkeypatch.setattr(meters, name, str(tmp_path / name))
        if name in files:
            (tmp_path / name).write_text(files[name])
    monkeypatch.setattr(meters.time, "process_time", lambda: 0.0005)
    return meters.CgroupMeter()


def test_version_2(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Microseconds of cpu.stat without the reader's own, and kills but not mere events of memory.events."""
    read = meter(tmp_path, monkeypatch, {"_V2_CPU": V2_CPU, "_V2_OOM": V2_EVENTS})
    assert (read.cpu_ms(), meters.field(read.oom_events(), b"oom_kill"), read.watches_memory) == (1234.067, 2, False)


def test_version_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nanoseconds of cpuacct.usage without the reader's own; `oom_kill_disable` is not the counter."""
    read = meter(tmp_path, monkeypatch, {"_V1_CPU": "2500000000\n", "_V1_OOM": V1_OOM})
    assert (read.cpu_ms(), meters.field(read.oom_events(), b"oom_kill")) == (2499.5, 5)


def test_counters_are_read_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file stays open, its content is read each time."""
    read = meter(tmp_path, monkeypatch, {"_V1_CPU": "1000000\n", "_V1_OOM": V1_OOM})
    before = read.cpu_ms()
    (tmp_path / "_V1_CPU").write_text("9000000\n")
    assert (before, read.cpu_ms()) == (0.5, 8.5)


def test_without_a_control_group_proc_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The local backend mounts none, and then memory has to be watched."""
    for name in ("_V1_CPU", "_V2_CPU", "_V1_OOM", "_V2_OOM"):
        monkeypatch.setattr(meters, name, str(tmp_path / "missing"))
    assert isinstance(meters.best(512), meters.ProcMeter)
    assert meters.ProcMeter.watches_memory


@pytest.mark.parametrize("name", ["_V1_CAP", "_V2_CAP"])
@pytest.mark.parametrize(
    ("limit", "ours"),
    [
        (str((512 + 64) << 20), True),
        ("max", False),
        (str(16 << 30), False),
        (str((1 << 63) - 4096), False),
        ("", False),
    ],
)
def test_a_group_of_others_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, limit: str, ours: bool
) -> None:
    """A rootless engine on version 1 shows the machine's groups: they have no limit, or not the worker's."""
    for cap in ("_V1_CAP", "_V2_CAP"):
        monkeypatch.setattr(meters, cap, str(tmp_path / cap))
    (tmp_path / name).write_text(limit + "\n")
    meter(tmp_path, monkeypatch, {"_V1_CPU": "1\n", "_V1_OOM": V1_OOM})
    assert isinstance(meters.best(512), meters.CgroupMeter) is ours


@given(st.dictionaries(st.from_regex(r"[a-z_]{1,12}", fullmatch=True), st.integers(0, 2**63), max_size=6), st.data())
def test_fields_are_found_by_their_whole_name(table: dict[str, int], data: st.DataObject) -> None:
    """A name that is the start of another one is not mistaken for it; a missing one counts zero."""
    text = "".join(f"{name} {value}\n" for name, value in table.items()).encode()
    name = data.draw(st.sampled_from([*table, "absent"]))
    assert meters.field(text, name.encode()) == table.get(name, 0)


@pytest.mark.parametrize("name", ["plain", ") R 1 1 1 1", "((", "a b c", "\rRssShmem 7"])
def test_a_process_can_not_hide_behind_its_name(name: str) -> None:
    """The command's name may hold parentheses, spaces and line ends; the numbers after it are found all the same."""
    program = (
        f"open('/proc/self/comm', 'w').write({name!r})\n"
        "import sys, time\nwhile time.process_time() < 0.3: pass\nprint(flush=True); sys.stdin.read()\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        ticks = meters._cpu_ticks(str(process.pid))
        assert 300 <= (ticks + 1) * meters._TICK_MS < 10_000
        assert meters._anonymous_pages(str(process.pid)) > 100
        assert meters._shared_kb(str(process.pid)) == 0
        process.kill()


def test_a_process_that_is_gone_counts_nothing() -> None:
    """It may end between the listing and the look."""
    gone = str(2**22 + 1)
    assert (meters._cpu_ticks(gone), meters._anonymous_pages(gone)) == (0, 0)


SPIN = "import time\ndef spin():\n    while time.process_time() < 0.4: pass\n"
#: Who spends the time; each spends 0.4 s of CPU, most of it elsewhere than in the sample's first process.
WHO = {
    "itself": "def f(): spin()",
    "a child": "import os\ndef f():\n    if not os.fork(): spin(); os._exit(0)\n    os.wait()",
    "a child of a child": (
        "import os\ndef f():\n    if not os.fork():\n        if not os.fork(): spin(); os._exit(0)\n"
        "        os.wait(); os._exit(0)\n    os.wait()"
    ),
    "a thread": "import threading\ndef f():\n    t = threading.Thread(target=spin); t.start(); t.join()",
}


@pytest.mark.parametrize("who", WHO)
def test_processor_time_is_counted_for_the_whole_sample(pool: Pool, who: str) -> None:
    """What children and threads have spent is the sample's."""
    outcome = pool.submit(Job(SPIN + WHO[who] + "\n", "f", ("{}",))).result()
    assert outcome.status == "completed"
    assert 380 <= outcome.cpu_ms < 5_000


def test_sleeping_costs_no_processor_time(pool: Pool) -> None:
    """A program that waits is not charged for the time on the clock."""
    outcome = pool.submit(Job("import time\ndef f(): time.sleep(1)\n", "f", ("{}",), Limits(cpu_s=0.5))).result()
    assert outcome.status == "completed"
    assert outcome.cpu_ms < 500 <= outcome.wall_ms


@pytest.mark.parametrize("times", [1, 8])
def test_shared_memory_is_memory(pool: Pool, times: int) -> None:
    """Pages of a shared mapping count, held by one process or by several that hold a part each."""
    source = (
        "import mmap, os, time\ndef f():\n"
        f"    for _ in range({times} - 1):\n        if not os.fork(): break\n"
        f"    size = {900 if times == 1 else 300} << 20\n    held = mmap.mmap(-1, size)\n"
        "    for at in range(0, size, 1 << 20): held[at : at + (1 << 20)] = b'x' * (1 << 20)\n    time.sleep(4)\n"
    )
    outcome = pool.submit(Job(source, "f", ("{}",), Limits(cpu_s=30.0, wall_s=60.0))).result()
    assert outcome.status == "memory"


def test_resident_memory_is_reported(pool: Pool) -> None:
    """The peak of a program that filled 100 MiB is above that, and below what it may use."""
    outcome = pool.submit(Job("def f(): return len(bytearray(100 << 20))\n", "f", ("{}",))).result()
    assert 100 * 1024 <= outcome.max_rss_kb < 512 * 1024

"""What a killed codeeval leaves on the machine is gone when it has been started again: everything, not only containers."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest
from cli_runs import ROOT, codeeval, document, start
from test_resume import command, folder, kill_after  # noqa: F401 - `folder` is a fixture

from sandbox import owner
from sandbox.backends import cgroups

sys.path.append(str(ROOT / "tests" / "sandbox"))

from leftovers import containers, descendants, settles, socket_folders


def control_groups(who: str) -> list[Path]:
    """Those of one owner, where this process may look after them."""
    above = cgroups.parents() if os.geteuid() == 0 else None
    return [path for path in cgroups._left_below(above) if who in path.name] if above is not None else []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT], ids=lambda number: number.name)
@pytest.mark.parametrize(
    "sandbox", [pytest.param("local", marks=pytest.mark.local), pytest.param("docker", marks=pytest.mark.docker)]
)
def test_nothing_is_left(
    folder: Path,  # noqa: F811
    sandbox: str,
    number: signal.Signals,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Killed, it is swept by the next start; interrupted, it tidies up itself: containers, processes, control groups, folders."""
    scratch = tmp_path_factory.mktemp("tmp")
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    process = start(folder, *command(sandbox, "r"), env={"TMPDIR": str(scratch)})
    who = f"{owner._boot()}:{process.pid}:{owner._started(process.pid)}"
    below: dict[int, str] = {}  # by process id, when it was started: numbers are used again

    def send(sent: int) -> None:
        below.update((pid, owner._started(pid)) for pid in descendants(process.pid))
        if sandbox == "docker":
            assert containers(who)
            assert socket_folders(who)
        process.send_signal(sent)

    assert kill_after(process, folder / "r", 1, send, number)
    process.communicate(timeout=120)
    assert process.returncode == (-number if number == signal.SIGKILL else 130)
    if number == signal.SIGKILL:
        again = codeeval(
            folder, "run", "--resume", "r", "--sandbox", sandbox, "--format", "json", env={"TMPDIR": str(scratch)}
        )
        assert document(again)["complete"] is True
        assert [path.name for path in (folder / "r").iterdir()] == ["run.sqlite"]
    assert not settles(lambda: containers(who) if sandbox == "docker" else [])
    assert not settles(lambda: [pid for pid, when in below.items() if when and owner._started(pid) == when])
    assert not settles(lambda: control_groups(who))
    assert not settles(lambda: os.listdir(scratch))

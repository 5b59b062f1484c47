"""What is done otherwise for Podman, without one; `test_engines.py` has a real one."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from sandbox import BackendUnavailable
from sandbox.backends import podman

OPTIONS = {
    "security_opt": ["no-new-privileges", 'seccomp={"a": "b=c"}'],
    "tmpfs": {"/tmp": "rw,mode=1777,size=64m,nr_inodes=8192"},
    "binds": {"/there": {"bind": "/run/sandbox", "mode": "ro"}},
    "network_mode": "none",
    "cap_drop": ["ALL"],
}


def test_who_answered() -> None:
    """Podman names itself among the components; Docker, and an answer without any, are not Podman."""
    assert podman.answered({"Components": [{"Name": "Podman Engine"}, {"Name": "Conmon"}]})
    assert not podman.answered({"Components": [{"Name": "Engine"}, {"Name": "containerd"}]})
    assert not podman.answered({"Components": None})
    assert not podman.answered({})


def test_options(tmp_path: Path) -> None:
    """The profile is a file with the same text, unknown terms are gone, open folders are closed, all else is as for Docker."""
    adapted = podman.adapted(OPTIONS, tmp_path)
    kept, profile = adapted["security_opt"]
    assert kept == "no-new-privileges"
    assert Path(profile.removeprefix("seccomp=")).read_text() == '{"a": "b=c"}'
    assert adapted["tmpfs"]["/tmp"] == "rw,mode=1777,size=64m"
    assert {"/run", "/var/tmp"} < set(adapted["tmpfs"])
    assert all("mode=755" in adapted["tmpfs"][folder] for folder in ("/run", "/var/tmp"))
    assert adapted["binds"] == OPTIONS["binds"] | {str(tmp_path / "hosts"): {"bind": "/etc/hosts", "mode": "ro"}}  # type: ignore[operator]
    assert (adapted["network_mode"], adapted["cap_drop"]) == ("none", ["ALL"])
    assert {limit["Name"] for limit in adapted["ulimits"]} == {"nofile", "nproc"}


def test_files_are_never_half_written(tmp_path: Path) -> None:
    """Many threads start workers at once: whoever reads the profile finds all of it, and no draft is left."""
    text, seen = "x" * 200_000, []

    def start() -> None:
        options = podman.adapted(OPTIONS | {"security_opt": [f"seccomp={text}"]}, tmp_path)
        seen.append(Path(options["security_opt"][-1].removeprefix("seccomp=")).read_text() == text)

    threads = [threading.Thread(target=start) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [True] * 16
    assert sorted(path.name for path in tmp_path.iterdir()) == ["hosts", "seccomp.json"]


def test_another_runtime_is_refused() -> None:
    """A request for one would be ignored, and a user who wants gVisor would not get it."""
    podman.check_runtime(None, {"DefaultRuntime": "crun"})
    podman.check_runtime("crun", {"DefaultRuntime": "crun"})
    with pytest.raises(BackendUnavailable, match=r"runtime of its own configuration, now crun.*(?s:.)*--runtime runsc"):
        podman.check_runtime("runsc", {"DefaultRuntime": "crun"})

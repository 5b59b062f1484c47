"""Folders that a sample may write to, beside those that it should."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.guest import scratch_folders


def test_strays_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody's folders in writable temporary file systems; not those of root, of read-only mounts, or of other kinds."""
    for name, mode in (("open", 0o1777), ("root", 0o755), ("root/lock", 0o1777), ("closed", 0o755), ("disk", 0o777)):
        (tmp_path / name).mkdir()
        (tmp_path / name).chmod(mode)
    kinds = {"open": "rw - tmpfs", "root": "rw - tmpfs", "closed": "rw - tmpfs", "disk": "rw - ext4"}
    lines = [f"1 2 0:4 / {tmp_path}/{name} {kind} x rw" for name, kind in kinds.items()]
    lines += [f"1 2 0:5 / {tmp_path}/open ro,nosuid master:1 - tmpfs x rw", "1 2 0:6 / /tmp rw - tmpfs x rw"]
    (tmp_path / "mounts").write_text("\n".join(lines) + "\n")
    monkeypatch.setattr(scratch_folders, "_MOUNTS", str(tmp_path / "mounts"))
    assert scratch_folders.strays() == [str(tmp_path / "open"), str(tmp_path / "root/lock")]

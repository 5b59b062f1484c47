"""A worker goes on only where the memory that a sample has cost its control group has come back."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.guest import charges, processes

MB = 1 << 20


class Group:
    """The files of a control group, of either version."""

    def __init__(self, folder: Path, version: int, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("_V1", "_V2", "_V1_PARTS", "_V2_PARTS"):
            monkeypatch.setattr(charges, name, str(folder / name))
        monkeypatch.setattr(charges, "_SETTLE_S", 0.02)
        monkeypatch.setattr(charges.os, "cpu_count", lambda: 2)
        self._files = folder / f"_V{version}", folder / f"_V{version}_PARTS"
        self.holds(20, pages=2)

    def holds(self, mb: int, pages: int = 0) -> None:
        """So much in all, of which so much pages of files."""
        self._files[0].write_text(f"{mb * MB}\n")
        self._files[1].write_text(f"cache 0\ninactive_file {pages * MB}\nactive_file 0\n")


@pytest.fixture(params=[1, 2])
def group(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Group:
    return Group(tmp_path, request.param, monkeypatch)


@pytest.mark.parametrize(
    ("mb", "pages", "held", "back"),
    [
        (20, 2, 0, True),
        (30, 2, 0, True),
        (60, 2, 0, False),
        (60, 2, 40, True),
        (100, 80, 0, True),
        (200, 180, 0, False),
    ],
    ids=["nothing", "a little", "too much", "the supervisor's own", "pages of files", "many pages of files"],
)
def test_what_is_near_enough(group: Group, mb: int, pages: int, held: int, back: bool) -> None:
    """The kernel's memory counts at once, pages of files only when they are many."""
    charge = charges.Charge(watched=True)
    group.holds(mb, pages)
    assert charge.is_back(held * MB) is back


def test_it_may_come_back_a_little_later(group: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads of the kernel give some of it back after the end of the processes."""
    charge = charges.Charge(watched=True)
    group.holds(500, 2)
    monkeypatch.setattr(charges, "_SETTLE_S", 30.0)
    monkeypatch.setattr(processes.time, "sleep", lambda _: group.holds(21, 2))
    assert charge.is_back(0)


def test_without_a_control_group_there_is_no_charge(tmp_path: Path) -> None:
    """Nor where its files are not shown."""
    assert charges.Charge(watched=False).is_back(0)

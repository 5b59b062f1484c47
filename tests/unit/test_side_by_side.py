"""How `make test` shares the suite between two processes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("xdist", reason="not installed: pip install -e '.[dev]'")

CONFTEST = f"""
import sys
sys.path.insert(0, {str(Path(__file__).resolve().parents[1])!r})

def pytest_xdist_make_scheduler(config, log):
    from side_by_side import FromBothEnds
    return FromBothEnds(config, log)
"""
#: The first file ends its process; each test of the others says which process it is in.
DIES = "import os\ndef test_before(): pass\ndef test_dies(): os._exit(3)\ndef test_after(): pass\n"
SAYS = """
import os, time
import pytest

@pytest.mark.parametrize("number", range(4))
def test_says(number):
    with open("said", "a") as said:
        said.write(__name__ + " " + os.environ["PYTEST_XDIST_WORKER"] + chr(10))
    time.sleep(0.05)
"""


def suite(folder: Path, files: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """What `pytest -n 2` says of these files."""
    for name, text in {"pytest.ini": "[pytest]\n", "conftest.py": CONFTEST, **files}.items():
        (folder / name).write_text(text)
    command = [sys.executable, "-m", "pytest", "-n", "2", *words]
    return subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)


def test_files_stay_whole_and_are_taken_from_both_ends(tmp_path: Path) -> None:
    """Each in one process; the first and the last file are begun at once, by the two."""
    names = [f"test_{letter}" for letter in "abcdef"]
    done = suite(tmp_path, {f"{name}.py": SAYS for name in names})
    assert "24 passed" in done.stdout, done.stdout
    said = [line.split() for line in (tmp_path / "said").read_text().splitlines()]
    by_process = {who: list(dict.fromkeys(name for name, at in said if at == who)) for who in ("gw0", "gw1")}
    front, back = sorted(by_process.values())
    assert [*front, *reversed(back)] == names
    assert front
    assert back


def test_a_test_that_ends_its_process_fails_once(tmp_path: Path) -> None:
    """The tests after it are still run, and it is kept for `--last-failed`."""
    done = suite(tmp_path, {"test_a.py": DIES, "test_b.py": SAYS})
    assert done.returncode == 1
    assert "1 failed, 6 passed" in done.stdout, done.stdout
    assert re.findall(r"^FAILED (\S+) ", done.stdout, re.MULTILINE) == ["test_a.py::test_dies"]
    assert json.loads((tmp_path / ".pytest_cache/v/cache/lastfailed").read_text()) == {"test_a.py::test_dies": True}


def test_files_that_a_process_had_done_are_not_waited_for(tmp_path: Path) -> None:
    """A process that ends in the middle of the suite leaves files that are done and files that are not."""
    files = {f"test_{number:02}.py": SAYS for number in range(12)}
    done = suite(tmp_path, files | {"test_05.py": DIES, "test_06.py": DIES})
    assert "2 failed, 44 passed" in done.stdout, done.stdout


def test_two_processes_may_end_at_once(tmp_path: Path) -> None:
    """Those that take their places collect the tests before they get any."""
    files = {f"test_{number:02}.py": SAYS for number in range(6)}
    done = suite(tmp_path, files | {"test_00.py": DIES, "test_05.py": DIES})
    assert "2 failed, 20 passed" in done.stdout, done.stdout

"""What is released works where there is no checkout: a wheel from the sdist, installed into an environment of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import urllib.request
import venv
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest
from machine import IN_CI

ROOT = Path(__file__).resolve().parents[2]
NOT_IN_A_RELEASE = (".git/", ".venv/", ".mypy_cache/", "runs/", ".env")


def clean() -> dict[str, str]:
    """The environment without anything that leads to the checkout or chooses settings."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("CODEEVAL_", "PYTHON", "VIRTUAL"))
    }
    base = os.environ.get("CODEEVAL_BASE")
    return {**kept, "NO_COLOR": "1", **({"CODEEVAL_BASE": base} if base else {})}


def hatchling(folder: Path, *arguments: str) -> None:
    command = [sys.executable, "-m", "hatchling", "build", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive of the sources."""
    if find_spec("hatchling") is None:
        (pytest.fail if IN_CI else pytest.skip)("hatchling is not installed: pip install -e '.[dev]' in the repository")
    folder = tmp_path_factory.mktemp("sdist")
    hatchling(ROOT, "-t", "sdist", "-d", str(folder))
    return next(folder.glob("*.tar.gz"))


@pytest.fixture(scope="module")
def wheel(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from the sdist, as an index would."""
    folder = tmp_path_factory.mktemp("wheel")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    hatchling(next(folder.iterdir()), "-t", "wheel", "-d", str(folder / "dist"))
    return next((folder / "dist").glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program in an environment that holds the wheel, and finds the dependencies where this one has them."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    site = Path(sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)}))
    # a line of a .pth file adds a folder, whose own .pth files are not read: an editable checkout stays out
    (site / "dependencies.pth").write_text("\n".join(path for path in sys.path if path.endswith("-packages")), "utf-8")
    command = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run(
        [*command, "--ignore-installed", str(wheel)], env=clean(), check=True, timeout=120, capture_output=True
    )
    return folder / "bin" / "codeeval"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that is no checkout."""
    return tmp_path_factory.mktemp("home")


def call(program: Path, home: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [str(program), *map(str, arguments)],
        cwd=home,
        env=clean(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


def test_a_release_has_the_sources_and_nothing_else(sdist: Path, wheel: Path) -> None:
    """The tests and the documentation are in the sdist; the wheel has two packages and what they refer to."""
    with tarfile.open(sdist) as archive:
        names = [name.partition("/")[2] for name in archive.getnames()]
    assert {"pyproject.toml", "Makefile", "tests/conftest.py", "docs/cli.md", "docker/Dockerfile"} <= set(names)
    assert not [name for name in names if name.startswith(NOT_IN_A_RELEASE)]
    with zipfile.ZipFile(wheel) as found:
        tops = {name.partition("/")[0] for name in found.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"codeeval", "sandbox"}


def test_the_wheel_is_what_runs(installed: Path, home: Path) -> None:
    """Not the checkout that the tests run in; and its version is that of the package."""
    python = installed.parent / "python"
    code = "import codeeval, sandbox; print(codeeval.__file__, sandbox.__file__, codeeval.__version__)"
    said = subprocess.run([python, "-c", code], cwd=home, env=clean(), capture_output=True, text=True, check=True)
    first, second, version = said.stdout.split()
    assert not Path(first).is_relative_to(ROOT)
    assert not Path(second).is_relative_to(ROOT)
    assert call(installed, home, "--version").stdout == f"codeeval {version}\n"


@pytest.fixture(scope="module")
def run(installed: Path, home: Path) -> Path:
    """The main job: five problems by the bundled model."""
    done = call(
        installed,
        home,
        *("run", "--limit", 5, "--n", 5, "--sandbox", "local", "--out", "released", "--format", "json"),
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["n_problems"] == 5
    return home / "released"


@pytest.mark.hf
@pytest.mark.local
def test_the_jobs_of_a_user(installed: Path, home: Path, run: Path) -> None:
    """Score completions, make a baseline and gate against it, draw, write the pages of the explorer."""
    rows = [json.dumps({"task_id": "0", "completion": "\n    return None\n"})]
    (home / "samples.jsonl").write_text("\n".join(rows) + "\n", "utf-8")
    calls = (
        "score -t rustarter --samples samples.jsonl --sandbox local --out scored --format quiet",
        "export baseline released -o baseline.json",
        "gate released --baseline baseline.json",
        "report released --plot report.svg --format quiet",
        "export html released -o pages",
        "tasks show rustarter",
    )
    for each in calls:
        done = call(installed, home, *each.split())
        assert done.returncode == 0, (each, done.stdout, done.stderr)
    assert (home / "report.svg").stat().st_size > 1000
    assert list((home / "pages").rglob("*.html"))


@pytest.mark.hf
@pytest.mark.local
def test_the_explorer_of_the_wheel_answers(installed: Path, home: Path, run: Path) -> None:
    """Templates and assets are in it."""
    command = [str(installed), "explore", str(run), "--port", "0", "--no-browser", "--lang", "en"]
    server = subprocess.Popen(command, cwd=home, env=clean(), stderr=subprocess.PIPE, text=True)
    try:
        assert server.stderr is not None
        address = next(
            word.rstrip(".,") for line in server.stderr for word in line.split() if word.startswith("http://")
        )
        with urllib.request.urlopen(address, timeout=60) as page:
            assert b"pass@1" in page.read()
    finally:
        server.terminate()
        server.communicate(timeout=30)


def test_messages_of_the_wheel_name_what_it_has(installed: Path, home: Path) -> None:
    """A page that is referred to lies in the installation."""
    (home / "bad.json").write_text("5", "utf-8")
    said = call(installed, home, "tasks", "validate", "bad.json")
    assert said.returncode == 2
    (page,) = [Path(word.rstrip(".")) for word in said.stderr.split() if "tasks.md" in word]
    assert page.is_file()
    assert not page.is_relative_to(ROOT)

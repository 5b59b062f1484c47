"""Another Python in the local sandbox: which are refused and why, and that programs are executed by the one that was named."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox import Job, Pool, select
from sandbox.backends import image, interpreter
from sandbox.backends.interpreter import BadInterpreter, named, own
from sandbox.backends.local import LocalBackend, package_folders
from sandbox.errors import BackendUnavailable

#: The newest first: the more it differs from the host's, the better.
IMAGES = ("codeeval-base:forky", "codeeval-base:trixie", image.DEFAULT_BASE, "codeeval-base:bookworm")
WHO = "import sys\ndef f():\n    return '.'.join(map(str, sys.version_info[:3])) + ' ' + sys.executable\n"


def script(path: Path, text: str, mode: int = 0o755) -> str:
    path.write_text(f"#!/bin/sh\n{text}\n", "utf-8")
    path.chmod(mode)
    return str(path)


def saying(path: Path, **different: str) -> str:
    """A program that answers as this interpreter does, but for a few things."""
    here = own()
    told = {
        "implementation": "cpython",
        "version": here.version,
        "path": here.path,
        "home": here.home,
        "stdlib": here.stdlib,
        "library": here.library,
        "numpy": "",
    }
    return script(path, f"echo '{json.dumps(told | different)}'")


def refusal(name: str) -> str:
    with pytest.raises(BadInterpreter) as caught:
        named(name)
    return str(caught.value)


def test_what_is_no_interpreter_is_refused_with_the_reason(tmp_path: Path) -> None:
    """Each thing that a name can lead to, by what a user has to mend."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    assert refusal(str(tmp_path / "gone")) == "there is no such file"
    assert refusal("no-such-python") == "there is no such file, nor a program of this name on PATH"
    assert refusal(str(tmp_path / "link")) == f"it is a link to {tmp_path / 'gone'}, which does not exist"
    assert refusal(str(tmp_path)) == "it is a folder, not an interpreter"
    script(tmp_path / "bin" / "python3", "exit 0")
    assert refusal(str(tmp_path)) == f"it is a folder: name {tmp_path}/bin/python3"
    assert refusal(script(tmp_path / "plain", "exit 0", 0o644)) == "it is not executable"
    assert refusal(script(tmp_path / "silent", "exit 0")) == "it does not answer as a Python"
    assert refusal(script(tmp_path / "list", "echo '[1]'")) == "it does not answer as a Python"
    assert refusal(script(tmp_path / "numbers", "echo '{\"a\": 1}'")) == "it does not answer as a Python"
    assert refusal(script(tmp_path / "loud", "echo not me >&2")) == "it does not answer as a Python: not me"
    repeating = refusal(script(tmp_path / "repeating", 'echo "no such file: $*" >&2; exit 2'))
    assert repeating == "it does not answer as a Python: no such file: -I -"
    (tmp_path / "binary").write_bytes(b"\x7fELF")
    (tmp_path / "binary").chmod(0o755)
    assert refusal(str(tmp_path / "binary")).startswith("it can't be started: ")


def test_a_python_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    """By its version and its kind."""
    assert refusal(saying(tmp_path / "old", version="3.10.14")) == "Python 3.10.14 is too old: 3.11 or newer is needed"
    assert refusal(saying(tmp_path / "pypy", implementation="pypy")) == "it is pypy, and CPython is needed"


def test_one_that_does_not_answer_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What reads on and on is no Python."""
    monkeypatch.setattr(interpreter, "_PATIENCE_S", 0.2)
    assert "has not answered" in refusal(script(tmp_path / "slow", "exec sleep 5"))


@pytest.mark.skipif(os.geteuid() != 0, reason="root's workers alone have another user")
def test_files_that_the_user_of_the_sandbox_may_not_read(tmp_path: Path) -> None:
    """Found before a worker fails with something that nobody understands."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    assert refusal(saying(tmp_path / "a", stdlib=str(closed))).startswith(
        f"the user of the sandbox may not read {closed}\n  Allow it: chmod -R a+rX"
    )


def test_a_folder_that_may_not_be_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not the same as a file that is missing."""

    def refuse(path: str) -> os.stat_result:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(os, "lstat", refuse)
    assert refusal("/closed/python3") == "it can't be reached: Permission denied"


def test_the_packages_of_all_pythons_are_hidden(tmp_path: Path) -> None:
    """Also where a system keeps those in pure Python elsewhere than beside the library, and those of another version."""
    hidden = [f"/usr/{name}" for name in ("lib/python3.12/site-packages", "lib64/python3.12/site-packages")]
    hidden += [f"/usr/lib/{name}/dist-packages" for name in ("python3", "pypy3")]
    for folder in (*hidden, "/usr/lib64/python3.12/json", "/usr/lib/python3.12/lib-dynload"):
        (tmp_path / folder[1:]).mkdir(parents=True)
    found = package_folders(str(tmp_path), "/usr/lib64/python3.12")
    assert sorted(found) == sorted([*hidden, "/usr/lib64/python3.12/dist-packages"])
    assert set(package_folders("", "/opt/lib")) >= {"/opt/lib/site-packages", "/opt/lib/dist-packages"}


@pytest.mark.local
def test_a_program_sees_no_packages_but_numpy() -> None:
    """Whatever is installed on this machine."""
    program = """
import glob, sys
def f():
    found = glob.glob("/usr/lib*/py*/*-packages/*") + [path for at in sys.path for path in glob.glob(at + "/*-packages/*")]
    return [path for path in found if not path.endswith("/numpy")]
"""
    backend = select("local", lambda line: None)
    with Pool(backend, workers=1) as pool:
        assert pool.submit(Job(program, "f", ("{}",))).result(timeout=60).observations[0].text == "[]"
    backend.close()


def test_only_the_local_sandbox_takes_one() -> None:
    """The others have the Python of an image."""
    with pytest.raises(BackendUnavailable, match="the Python of its image"):
        select("docker", python=sys.executable)
    with pytest.raises(BadInterpreter):
        select("auto", python="/no/such/python")


def test_without_numpy_results_are_not_comparable(tmp_path: Path) -> None:
    """Programs that import it fail there, so the manifest says so."""
    assert own().title == f"host python {own().version}"
    assert named(saying(tmp_path / "bare")).title == f"host python {own().version} without numpy"


@pytest.mark.local
def test_an_environment_stands_for_its_interpreter(tmp_path: Path) -> None:
    """A program runs under the base of a virtual environment, whose packages it does not see."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "e")], check=True)
    python = str(tmp_path / "e" / "bin" / "python")
    backend = select("auto", python=python)
    assert (backend.name, backend.why) == ("local", "a Python was named, which only it can use")
    with Pool(backend, workers=1) as pool:
        found = pool.submit(Job(WHO, "f", ("{}",))).result(timeout=60).observations[0].text
    assert found == f"{own().version} {own().path}"
    said = backend.describe()
    assert (said["interpreter"], said["image"]) == (python, f"host python {own().version} without numpy")


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file system of another Linux: a base image of the engine, unpacked."""
    name = next((name for name in IMAGES if image_is_here(name)), None)
    if name is None:
        pytest.skip("the engine has no base image: docker/base-image.sh makes one")
    folder = tmp_path_factory.mktemp("tree")
    made = subprocess.run(["docker", "create", name, "true"], capture_output=True, text=True, check=True).stdout.strip()
    try:
        with subprocess.Popen(["docker", "export", made], stdout=subprocess.PIPE) as export:
            subprocess.run(["tar", "-x", "-C", str(folder), "--exclude=dev/*"], stdin=export.stdout, check=True)
    finally:
        subprocess.run(["docker", "rm", made], capture_output=True, check=True)
    return folder


def image_is_here(name: str) -> bool:
    return subprocess.run(["docker", "image", "inspect", name], capture_output=True, check=False).returncode == 0


@pytest.mark.docker
@pytest.mark.local
def test_the_python_of_another_system(tree: Path) -> None:
    """It runs with its own C library and its own numpy, and sees nothing of this machine's."""
    python = next(path for path in (tree / "usr/local/bin/python3", tree / "usr/bin/python3") if path.exists())
    expected = named(str(python))
    assert (expected.root, expected.path.startswith(str(tree))) == (str(tree), False)
    program = (
        "import numpy, sys\ndef f():\n    return sys.version_info[:3], numpy.__file__, open('/etc/passwd').read()\n"
    )
    backend = LocalBackend(python=str(python))
    with Pool(backend, workers=1) as pool:
        who, about = (pool.submit(Job(text, "f", ("{}",))).result(timeout=60) for text in (WHO, program))
    assert who.observations[0].text == f"{expected.version} {expected.path}"
    told = about.observations[0].text
    assert told is not None
    assert "/opt/sandbox/numpy/__init__.py" in told
    assert "sandbox:x:1000" in told
    assert backend.describe()["image"] == f"host python {expected.version}"

"""A base image with further packages: what pip is asked for, what is built, and that programs can import it."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from sandbox import Job, Pool, select
from sandbox.backends import Wanted, build_base, build_image, packages
from sandbox.backends.docker_engine import connect
from sandbox.backends.packages import _context, _lines
from sandbox.errors import BackendUnavailable

#: Small, pure Python, and without dependencies.
PACKAGE = "six==1.16.0"


def test_a_file_and_names_are_asked_for_together(tmp_path: Path) -> None:
    """In the order in which they were given, without empty lines."""
    (tmp_path / "r.txt").write_text("a==1 --hash=sha256:0\n\nb\n", "utf-8")
    assert _lines(Wanted(None, ("c",), tmp_path / "r.txt")) == ("a==1 --hash=sha256:0", "b", "c")
    assert _lines(Wanted()) == ()


def test_an_environment_without_pip(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """uv makes them so; it is said how pip gets there."""
    monkeypatch.setattr(packages, "find_spec", lambda name: None)
    with pytest.raises(BackendUnavailable, match="uvx --with pip"):
        packages._fetch(Wanted(packages=(PACKAGE,)), "3.12", tmp_path)


def test_files_that_a_file_names_count(tmp_path: Path) -> None:
    """The name of an image changes with them; a ring of files ends, and what lies elsewhere is pip's."""
    (tmp_path / "r.txt").write_text("-r more.txt\n--constraint=limits.txt\n-r https://example.invalid/x.txt\n", "utf-8")
    (tmp_path / "more.txt").write_text("a==1\n-rr.txt\n", "utf-8")
    (tmp_path / "limits.txt").write_text("b<2\n", "utf-8")
    found = _lines(Wanted(requirements=tmp_path / "r.txt"))
    assert [line for line in found if "txt" not in line] == ["a==1", "b<2"]


@pytest.mark.docker
def test_a_requirements_file_with_hashes(tmp_path: Path) -> None:
    """A file of the user's is read where it lies, with the files that it names; a wrong hash is refused by pip."""
    (tmp_path / "r.txt").write_text("-r pinned.txt\n", "utf-8")
    (tmp_path / "pinned.txt").write_text(f"{PACKAGE} --hash=sha256:{'0' * 64}\n", "utf-8")
    with pytest.raises(BackendUnavailable, match=f"(?s)HASHES.*Expected sha256 {'0' * 64}"):
        build_base(lambda line: None, Wanted(requirements=tmp_path / "r.txt"))


def test_what_the_engine_gets_belongs_to_root(tmp_path: Path) -> None:
    """No time, owner or write permission of this machine is in it, so equal packages are equal layers."""
    (tmp_path / "p").mkdir(mode=0o700)
    (tmp_path / "p" / "m.py").write_text("x = 1\n", "utf-8")
    (tmp_path / "p" / "m.py").chmod(0o666)
    with tarfile.open(fileobj=io.BytesIO(_context(tmp_path, "/usr/lib/x").getvalue())) as archive:
        entries = {entry.name: entry for entry in archive}
        text = archive.extractfile("Dockerfile")
        assert text is not None
        assert b"COPY packages/ /usr/lib/x/" in text.read()
    assert entries["packages/p/m.py"].mode == 0o644
    assert {(each.uid, each.gid, each.mtime, each.uname) for each in entries.values()} == {(0, 0, 0, "")}


@pytest.mark.docker
def test_programs_import_what_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Built once, found again, another image than the usual one, and the program can import it."""
    said: list[str] = []
    base = build_base(said.append, Wanted(packages=(PACKAGE,)))
    try:
        assert build_base(lambda line: pytest.fail(line), Wanted(packages=(PACKAGE,))) == base
        tag, _ = build_image(said.append, base)
        assert tag != build_image(said.append)[0]
        monkeypatch.setenv("CODEEVAL_BASE", base)
        backend = select("docker", said.append)
        try:
            assert backend.describe()["image_tag"] == tag
            with Pool(backend, workers=1) as pool:
                job = Job("import six\ndef f():\n    return six.__version__\n", "f", ("{}",))
                outcome = pool.submit(job).result(timeout=120)
        finally:
            backend.close()
        assert outcome.observations[0].text == "1.16.0"
    finally:
        client = connect(timeout_s=10)
        for name in (*(line.split()[-1] for line in said if line.startswith("built ")), base):
            if name.startswith("codeeval-"):
                client.images.remove(name, force=True)
        client.close()


@pytest.mark.docker
def test_a_package_that_does_not_exist_is_one_message() -> None:
    """With what pip said."""
    with pytest.raises(BackendUnavailable, match=r"pip can't get these packages as wheels for Python 3\.\d+:"):
        build_base(lambda line: None, Wanted(packages=("codeeval-no-such-package==0",)))

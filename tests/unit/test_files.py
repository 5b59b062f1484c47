"""Files that the user named: what is read has an end, what is written is whole, and no pipe or link is replaced."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeeval import files
from codeeval.errors import UsageError
from codeeval.files import opened, read_text, reason, written
from codeeval.gate import load_baseline, load_policy
from codeeval.generators.replay import open_generator
from codeeval.mera.read import read_submission
from codeeval.prompts.template_file import read_template
from codeeval.prompts.templates import system_text
from codeeval.tasks.answers import read_answers


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    os.mkfifo(tmp_path / "pipe.json")
    return tmp_path / "pipe.json"


def test_a_pipe_without_a_writer_is_spoken_of(pipe: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it is waited for; what comes later is read to its end, however slowly."""
    monkeypatch.setattr(files, "PATIENCE_S", 0.05)
    said = threading.Event()
    monkeypatch.setattr("builtins.print", lambda text, **_: said.set() if "is a pipe" in text else None)

    def write() -> None:
        assert said.wait(60)
        with pipe.open("wb", buffering=0) as stream:
            stream.write(b"one, ")
            stream.write(b"two")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        with opened(pipe) as stream:
            assert stream.read() == b"one, two"
    finally:
        said.set()
        writer.join()


def test_a_pipe_with_a_writer_is_read_in_silence(pipe: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """As behind `<(command)`."""
    descriptor = os.open(pipe, os.O_RDWR)
    os.write(descriptor, b'"x"')
    with opened(pipe) as stream:
        os.close(descriptor)
        assert stream.read() == b'"x"'
    assert capfd.readouterr().err == ""


def test_what_is_read_is_bounded(tmp_path: Path) -> None:
    """A device without an end is no reason to read for ever; the limit itself is still read."""
    (tmp_path / "text").write_bytes(b"12345678")
    assert read_text(tmp_path / "text", most=8) == "12345678"
    for path in (tmp_path / "text", Path("/dev/zero")):
        with pytest.raises(ValueError, match="larger than"):
            read_text(path, most=7)
    for read in (load_baseline, lambda path: read_template(str(path)), lambda path: system_text(f"@{path}")):
        with pytest.raises(UsageError, match=r"/dev/zero.*larger than \d+ MiB"):
            read(Path("/dev/zero"))


def test_what_has_to_be_a_file_is_one(pipe: Path) -> None:
    """Readers that go back, or read twice, refuse a pipe at once instead of waiting for it."""
    for read in (read_answers, read_submission, lambda path: open_generator(str(path), {})):
        with pytest.raises(UsageError, match=r"pipe\.json: not a file"):
            read(pipe)


@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_an_error(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    """As Python reads text; the reason says what is wrong and never repeats the path."""
    path = tmp_path_factory.mktemp("any") / "file"
    path.write_bytes(data)
    try:
        expected = path.read_text("utf-8")
    except UnicodeDecodeError:
        with pytest.raises(UnicodeDecodeError) as found:
            read_text(path)
        assert reason(found.value).startswith("not UTF-8")
    else:
        assert read_text(path) == expected


def test_reasons() -> None:
    """The system's own words, without the name of the file."""
    assert reason(FileNotFoundError(2, "No such file or directory", "x")) == "No such file or directory"
    assert reason(ValueError("embedded null byte")) == "embedded null byte"


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    """What was there stays until everything is written, and nothing else is left behind."""
    path = tmp_path / "file"
    path.write_text("before")
    with pytest.raises(TypeError), written(path) as stream:
        stream.writelines([b"half", "no bytes"])  # type: ignore[list-item]
    assert path.read_text() == "before"
    with written(path) as stream:
        stream.write(b"after")
        assert path.read_text() == "before"
    assert path.read_text() == "after"
    assert [item.name for item in tmp_path.iterdir()] == ["file"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """What it points to is written, there already or not."""
    for name in ("there", "new"):
        (tmp_path / f"{name}.link").symlink_to(name)
    (tmp_path / "there").write_text("before")
    for name in ("there", "new"):
        with written(tmp_path / f"{name}.link") as stream:
            stream.write(b"after")
        assert (tmp_path / f"{name}.link").is_symlink()
        assert (tmp_path / name).read_text() == "after"


def test_a_pipe_stays_a_pipe(pipe: Path) -> None:
    """It is written to, not replaced by a file; so is a device such as /dev/null, which is the whole system's."""
    descriptor = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        with written(pipe) as stream:
            stream.write(b"through")
        assert os.read(descriptor, 100) == b"through"
    finally:
        os.close(descriptor)
    assert pipe.is_fifo()


def test_policies_come_through_pipes(pipe: Path) -> None:
    """`--policy <(command)`."""
    descriptor = os.open(pipe, os.O_RDWR)
    os.write(descriptor, b"strict = true")
    threading.Timer(0.05, os.close, (descriptor,)).start()
    assert load_policy(pipe).strict

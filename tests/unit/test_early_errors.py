"""Bad settings of a run are refused before anything heavy is imported or opened: a template is looked for in the model's files
by transformers, which alone takes seconds."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from codeeval.cli.failing import guarded
from codeeval.cli.main import program
from codeeval.errors import UsageError
from codeeval.evaluation import request
from codeeval.evaluation.request import ask
from codeeval.evaluation.resolve import resolve
from codeeval.tasks.bundled import DEMO_MODEL, bundled
from sandbox import doctor

ROOT = Path(__file__).resolve().parents[2]
#: What a refusal may not have needed.
HEAVY = ("torch", "transformers", "docker", "matplotlib", "starlette")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model, to be spoiled. It is a copy, so that its template has to be looked for."""
    place = tmp_path / "model"
    place.mkdir()
    for path in bundled(DEMO_MODEL).iterdir():
        (place / path.name).symlink_to(path)
    return place


def gone(folder: Path) -> None:
    shutil.rmtree(folder)


def without_tokenizer(folder: Path) -> None:
    for path in folder.glob("tokenizer*"):
        path.unlink()


def cut_short(folder: Path) -> None:
    weights = folder / "model.safetensors"
    data = weights.read_bytes()
    weights.unlink()
    weights.write_bytes(data[: len(data) // 2])


def whole(folder: Path) -> None:
    pass


@pytest.mark.hf
@pytest.mark.parametrize(
    ("spoil", "given", "words"),
    [
        (gone, {}, "no such model folder"),
        (without_tokenizer, {}, "lacks its tokenizer"),
        (cut_short, {}, "model.safetensors is cut short"),
        (whole, {"model_options": ["devise=cpu"]}, "-M devise=…: backend hf has no such option"),
        (whole, {"model_options": ["rows=many"]}, "-M rows=many"),
        (whole, {"instructions": "99"}, "--instructions '99'"),
        (whole, {"python": "/no/such/python"}, "--python /no/such/python: there is no such file"),
    ],
    ids=["missing", "no tokenizer", "cut short", "unknown option", "wrong option", "instructions", "python"],
)
def test_nothing_is_opened_for_settings_that_are_refused(
    folder: Path,
    spoil: Callable[[Path], None],
    given: dict[str, object],
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Each is a sentence, and the model's own template has not been looked for."""
    spoil(folder)
    monkeypatch.setattr(request, "choose_template", lambda *asked: pytest.fail("the model was opened"))
    settings = resolve({"model": f"{folder}", "backend": "hf", "out": tmp_path / "r", **given}, None, {}).settings
    with pytest.raises(UsageError) as caught:
        ask(settings)
    assert words in str(caught.value)
    assert not (tmp_path / "r").exists()


@pytest.mark.hf
def test_nothing_heavy_is_imported_for_them(folder: Path) -> None:
    """In the process of the command."""
    program = (
        "import sys\nfrom codeeval.cli.main import main\n"
        "sys.argv = ['codeeval', 'run', '-m', sys.argv[1], '--backend', 'hf', '-M', 'devise=cpu']\n"
        "try:\n    main()\nexcept SystemExit as end:\n    print(end.code)\n"
        f"print([name for name in {HEAVY} if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=folder.parent,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert done.stdout.splitlines() == ["2", "[]"], done.stderr


def test_a_ctrl_c_before_there_is_a_run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """One line and 130, whatever the parser makes of it: once it made nothing but the code."""

    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(doctor, "checks", interrupted)
    assert guarded(lambda: program()(["doctor"], prog_name="codeeval", standalone_mode=False)) == 130
    assert capsys.readouterr() == ("", "codeeval: interrupted\n")


def test_ctrl_c_while_the_program_is_imported() -> None:
    """No traceback of an import."""
    program = (
        "import os, signal, sys\n"
        "class Finder:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'typer':\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Finder())\n"
        "from codeeval.__main__ import main\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "codeeval: interrupted\n")


def test_ctrl_c_while_a_text_is_executed() -> None:
    """As for each dataclass. Python would end itself by the signal, whatever the code."""
    program = (
        "import sys\n"
        "from sandbox import doctor\n"
        "from codeeval.cli import main\n"
        "def interrupted():\n"
        "    exec('import os, signal; os.kill(os.getpid(), signal.SIGINT)')\n"
        "doctor.checks = interrupted\n"
        "sys.argv = ['codeeval', 'doctor']\n"
        "main.main()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "codeeval: interrupted\n")


def test_ctrl_c_while_a_class_is_made(capsys: pytest.CaptureFixture[str]) -> None:
    """Python 3.11 raises another exception from it."""

    def command() -> int:
        raise RuntimeError("Error calling __set_name__") from KeyboardInterrupt()

    assert guarded(command) == 130
    assert capsys.readouterr() == ("", "codeeval: interrupted\n")


def test_ctrl_c_at_the_end() -> None:
    """When all is done, and Python ends."""
    program = (
        "import atexit, os, signal, sys\n"
        "from codeeval.cli import main\n"
        "atexit.register(lambda: os.kill(os.getpid(), signal.SIGINT))\n"
        "sys.argv = ['codeeval', '--version']\n"
        "main.main()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (130, "codeeval: interrupted\n")


def test_little_is_imported_before_ctrl_c_has_its_handler() -> None:
    """Until then it shows a traceback."""
    program = "import sys; known = set(sys.modules); import codeeval.__main__; print(*sorted(set(sys.modules) - known))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [
        "__future__",
        "codeeval",
        "codeeval.__main__",
        "codeeval.cli",
        "codeeval.cli.signals",
    ]

"""What is installed with codeeval, what its messages say to install, and the one place of its version."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

import codeeval
from codeeval.cli.health import EXTRAS, generation_checks
from codeeval.environment import code_revision, installed_versions, package_version
from codeeval.errors import install
from codeeval.generators import BACKENDS
from codeeval.tasks.bundled import page
from sandbox.backends import image

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
FOLDERS = "(?:docs|docker|ci|demo|problems|tests)"


def texts(path: Path) -> list[tuple[int, str]]:
    """The texts of a module with their lines, without its docstrings."""
    parsed = ast.parse(path.read_text("utf-8"))
    documented = {id(node.value) for node in ast.walk(parsed) if isinstance(node, ast.Expr)}
    return [
        (node.lineno, node.value)
        for node in ast.walk(parsed)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented
    ]


def sources() -> list[Path]:
    return sorted([*(ROOT / "codeeval").rglob("*.py"), *(ROOT / "sandbox").rglob("*.py")])


def test_no_message_and_no_page_installs_from_an_index() -> None:
    """No index need have this package, so `pip install codeeval` and `pip install 'codeeval[x]'` are said nowhere."""
    pattern = re.compile(r"pip install [\"']?codeeval(\[[\w,]+\])?(?![\w\[-]| @ )")
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *(ROOT / "ci").rglob("*.*")]
    read = [*sources(), *pages]
    assert not [str(path) for path in read if pattern.search(path.read_text("utf-8"))]
    assert pattern.search("pip install 'codeeval[hf]'")


def test_no_message_names_a_file_that_a_wheel_lacks() -> None:
    """What an installed package refers to comes with it, so messages get its path from where it is."""
    pattern = re.compile(rf"(?<![\w/{{]){FOLDERS}/[\w-]+\.(?:md|sh|py|json)")
    allowed = {"tasks/bundled.py"}  # where the two places are told apart
    found = [
        f"{path.relative_to(ROOT)}:{line}: {text[:80]}"
        for path in sources()
        if "/".join(path.parts[-2:]) not in allowed
        for line, text in texts(path)
        if pattern.search(text)
    ]
    assert not found, "\n".join(found)


def test_what_messages_refer_to_is_there() -> None:
    """Pages and scripts, by the path that is shown."""
    for name in ("tasks.md", "mera.md"):
        assert Path(page(name)).is_file()
    for name in ("engine.sh", "base-image.sh"):
        assert Path(image.script(name)).is_file()


@pytest.mark.parametrize("extra", sorted(set(PROJECT["optional-dependencies"]) - {"dev"}))
def test_an_extra_is_installed_by_what_it_stands_for(extra: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command lists its packages; without installed metadata it names the folder of the repository."""
    listed = [f"{each} ; extra == '{extra}'" for each in PROJECT["optional-dependencies"][extra]]
    monkeypatch.setattr(metadata, "requires", lambda name: ["numpy>=2.0", *listed, "x; extra == 'other'"])
    assert install(extra) == "pip install " + " ".join(f"'{each}'" for each in PROJECT["optional-dependencies"][extra])
    monkeypatch.setattr(metadata, "requires", lambda name: None)
    assert f".[{extra}]" in install(extra)


def test_the_doctor_tells_the_state_of_every_extra() -> None:
    """The backends have a line of their own; what is missing comes with its command."""
    assert set(EXTRAS) | {"hf", "vllm", "dev"} == set(PROJECT["optional-dependencies"])
    found = next(check for check in generation_checks() if check.name == "extras")
    named = set(re.findall(r"\w+", found.detail)) & set(EXTRAS)
    assert (named, found.ok) == (set(EXTRAS), None)
    assert len(found.remedy.splitlines()) == len([name for name in EXTRAS if f"{name}: pip install" in found.remedy])


def test_every_extra_that_a_message_names_exists() -> None:
    """Calls of `install` and the registry of backends."""
    named = {entry.extra for entry in BACKENDS.values() if entry.extra}
    for path in sources():
        named |= set(re.findall(r"\binstall\([\"'](\w+)[\"']\)", path.read_text("utf-8")))
    assert named
    assert named <= set(PROJECT["optional-dependencies"])


def test_everything_that_is_declared_is_used() -> None:
    """A dependency that nothing imports is one that nobody needs."""
    names = {re.split(r"[<>=~\[ ]", each)[0].lower().replace("-", "_") for each in PROJECT["dependencies"]}
    imported: set[str] = set()
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module.split(".")[0])
    assert not names - imported


def test_there_is_one_version() -> None:
    """pyproject.toml takes it from the package, and so do manifests."""
    assert "version" in PROJECT["dynamic"]
    assert "version" not in PROJECT
    assert package_version() == codeeval.__version__
    assert re.fullmatch(r"\d+\.\d+\.\d+(?:\.dev\d+|rc\d+)?", codeeval.__version__)


def test_the_versions_of_packages_are_those_of_their_metadata() -> None:
    """Of those that are installed."""
    found = installed_versions()
    assert found == {name: metadata.version(name) for name in found}
    assert {"docker", "numpy", "pydantic"} <= {*found}


def test_the_revision_is_the_commit() -> None:
    """Of the checkout that holds these tests, marked if it was changed."""
    git = ["git", "-C", str(ROOT)]
    commit = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True, check=False).stdout.strip()
    changed = subprocess.run([*git, "diff", "--quiet", "HEAD"], check=False).returncode
    assert code_revision() == (f"{commit}{'+dirty' if changed else ''}" if commit else None)

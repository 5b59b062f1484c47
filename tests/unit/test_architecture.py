"""Imports go one way. Read from the syntax trees, so that nothing has to be imported and lazy imports count too."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("codeeval", "sandbox")
#: Seconds to import, so never at the top of a module.
HEAVY = {"torch", "transformers", "vllm", "ray", "accelerate", "datasets", "pyarrow", "matplotlib", "openai"}
#: What a module that only computes has no use for.
EFFECTS = {"os", "subprocess", "socket", "sqlite3", "multiprocessing", "shutil", "tempfile", "time", "docker"}

#: They compute and do nothing else, so they may use each other, the types, the errors and the messages.
PURE = {
    "codeeval.reading",
    "codeeval.scoring",
    "codeeval.stats",
    "codeeval.gate.reason",
    "codeeval.gate.rule",
    "codeeval.gate.verdict",
    "codeeval.i18n.messages",
    "codeeval.stops",
    "codeeval.syntax",
    "codeeval.types",
}
#: Module or package -> what it may import of this project; a package covers what is below it.
#: What is not listed here may import anything but `codeeval.cli` (and `sandbox` never `codeeval`).
ALLOWED: dict[str, set[str]] = {
    "sandbox.wire": {"sandbox.colliding_keys"},
    "sandbox.colliding_keys": set(),
    "sandbox.outcomes": set(),
    "sandbox.marks": set(),
    "sandbox.errors": set(),
    "sandbox.guest": {"sandbox.wire", "sandbox.guest"},
    "codeeval.errors": {"codeeval.i18n.messages"},
    "codeeval.types": {"sandbox.wire"},
    **{
        name: {*PURE, "codeeval.errors", "sandbox.marks", "sandbox.outcomes", "sandbox.wire"}
        for name in sorted(PURE - {"codeeval.types"})
    },
}
EXECUTION = {"sandbox.pool", "sandbox.backends"}
#: Package -> what it may not import: the parts that are handed to it, or that come after it.
FORBIDDEN: dict[str, set[str]] = {
    "codeeval.generators": {
        "sandbox",
        "codeeval.store",
        "codeeval.evaluation.pipeline",
        "codeeval.scoring.grade",
        "codeeval.report",
    },
    "codeeval.store": {"codeeval.evaluation", "codeeval.generators", "codeeval.report", *EXECUTION},
    "codeeval.report": {"codeeval.evaluation", "codeeval.generators", *EXECUTION},
    "codeeval.cli": {
        *(
            "codeeval.evaluation.pipeline",
            "codeeval.evaluation.shards.router",
            "codeeval.evaluation.shards.shard",
            "codeeval.evaluation.preflight",
            "codeeval.evaluation.repair",
            "codeeval.scoring.grade",
        ),
        *(
            "codeeval.store.RunStore",
            "codeeval.store.writer",
            "codeeval.generators.create",
            "sandbox.Pool",
            "sandbox.pool",
        ),
    },
}


@dataclass(frozen=True, slots=True)
class Import:
    """One imported module or name, dotted; `top` when it happens as soon as the importing module is imported."""

    importer: str
    imported: str
    line: int
    top: bool

    def __str__(self) -> str:
        return f"{self.importer}:{self.line} imports {self.imported}"


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def below(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def names_of(node: ast.Import | ast.ImportFrom, importer: str, *, is_package: bool) -> list[str]:
    """The dotted names; `from a import b` gives a.b, which is a module or a name in one."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    base = node.module or ""
    if node.level:
        anchor = importer.split(".")
        anchor = anchor[: len(anchor) - node.level + is_package]
        base = ".".join([*anchor, base] if base else anchor)
    return [f"{base}.{alias.name}" for alias in node.names]


def is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}


def walk(node: ast.AST, *, top: bool) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child, top
        else:
            inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) or is_type_checking(child)
            yield from walk(child, top=top and not inside)


def imports_in(path: Path) -> list[Import]:
    importer, is_package = module_name(path), path.name == "__init__.py"
    tree = ast.parse(path.read_text("utf-8"), filename=str(path))
    return [
        Import(importer, name, node.lineno, top)
        for node, top in walk(tree, top=True)
        for name in names_of(node, importer, is_package=is_package)
    ]


def source_files() -> list[Path]:
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


@pytest.fixture(scope="module")
def imports() -> list[Import]:
    """Every import of every module of the project."""
    return [found for path in source_files() for found in imports_in(path)]


def own(found: Import) -> bool:
    return found.imported.split(".")[0] in PACKAGES


def lines(wrong: list[Import]) -> str:
    return "\n".join(map(str, wrong))


def test_the_reader_sees_every_kind_of_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Absolute, relative, lazy and type-only imports are all read, and told apart."""
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    package = tmp_path / "pkg" / "sub"
    package.mkdir(parents=True)
    source = "import a.b\nfrom . import c\nfrom ..d import e\nif TYPE_CHECKING:\n    import f\ndef g():\n    import h\n"
    (package / "m.py").write_text(source, "utf-8")
    (package / "__init__.py").write_text("from .m import x\nfrom .. import y\n", "utf-8")
    assert [(i.imported, i.top) for i in imports_in(package / "m.py")] == [
        ("a.b", True),
        ("pkg.sub.c", True),
        ("pkg.d.e", True),
        ("f", False),
        ("h", False),
    ]
    assert [i.imported for i in imports_in(package / "__init__.py")] == ["pkg.sub.m.x", "pkg.y"]


def test_sandbox_never_imports_codeeval(imports: list[Import]) -> None:
    """The sandbox stands on its own."""
    assert not (wrong := [i for i in imports if below(i.importer, "sandbox") and below(i.imported, "codeeval")]), lines(
        wrong
    )


def test_only_the_command_line_imports_the_command_line(imports: list[Import]) -> None:
    """`codeeval.cli` imports everything and is imported by nothing but `python -m codeeval`."""
    inside = ("codeeval.cli", "codeeval.__main__")
    wrong = [i for i in imports if below(i.imported, "codeeval.cli") and not any(below(i.importer, p) for p in inside)]
    assert not wrong, lines(wrong)


@pytest.mark.parametrize("layer", ALLOWED)
def test_a_low_layer_imports_only_what_lies_below(imports: list[Import], layer: str) -> None:
    """The pure modules, the types and the guest import nothing of the project but what the table lists."""
    wrong = [
        i
        for i in imports
        if below(i.importer, layer) and own(i) and not any(below(i.imported, a) for a in ALLOWED[layer])
    ]
    assert not wrong, lines(wrong)


@pytest.mark.parametrize("layer", FORBIDDEN)
def test_a_layer_does_not_reach_for_what_is_handed_to_it(imports: list[Import], layer: str) -> None:
    """Generators know no sandbox, the store no pipeline, and readers of runs execute nothing."""
    wrong = [
        i for i in imports if below(i.importer, layer) and any(below(i.imported, banned) for banned in FORBIDDEN[layer])
    ]
    assert not wrong, lines(wrong)


#: What is made in one place of the host, so that another may take its place -> where.
MADE = {
    "codeeval.evaluation.pipeline.Pipeline": {"codeeval.evaluation.work"},
    "codeeval.evaluation.preflight.preflight": {"codeeval.evaluation.sandbox"},
    "codeeval.environment.installed_versions": {"codeeval.evaluation.manifest_builder"},
    "sandbox.Pool": {"codeeval.evaluation.sandbox"},
}


@pytest.mark.parametrize("name", MADE)
def test_what_is_made_in_one_place_is_made_there(imports: list[Import], name: str) -> None:
    """The pool, the pipeline over a run file, the manifest of a new run."""
    assert {found.importer for found in imports if found.imported == name and own(found)} == MADE[name]


def test_the_command_line_only_parses_calls_and_prints() -> None:
    """A file of it that grows beyond this holds a use case."""
    long = [
        path
        for path in sorted((ROOT / "codeeval" / "cli").rglob("*.py"))
        if len(path.read_text("utf-8").splitlines()) > 200
    ]
    assert not long


def test_the_guest_needs_only_the_standard_library(imports: list[Import]) -> None:
    """The guest and the wire are copied into an image that has nothing else."""
    copied = [i for i in imports if below(i.importer, "sandbox.guest") or i.importer == "sandbox.wire"]
    assert copied
    wrong = [i for i in copied if not own(i) and i.imported.split(".")[0] not in sys.stdlib_module_names]
    assert not wrong, lines(wrong)


def test_heavy_packages_are_imported_at_use(imports: list[Import]) -> None:
    """`codeeval --help` must not pay for torch and its like."""
    wrong = [i for i in imports if i.top and i.imported.split(".")[0] in HEAVY]
    assert not wrong, lines(wrong)


def test_pure_modules_have_no_effects(imports: list[Import]) -> None:
    """Extraction, grading and statistics compute: they open nothing, start nothing and look at no clock."""
    pure = [
        i
        for i in imports
        if any(below(i.importer, p) for p in {*PURE, "sandbox.marks", "sandbox.outcomes", "sandbox.wire"})
    ]
    assert pure
    wrong = [i for i in pure if i.imported.split(".")[0] in EFFECTS]
    assert not wrong, lines(wrong)


def test_every_folder_of_the_packages_is_a_package() -> None:
    """A folder without an __init__.py would be left out of tools that look for packages."""
    missing = {path.parent for path in source_files() if not (path.parent / "__init__.py").exists()}
    assert not missing


@pytest.mark.parametrize("name", sorted({*ALLOWED, *FORBIDDEN}))
def test_the_tables_name_what_exists(name: str) -> None:
    """A rule about a module that was renamed would hold for ever."""
    path = ROOT.joinpath(*name.split("."))
    assert path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


def test_the_map_is_up_to_date() -> None:
    """docs/images/architecture.svg is what the imports give, and the rooms form no circle."""
    script = ROOT / "docs" / "architecture_map.py"
    done = subprocess.run([sys.executable, str(script), "--check"], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr or "run: python docs/architecture_map.py"


def test_the_first_look_has_at_most_thirty_rooms() -> None:
    """A newcomer can take in the map at once."""
    picture = (ROOT / "docs" / "images" / "architecture.svg").read_text("utf-8")
    assert 10 < picture.count("<g class=") <= 30


def test_the_page_of_the_architecture_names_files_that_exist() -> None:
    """Every path in the reading order and in the tables leads somewhere."""
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    paths = re.findall(r"`((?:codeeval|sandbox|docs|tests)/[\w/.*]+)`", page)
    assert len(paths) > 25
    assert [path for path in paths if not any(ROOT.glob(path.rstrip("/")))] == []


def test_what_is_read_first_takes_an_hour() -> None:
    """The first column of the reading order: as many lines as somebody who knows the field reads in that time."""
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    rows = re.findall(
        r"^\| [^|`]+ \|([^|]+)\|[^|]+\|$", page.split("## Reading order")[1].split("\n## ")[0], re.MULTILINE
    )
    paths = [path for row in rows for path in re.findall(r"`([\w/]+\.py)`", row)]
    assert len(paths) > 15
    assert sum(len((ROOT / path).read_text("utf-8").splitlines()) for path in paths) < 3000

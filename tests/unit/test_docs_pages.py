"""The pages of docs/: their commands exist, the site has all of them, and formats and pictures are not forgotten."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
import yaml

from codeeval.cli.main import program
from codeeval.exports import FORMATS
from codeeval.prompts.templates import TEMPLATES

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "ci"), str(ROOT / "docs")]
from picture_sources import COMMAND, SOURCES, content, digest, recorded  # noqa: E402
from site_links import on_page_markdown  # noqa: E402

PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
#: And those that are no part of the site.
TEXTS = sorted(
    [
        *(ROOT / name for name in ("SECURITY.md", "CONTRIBUTING.md")),
        *(ROOT / "demo").rglob("*.md"),
        *(ROOT / "problems").rglob("*.md"),
        *(path for path in (ROOT / "tests").rglob("*.md") if ".cache" not in path.parts),
        *PAGES,
    ]
)
FENCE = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)


def commands(page: Path) -> Iterator[list[str]]:
    """The words of every line that calls the program."""
    for block in FENCE.findall(page.read_text("utf-8")):
        for line in block.replace("\\\n", " ").splitlines():
            if line.startswith("codeeval "):
                yield shlex.split(line.partition(" | ")[0], comments=True)[1:]


def fault(words: list[str]) -> str | None:
    """What the program would not know: a verb or a flag."""
    command = typer.main.get_command(program())
    while words and not words[0].startswith("-") and hasattr(command, "commands"):
        if words[0].isupper():
            return None  # VERB stands for any
        if words[0] not in command.commands:
            return f"no verb {words[0]}"
        command, words = command.commands[words[0]], words[1:]
    known = {name for each in command.params for name in (*each.opts, *each.secondary_opts)} | {"--help", "-h"}
    given = [word.partition("=")[0] for word in words if re.match(r"--?[a-zA-Z]", word)]
    return next((f"no flag {name}" for name in given if name not in known), None)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_every_command_of_a_page_exists(page: Path) -> None:
    """Its verb, and its flags."""
    assert not [(words, wrong) for words in commands(page) if (wrong := fault(words))]


def test_what_does_not_exist_is_seen() -> None:
    """The check itself."""
    assert fault(["run", "--no-such"]) == "no flag --no-such"
    assert fault(["walk"]) == "no verb walk"
    assert fault(["tasks", "show", "rustarter"]) is None
    assert sum(1 for page in PAGES for _ in commands(page)) > 40


def absent(page: Path, text: str) -> list[str]:
    """The paths that a page names or links to, in the repository, and that do not exist; `guest/` and tests of the sandbox
    may be named without what is above them."""
    named = re.findall(r"`((?:codeeval|sandbox|tests|ci|docs|demo|docker|problems|guest|e2e)/[\w./*-]*\w)[`: (]", text)
    linked = re.findall(r"\]\(([\w./-]+)(?:#[\w-]*)?\)", text)
    starts = (ROOT, ROOT / "sandbox", ROOT / "tests")
    return [path for path in named if not any(any(start.glob(path)) for start in starts)] + [
        link for link in linked if not (page.parent / link).exists()
    ]


@pytest.mark.parametrize("page", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_of_a_page_exists(page: Path) -> None:
    """Modules, tests and scripts that it names, and pages that it links to."""
    assert absent(page, page.read_text("utf-8")) == []


def test_absent_files_are_seen() -> None:
    """The check itself."""
    page = ROOT / "docs" / "sandbox.md"
    text = "`codeeval/prompts.py` `sandbox/test_pool.py::test_map` `guest/raised.py` `tests/none.py` [a](cli.md#run), [](no.md)"
    assert absent(page, text) == ["codeeval/prompts.py", "tests/none.py", "no.md"]


def test_the_site_has_every_page() -> None:
    """Each once in the navigation and once on the first page."""
    site = yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))
    listed = [
        name for entry in site["nav"] for name in ([entry] if isinstance(entry, str) else next(iter(entry.values())))
    ]
    pages = sorted(path.name for path in (ROOT / "docs").glob("*.md"))
    assert sorted(listed) == pages
    first = (ROOT / "docs" / "index.md").read_text("utf-8")
    assert not [name for name in pages if name != "index.md" and f"]({name})" not in first]


def test_the_pages_name_every_export_and_every_template() -> None:
    """A format that is not in the table is found by nobody."""
    exports = (ROOT / "docs" / "exports.md").read_text("utf-8")
    assert not [name for name in FORMATS if f"`{name}`" not in exports]
    models = (ROOT / "docs" / "models.md").read_text("utf-8")
    assert not [name for name in TEMPLATES if f"`{name}`" not in models]


def test_links_out_of_the_site_become_names() -> None:
    """The hook of the site leaves the others alone."""
    text = "[a](../README.md#x), [b](cli.md#y), [c](https://example.invalid)"
    expected = "a (in the repository: `README.md`), [b](cli.md#y), [c](https://example.invalid)"
    assert on_page_markdown(text) == expected


@pytest.mark.parametrize("picture", sorted(SOURCES))
def test_a_picture_shows_what_there_is(picture: str) -> None:
    """Drawn after the last change of what it shows."""
    assert (ROOT / "docs" / "images" / picture).is_file()
    assert recorded().get(picture) == digest(picture), f"docs/images/{picture} is stale: {COMMAND}"


def test_a_comment_makes_no_picture_stale(tmp_path: Path) -> None:
    """Only code and other content count."""
    module, page = tmp_path / "plot.py", tmp_path / "page.html"
    module.write_text('"""Draw."""\n\n\ndef width() -> int:\n    """In points."""\n    return 3  # narrow\n', "utf-8")
    before = content(module)
    module.write_text('"""Draw a picture."""\n\n\ndef width() -> int:\n    return 3\n', "utf-8")
    assert content(module) == before
    module.write_text("def width() -> int:\n    return 4\n", "utf-8")
    assert content(module) != before
    page.write_text("<!-- a comment is content here -->", "utf-8")
    assert content(page) == page.read_bytes()

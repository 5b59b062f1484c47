"""`codeeval compare`, `codeeval plan` and `codeeval report --plot`, as a user calls them."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from cli_runs import codeeval, document, failed, write_tasks
from gate_runs import BEFORE, LOST, SHAKY, score

pytestmark = pytest.mark.local
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three runs of the same 20 problems."""
    made = tmp_path_factory.mktemp("compare")
    for name, counts in (("a", BEFORE), ("b", LOST), ("c", SHAKY)):
        score(made, name, counts)
    return made


def test_two_runs(folder: Path) -> None:
    """Text, Markdown and JSON tell the same difference and name the problems that regressed."""
    found = document(codeeval(folder, "compare", "a", "b", "--format", "json"))
    (only,) = found["comparisons"]
    assert only["difference"] == pytest.approx((sum(LOST) - sum(BEFORE)) / 120)
    assert only["counts"]["regressed"] == 8
    assert only["p_holm"] == only["p_permutation"]
    shown = codeeval(folder, "compare", "a", "b").stdout
    assert f"difference   {100 * only['difference']:+.1f} points" in shown
    assert "  1: 6/6 -> 0/6" in shown
    table = codeeval(folder, "compare", "a", "b", "--format", "markdown").stdout
    assert "| 1 | regressed | 6/6 | 0/6 |" in table
    assert f"b, methods: {only['method']}" in table.split("\n")
    assert f"({only['population_method']})" in shown
    assert "these problems (sampling only)" in shown


def test_several_runs_are_adjusted(folder: Path) -> None:
    """Every later run against the first; p values are adjusted for being two."""
    found = document(codeeval(folder, "compare", "a", "b", "c", "--format", "json", "-k", 2))
    assert [(each["a"], each["b"]) for each in found["comparisons"]] == [("a", "b"), ("a", "c")]
    assert found["k"] == 2
    assert found["comparisons"][0]["p_holm"] == pytest.approx(2 * found["comparisons"][0]["p_permutation"])
    assert "Holm" in codeeval(folder, "compare", "a", "b", "c").stdout


def test_several_runs_are_a_series(folder: Path) -> None:
    """In JSON pass@k of each and every problem in all of them; in the order that is asked for."""
    found = document(codeeval(folder, "compare", "c", "a", "b", "--format", "json"))["series"]
    assert [run["name"] for run in found["runs"]] == ["c", "a", "b"]
    assert found["runs"][1]["estimate"] == pytest.approx(sum(BEFORE) / 120)
    cells = {one["problem_id"]: one["cells"] for one in found["problems"]}
    assert cells["1"] == [[6, SHAKY[0]], [6, BEFORE[0]], [6, LOST[0]]]
    by_date = document(codeeval(folder, "compare", "c", "a", "b", "--order", "date", "--format", "json"))
    assert by_date["base"] == "a"
    failed(codeeval(folder, "compare", "a", "b", "--order", "size"), 2, "--order", "number")


def test_unlike_runs_are_refused_unless_allowed(folder: Path, tmp_path: Path) -> None:
    """Other problems: exit code 2 names what differs; --allow-different compares what both have, and says so."""
    write_tasks(tmp_path, 12)
    score(tmp_path, "few", BEFORE[:12])
    done = codeeval(folder, "compare", "a", tmp_path / "few")
    failed(done, 2, "different problems", "8 problems are only in a")
    allowed = codeeval(folder, "compare", "a", tmp_path / "few", "--allow-different")
    assert allowed.returncode == 0
    assert "12 problems" in allowed.stdout
    assert "warning: different problems" in allowed.stdout
    failed(codeeval(folder, "compare", "a"), 2, "two runs")
    failed(codeeval(folder, "compare", "a", "b", "--protocol", "mera-1.1"), 2, "rescore")


@pytest.mark.parametrize(
    "arguments",
    [("compare", "a", "b", "c"), ("compare", "a", "b"), ("report", "a")],
    ids=["several", "two", "report"],
)
def test_pictures(folder: Path, arguments: tuple[str, ...]) -> None:
    """PNG and SVG are what their names say, and drawn twice they are the same bytes."""
    for suffix in ("png", "svg"):
        contents = []
        for name in ("one", "two"):
            done = codeeval(folder, *arguments, "--plot", f"{name}.{suffix}")
            assert done.returncode == 0, done.stderr
            contents.append((folder / f"{name}.{suffix}").read_bytes())
        assert contents[0] == contents[1]
        if suffix == "svg":
            assert ElementTree.fromstring(contents[0]).tag == f"{SVG}svg"
        else:
            assert contents[0].startswith(b"\x89PNG")


def test_a_picture_that_can_not_be_drawn(folder: Path) -> None:
    """The name of the file is checked before anything is computed."""
    failed(codeeval(folder, "report", "a", "--plot", "a.pdf"), 2, ".png or .svg")
    failed(codeeval(folder, "compare", "a", "b", "--plot", "none/a.png"), 2, "does not exist")


def test_plan(folder: Path) -> None:
    """The documented example, and the same from a run, whose problems and variance it takes."""
    assert document(codeeval(folder, "plan", "--mde", "0.03", "--format", "json"))["n"] == 18
    assert codeeval(folder, "plan", "--mde", "0.03", "--format", "quiet").stdout == "18\n"
    found = document(codeeval(folder, "plan", "--mde", "0.1", "a", "--format", "json"))
    assert found["problems"] == 20
    assert 0 < found["within"] < 0.25
    assert found["samples"] == 20 * found["n"]
    failed(codeeval(folder, "plan", "--mde", "3"), 2, "3 points = 0.03")

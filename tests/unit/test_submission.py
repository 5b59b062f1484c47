"""Submissions: what differs from MERA's own is found, and the score as it should be is what its rule says."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeeval.errors import DataError, UsageError
from codeeval.mera.check import Reference, check
from codeeval.mera.read import SubmissionEntry, SubmissionFile, read_submission
from codeeval.mera.score import score

REFERENCE = Reference({"1": 2, "2": 2}, {"1": ("3", "42"), "2": ("a", "None")})
RIGHT = [["3", "42"], ["3", "41"]]
SECOND = [["a", None], "timed out"]
WRONG = [["b", None], "timed out"]


def write_zip(folder: Path, members: dict[str, object]) -> Path:
    path = folder / "submission.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, value in members.items():
            archive.writestr(name, value if isinstance(value, str) else json.dumps(value))
    return path


def document(*rows: tuple[Any, Any]) -> dict[str, object]:
    return {"data": {"test": [{"outputs": outputs, "meta": {"id": pid}} for pid, outputs in rows]}}


def of(*rows: tuple[Any, Any]) -> SubmissionFile:
    return SubmissionFile("ruHumanEval.json", tuple(SubmissionEntry(i, pid, raw) for i, (pid, raw) in enumerate(rows)))


@pytest.mark.parametrize(("deep", "shape"), [(True, "1.2"), (False, "1.1")])
def test_both_shapes_are_read_and_scored_alike(deep: bool, shape: str) -> None:
    """[1][n][n_tests] and [n][n_tests] mean the same; a null is right where the text None is expected."""
    rows = [(pid, [outputs] if deep else outputs) for pid, outputs in ((1, RIGHT), (2, SECOND))]
    checked = check(of(*rows), REFERENCE)
    assert checked.valid
    assert checked.shape == shape
    assert [finding.text for finding in checked.findings] == ["2 samples per problem; MERA asks for 10"]
    found = score(checked, REFERENCE, (1, 2, 5))
    assert found.correct == {"1": (2, 1), "2": (2, 1)}
    assert found.proper == {1: 0.5, 2: 1.0, 5: None}


def test_data_of_another_spelling_counts_as_it_should() -> None:
    """`1.0` is 1 and a set has no order."""
    reference = Reference({"1": 2}, {"1": ("1", "{1, 2}")})
    found = score(check(of((1, [[["1.0", "{2, 1}"]]])), reference), reference, (1,))
    assert found.proper[1] == 1.0


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([(1, [RIGHT]), (2, [])], "must be a list that is not empty"),
        ([(1, [RIGHT]), (2, [[[], ["a"]]])], "sample 0: an empty list"),
        ([(1, [RIGHT])], "missing"),
        ([(1, [RIGHT]), (2, [WRONG]), (2, [WRONG])], "occurs twice"),
        ([(1, [RIGHT]), (2, [[["a"], ["a", "b"]]])], "sample 0: 1 output for 2 tests"),
        ([(1, [RIGHT]), (2, [[["a", "b"]]])], "1 samples instead of 2"),
        ([(1, [RIGHT]), (2, [[["a", 5], ["a", "b"]]])], "neither a text nor null"),
        ([(1, [RIGHT]), ("2", [SECOND])], "must be an integer"),
        ([(1, [RIGHT]), (None, [SECOND])], "meta.id is missing"),
        ([(1, [RIGHT]), (2, WRONG)], "some problems"),
        ([(1, [RIGHT]), (2, [["late", ["a", "b"]]])], 'neither a list nor "timed out"'),
        ([(1, [RIGHT]), (2, "text")], "must be a list"),
    ],
)
def test_what_is_not_as_mera_writes_it_is_an_error(rows: list[tuple[Any, Any]], said: str) -> None:
    """One malformed problem counts as unsolved, and the others count."""
    checked = check(of(*rows), REFERENCE, 2)
    assert not checked.valid
    assert any(said in finding.text for finding in checked.findings if finding.error), checked.findings
    found = score(checked, REFERENCE, (1,))
    assert found.proper[1] == 0.25  # problem 1 alone


def test_an_unknown_problem_is_only_a_note() -> None:
    """The site does not look for it."""
    checked = check(of((1, [RIGHT]), (2, [SECOND]), (7, [SECOND])), REFERENCE, 2)
    assert checked.valid
    assert [finding.problem_id for finding in checked.findings] == ["7"]


def test_the_right_file_of_a_zip_is_read(tmp_path: Path) -> None:
    """The exact name wins, other members are listed; two candidates need --file."""
    path = write_zip(tmp_path, {"ruHumanEval.json": document((1, [RIGHT])), "BPS.json": {}})
    found = read_submission(path)
    assert (found.name, len(found.entries), found.others, found.problems) == ("ruHumanEval.json", 1, ("BPS.json",), ())
    path = write_zip(tmp_path, {"ruHumanEval.json": document(), "ruCodeEval.json": document((1, [RIGHT]))})
    with pytest.raises(UsageError, match="--file"):
        read_submission(path)
    assert len(read_submission(path, "ruCodeEval.json").entries) == 1


@pytest.mark.parametrize("name", ["ruhumaneval.json", "out/ruHumanEval.json"])
def test_a_file_that_the_site_would_not_find_is_an_error(tmp_path: Path, name: str) -> None:
    """Another case or a folder: the site opens the exact name and finds nothing."""
    found = read_submission(write_zip(tmp_path, {name: document((1, [RIGHT]))}))
    assert "ruHumanEval.json in the root" in found.problems[0]
    assert not check(found).valid


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_damaged_member_is_no_traceback(tmp_path: Path, method: int) -> None:
    """Whatever way it is packed: every error of the unpackers is the same clear one."""
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("ruHumanEval.json", "[1]" * 1_000)
        start = archive.getinfo("ruHumanEval.json").header_offset + 30 + len("ruHumanEval.json")
    data = bytearray(path.read_bytes())
    data[start : start + 3] = bytes(3)
    path.write_bytes(data)
    with pytest.raises(UsageError, match=r"not a readable zip|can't be read"):
        read_submission(path)


def test_what_is_no_submission_says_so(tmp_path: Path) -> None:
    """No zip, nothing in it, no JSON, no rows: each is one clear error."""
    path = tmp_path / "x.zip"
    with pytest.raises(UsageError, match="No such file"):
        read_submission(path)
    path.write_text("no zip")
    with pytest.raises(UsageError, match="not a readable zip"):
        read_submission(path)
    with pytest.raises(UsageError, match="no ruHumanEval"):
        read_submission(write_zip(tmp_path, {"a.txt": "x"}))
    with pytest.raises(DataError, match="not JSON"):
        read_submission(write_zip(tmp_path, {"ruCodeEval.json": "{"}))
    with pytest.raises(DataError, match=r"data\.test"):
        read_submission(write_zip(tmp_path, {"ruCodeEval.json": {"data": []}}))
    with pytest.raises(UsageError, match="there is no a"):
        read_submission(write_zip(tmp_path, {"b.json": document()}), "a.json")


def test_hidden_answers_can_not_be_scored() -> None:
    """A set without answers has nothing to compare with."""
    with pytest.raises(ValueError, match="hidden"):
        score(check(of((1, [RIGHT]))), Reference({"1": 2}, {}))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.just("timed out"),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(max_size=3), children, max_size=2),
    max_leaves=12,
)


@given(rows=st.lists(st.tuples(JSON, JSON), max_size=4))
def test_any_content_is_checked_without_an_exception(rows: list[tuple[Any, Any]]) -> None:
    """Foreign content gives findings; what is well formed has samples that are texts or lists of texts and null."""
    checked = check(of(*rows), REFERENCE)
    for samples in checked.samples.values():
        assert samples
        assert all(one == "timed out" or all(x is None or isinstance(x, str) for x in one) for one in samples)
    assert all(value is None or 0 <= value <= 1 for value in score(checked, REFERENCE).proper.values())

"""What MERA's site computes of altered zips: the value of each is known by construction.

The set has four problems of two tests; ten samples each, of which 10, 5, 0 and 1 are right: pass@1 is 0.4, pass@10 0.75.
"""

from __future__ import annotations

import json
import math
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codeeval.errors import DataError, UsageError
from codeeval.i18n import language, message
from codeeval.mera.check import Reference
from codeeval.mera.site import MOST_ERRORS, score_file
from codeeval.mera.validation import Validated, validate

ANSWERS = {"0": ("3", "42"), "1": ("[1]", "None"), "2": ("a", "b"), "3": ("True", "0.5")}
REFERENCE = Reference({pid: len(each) for pid, each in ANSWERS.items()}, ANSWERS)
CORRECT = {"0": 10, "1": 5, "2": 0, "3": 1}
NAME, OTHER = "ruHumanEval.json", "ruCodeEval.json"
Document = dict[str, Any]


def base() -> Document:
    """The submission before it is altered."""
    rows = []
    for pid, answers in ANSWERS.items():
        right, wrong = list(answers), ["x"] * len(answers)
        samples = [right] * CORRECT[pid] + [wrong] * (10 - CORRECT[pid])
        rows.append({"outputs": [[list(each) for each in samples]], "meta": {"id": int(pid)}})
    return {"data": {"test": rows}}


@dataclass
class Zip:
    """What is written: members in order; `document` is that of NAME unless it is written otherwise."""

    document: Document = field(default_factory=base)
    members: list[tuple[str, bytes]] | None = None
    file: str = "submission.zip"

    @property
    def rows(self) -> list[Any]:
        rows: list[Any] = self.document["data"]["test"]
        return rows

    def samples(self, problem: int) -> list[Any]:
        samples: list[Any] = self.rows[problem]["outputs"][0]
        return samples

    def data(self) -> bytes:
        return json.dumps(self.document).encode()

    def write(self, folder: Path) -> Path:
        path = folder / self.file
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in self.members if self.members is not None else [(NAME, self.data())]:
                archive.writestr(name, data)
        return path


def unscored(zipped: Zip) -> bytes:
    """A file that the site scores, to be told from the right one: no sample of it is right."""
    other = base()
    for row in other["data"]["test"]:
        row["outputs"] = [[["x", "x"]] * 10]
    return json.dumps(other).encode()


def put(target: Any, key: Any, value: Any) -> None:
    target[key] = value


Alter = Callable[[Zip], object]
#: Words that no Russian sentence of a finding has.
ENGLISH = re.compile(r"\b(?:in|place|of|the|is|no|name|long|folder|needs|samples?|object)\b")
#: Nothing of these costs the score: name -> (alteration, pass@1, pass@10)
SCORED: dict[str, tuple[Alter, float, float]] = {
    "as it is": (lambda z: None, 0.4, 0.75),
    "a row twice: the last one counts": (
        lambda z: z.rows.append({"outputs": [[["a", "b"]] * 10], "meta": {"id": 2}}),
        0.65,
        1.0,
    ),
    "a row twice: a malformed first one is forgotten": (
        lambda z: z.rows.insert(0, {"outputs": 5, "meta": {"id": 2}}),
        0.4,
        0.75,
    ),
    "a further id": (lambda z: z.rows.append({"outputs": 5, "meta": {"id": 99}}), 0.4, 0.75),
    "a further id that is a text": (lambda z: z.rows.append({"outputs": [], "meta": {"id": "2"}}), 0.4, 0.75),
    "a further id that is null": (lambda z: z.rows.append({"outputs": [], "meta": {"id": None}}), 0.4, 0.75),
    "an id as a float": (lambda z: put(z.rows[2]["meta"], "id", 2.0), 0.4, 0.75),
    "an id as a bool": (lambda z: put(z.rows[1]["meta"], "id", True), 0.4, 0.75),
    "more fields": (lambda z: z.rows[0].update(inputs={}, comment="x"), 0.4, 0.75),
    "rows in another order": (lambda z: z.rows.reverse(), 0.4, 0.75),
    "a list that is too short": (lambda z: z.samples(0)[0].pop(), 0.375, 0.75),
    "a list that is too long": (lambda z: z.samples(0)[0].append("x"), 0.375, 0.75),
    "an empty list": (lambda z: put(z.samples(0), 0, []), 0.375, 0.75),
    "a sample that timed out": (lambda z: put(z.samples(0), 0, "timed out"), 0.375, 0.75),
    "an empty text as a sample": (lambda z: put(z.samples(0), 0, ""), 0.375, 0.75),
    "a sample as a text of the right characters": (lambda z: put(z.samples(2), 0, "ab"), 0.425, 1.0),
    "a sample as an empty object": (lambda z: put(z.samples(0), 0, {}), 0.375, 0.75),
    "a sample as an object of another length": (lambda z: put(z.samples(0), 0, {"3": "42"}), 0.375, 0.75),
    "a number as an output": (lambda z: put(z.samples(0)[0], 0, 3), 0.375, 0.75),
    "a bool as an output": (lambda z: put(z.samples(3)[0], 0, True), 0.375, 0.5),
    "a float as an output": (lambda z: put(z.samples(3)[0], 1, 0.5), 0.375, 0.5),
    "a null as an output": (lambda z: put(z.samples(0)[0], 0, None), 0.375, 0.75),
    "null where None is expected": (lambda z: put(z.samples(1)[0], 1, None), 0.375, 0.75),
    "a nested list as an output": (lambda z: put(z.samples(1)[0], 0, [1]), 0.375, 0.75),
    "another spelling of a value": (lambda z: put(z.samples(3)[0], 1, "0.50"), 0.375, 0.5),
    "one sample more, wrong": (lambda z: z.samples(0).append(["x", "x"]), 0.4 - (1 - 10 / 11) / 4, 0.75),
    "one sample less, right": (lambda z: z.samples(1).pop(0), (1 + 4 / 9 + 0 + 0.1) / 4, 0.75),
    "a single sample, wrong: k = 10 counts as right": (lambda z: z.samples(2).__delitem__(slice(1, 10)), 0.4, 1.0),
    "no samples: right for every k": (lambda z: put(z.rows[2], "outputs", [[]]), 0.65, 1.0),
    "an empty object as the samples: right": (lambda z: put(z.rows[2], "outputs", [{}]), 0.65, 1.0),
    "an empty text as the samples: right": (lambda z: put(z.rows[2], "outputs", [""]), 0.65, 1.0),
    "the shape of 1.1: two lists in the first sample": (lambda z: put(z.rows[0], "outputs", z.samples(0)), 0.15, 0.75),
    "the shape of 1.1 where the first sample timed out: nine samples": (
        lambda z: put(z.rows[2], "outputs", ["timed out"]),
        0.4,
        1.0,
    ),
    "a second list beside the samples": (lambda z: z.rows[0]["outputs"].append([["x"]]), 0.4, 0.75),
    "one list too many: a single sample, wrong": (
        lambda z: put(z.rows[0], "outputs", [z.rows[0]["outputs"]]),
        0.15,
        0.75,
    ),
    "duplicate keys: the last one counts": (
        lambda z: put(z.__dict__, "members", [(NAME, z.data().replace(b'{"data"', b'{"data": 5, "data"', 1))]),
        0.4,
        0.75,
    ),
    "white space around it": (
        lambda z: put(z.__dict__, "members", [(NAME, b"\r\n\t " + z.data() + " \u00a0\n".encode())]),
        0.4,
        0.75,
    ),
    "in a folder": (lambda z: put(z.__dict__, "members", [(f"out/{NAME}", z.data())]), 0.4, 0.75),
    "with a path that would lead out": (
        lambda z: put(z.__dict__, "members", [(f"../../{NAME}", z.data())]),
        0.4,
        0.75,
    ),
    "in the root and in a folder: that of the folder": (
        lambda z: put(z.__dict__, "members", [(f"a/{NAME}", z.data()), (NAME, unscored(z))]),
        0.4,
        0.75,
    ),
    "in two folders: that of the last": (
        lambda z: put(z.__dict__, "members", [(f"b/{NAME}", z.data()), (f"a/{NAME}", unscored(z))]),
        0.4,
        0.75,
    ),
    "beside other files": (
        lambda z: put(z.__dict__, "members", [("BPS.json", b"{"), (NAME, z.data()), ("logs_public.zip", b"")]),
        0.4,
        0.75,
    ),
}
#: These cost the file its score: name -> (alteration, what is said)
FAILED: dict[str, tuple[Alter, str]] = {
    "a missing id": (lambda z: z.rows.pop(), "this problem of the set is missing"),
    "ids as texts": (lambda z: put(z.rows[2]["meta"], "id", "2"), "this problem of the set is missing"),
    "no rows": (lambda z: z.rows.clear(), "this problem of the set is missing"),
    "a null in place of a sample": (lambda z: put(z.samples(0), 0, None), "null in place of a sample"),
    "a number in place of a sample": (lambda z: put(z.samples(0), 0, 7), "a number in place of a sample"),
    "a bool in place of a sample": (lambda z: put(z.samples(0), 0, False), "true or false in place of a sample"),
    "an object in place of a sample": (
        lambda z: put(z.samples(0), 0, {"a": 1, "b": 2}),
        "an object in place of a sample",
    ),
    "outputs empty": (lambda z: put(z.rows[0], "outputs", []), "no samples"),
    "outputs a text": (lambda z: put(z.rows[0], "outputs", "timed out"), "must be a list"),
    "outputs an object": (lambda z: put(z.rows[0], "outputs", {}), "must be a list"),
    "outputs null": (lambda z: put(z.rows[0], "outputs", None), "must be a list"),
    "samples null": (lambda z: put(z.rows[0], "outputs", [None]), "null in place of the samples"),
    "samples a number": (lambda z: put(z.rows[0], "outputs", [1]), "a number in place of the samples"),
    "samples an object": (lambda z: put(z.rows[0], "outputs", [{"0": []}]), "an object in place of the samples"),
    "outputs missing": (lambda z: z.rows[0].pop("outputs"), "outputs is missing"),
    "outputs missing in a further row": (lambda z: z.rows.append({"meta": {"id": 99}}), "outputs is missing"),
    "meta missing": (lambda z: z.rows[0].pop("meta"), "meta.id is missing"),
    "id missing in a further row": (lambda z: z.rows.append({"outputs": [], "meta": {}}), "meta.id is missing"),
    "a row that is none": (lambda z: z.rows.append("x"), "outputs is missing"),
    "an id that is a list": (lambda z: put(z.rows[0]["meta"], "id", [0]), "the scorer ends there"),
    "no data": (lambda z: z.document.pop("data"), 'the field "data" is missing'),
    "a list in place of the document": (lambda z: put(z.__dict__, "document", []), 'the field "data" is missing'),
    "a list that has the word": (lambda z: put(z.__dict__, "document", ["data"]), "the scorer ends there"),
    "a number in place of the document": (lambda z: put(z.__dict__, "document", 5), "the scorer ends there"),
    "no test": (lambda z: put(z.document, "data", {"train": []}), 'the field "test" is missing'),
    "a list in place of data": (lambda z: put(z.document, "data", []), 'the field "test" is missing'),
    "null in place of data": (lambda z: put(z.document, "data", None), "the scorer ends there"),
    "null in place of the rows": (lambda z: put(z.document["data"], "test", None), "the scorer ends there"),
    "an object in place of the rows": (lambda z: put(z.document["data"], "test", {"a": 1}), "meta.id is missing"),
    "a byte order mark": (
        lambda z: put(z.__dict__, "members", [(NAME, b"\xef\xbb\xbf" + z.data())]),
        "not JSON in UTF-8",
    ),
    "another encoding": (lambda z: put(z.__dict__, "members", [(NAME, z.data() + b"\xff")]), "not JSON in UTF-8"),
    "half of the file": (lambda z: put(z.__dict__, "members", [(NAME, z.data()[:100])]), "not JSON in UTF-8"),
    "brackets without end": (lambda z: put(z.__dict__, "members", [(NAME, b"[" * 200_000)]), "not JSON in UTF-8"),
    "lower case": (lambda z: put(z.__dict__, "members", [("ruhumaneval.json", z.data())]), "finds nothing under"),
    "another extension": (lambda z: put(z.__dict__, "members", [("ruHumanEval.txt", z.data())]), "reads .json only"),
    "another extension in a folder": (
        lambda z: put(z.__dict__, "members", [(NAME, z.data()), ("a/ruHumanEval.jsonl", z.data())]),
        "reads .json only",
    ),
    "a file where a folder is needed": (
        lambda z: put(z.__dict__, "members", [("a", b""), (f"a/{NAME}", z.data())]),
        "another member needs a folder",
    ),
    "a name that no file system takes": (
        lambda z: put(z.__dict__, "members", [(NAME, z.data()), ("x" * 300, b"")]),
        "the name is too long",
    ),
}


def one(folder: Path, zipped: Zip) -> Validated:
    (found,) = validate(zipped.write(folder), {NAME: REFERENCE})
    return found


@pytest.mark.parametrize("name", SCORED)
def test_what_the_site_scores(name: str, tmp_path: Path) -> None:
    """Strange or not, it has a value: whatever else there is to say is advice."""
    alter, first, tenth = SCORED[name]
    zipped = Zip()
    alter(zipped)
    found = one(tmp_path, zipped)
    assert found.valid, found.findings
    assert found.site.values is not None
    assert found.site.values[1] == pytest.approx(first)
    assert found.site.values[10] == pytest.approx(tenth)
    assert not any(finding.error for finding in found.findings)


@pytest.mark.parametrize("name", FAILED)
def test_what_costs_the_score(name: str, tmp_path: Path) -> None:
    """The scorer fails for it or gives the whole file 0, and it is said where."""
    alter, said = FAILED[name]
    zipped = Zip()
    alter(zipped)
    found = one(tmp_path, zipped)
    assert not found.valid
    assert found.site.values == {1: 0.0, 5: 0.0, 10: 0.0}
    assert any(said in finding.text for finding in found.findings if finding.error), found.findings


def test_a_damaged_archive_has_no_files(tmp_path: Path) -> None:
    """One member whose checksum is wrong, and nothing is extracted: the set beside it is not scored either."""
    path = tmp_path / "submission.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(NAME, Zip().data())
        archive.writestr("notes.txt", b"CONTENT")
    path.write_bytes(path.read_bytes().replace(b"CONTENT", b"CONTENU"))
    (found,) = validate(path, {NAME: REFERENCE})
    assert not found.valid
    assert "can't be extracted" in found.findings[0].text


def test_both_sets_are_scored(tmp_path: Path) -> None:
    """Each by its own answers; what is wrong with one leaves the other its score, unless the scorer ends there."""
    zipped, broken = Zip(), Zip()
    broken.rows.pop()
    references = {NAME: REFERENCE, OTHER: REFERENCE}
    zipped.members = [(NAME, zipped.data()), (OTHER, broken.data())]
    first, second = validate(zipped.write(tmp_path), references)
    assert (first.name, first.valid, second.name, second.valid) == (NAME, True, OTHER, False)
    assert first.site.values is not None
    assert first.site.values[1] == pytest.approx(0.4)
    zipped.members[1] = (OTHER, b'{"data": null}')
    first, second = validate(zipped.write(tmp_path), references)
    assert (first.valid, second.valid) == (False, False)
    assert "scorer ends at ruCodeEval.json" in first.findings[0].text
    zipped.members[1] = ("rucodeeval.json", zipped.data())
    assert [each.valid for each in validate(zipped.write(tmp_path), references)] == [True, False]
    assert validate(zipped.write(tmp_path), references, NAME)[0].valid


def test_answers_that_could_be_of_either_set_are_refused(tmp_path: Path) -> None:
    """Both sets count from the same ids."""
    zipped = Zip()
    zipped.members = [(NAME, zipped.data()), (OTHER, zipped.data())]
    with pytest.raises(UsageError, match="--file"):
        validate(zipped.write(tmp_path), {"": REFERENCE})


def test_advice_is_no_error(tmp_path: Path) -> None:
    """What differs from MERA's own zip is told, and the file keeps its value."""
    zipped = Zip(file="submission.ZIP")
    zipped.samples(1)[0][1] = None
    zipped.rows.append({"outputs": [[["x"]]], "meta": {"id": 99}})
    zipped.members = [(f"a/{NAME}", zipped.data()), (NAME, zipped.data())]
    found = one(tmp_path, zipped)
    said = " ".join(finding.text for finding in found.findings)
    for word in (
        "the set has no such problem",
        "1 outputs are null",
        "in a folder",
        "2 files of this name",
        "no ruCodeEval.json",
    ):
        assert word in said, said
    assert "called .zip only" in said
    assert found.valid


def test_without_the_set_what_can_be_known_is_known(tmp_path: Path) -> None:
    """No value and no missing problem, but a row that costs the score is found."""
    zipped = Zip()
    zipped.rows.pop()
    (found,) = validate(zipped.write(tmp_path), {})
    assert (found.valid, found.site.values) == (True, None)
    zipped.samples(0)[0] = None
    (found,) = validate(zipped.write(tmp_path), {})
    assert not found.valid


def test_hidden_answers_are_checked_without_a_value(tmp_path: Path) -> None:
    """The number of tests is known, the outputs are not."""
    (found,) = validate(Zip().write(tmp_path), {NAME: Reference(REFERENCE.n_tests, {})})
    assert (found.valid, found.site.values, found.proper) == (True, None, None)


def test_errors_of_a_hostile_file_are_bounded() -> None:
    """Millions of rows that are none give a thousand errors."""
    found = score_file(json.dumps({"data": {"test": ["x"] * 5_000}}).encode(), REFERENCE)
    assert MOST_ERRORS <= len(found.errors) <= MOST_ERRORS + 2


def test_keys_that_collide_cost_no_more_than_others() -> None:
    """Python's integers that are multiples of 2**61 - 1 have one hash: as keys of one dict so many would never come to an end."""
    document = base()
    document["data"]["test"] += [{"outputs": [], "meta": {"id": number * (2**61 - 1)}} for number in range(1, 60_000)]
    found = score_file(json.dumps(document).encode(), REFERENCE)
    assert (found.scored, found.values and found.values[10]) == (True, 0.75)
    assert not score_file(json.dumps(document).encode(), None).scored


def test_a_zip_of_many_members_and_deep_paths(tmp_path: Path) -> None:
    """Looked through once; the set among them is found, or the path that is too long is named."""
    zipped = Zip()
    deep = [(f"{'a/' * 1_000}{number}", b"") for number in range(3_000)]
    zipped.members = [*deep, (NAME, zipped.data())]
    assert one(tmp_path, zipped).valid
    zipped.members.append(("b/" * 30_000 + "x", b""))
    found = one(tmp_path, zipped)
    assert "the name is too long" in found.findings[0].text


def test_a_zip_that_unpacks_to_more_than_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused by what its directory says, before anything is unpacked."""
    monkeypatch.setattr("codeeval.mera.site_zip.MAX_FILE_BYTES", 1 << 20)
    zipped = Zip()
    zipped.members = [(NAME, zipped.data()), ("zeros", bytes(2 << 20))]
    with pytest.raises(DataError, match="larger than 1 MiB"):
        one(tmp_path, zipped)


def test_a_member_without_a_name_is_refused(tmp_path: Path) -> None:
    """zipfile of Python 3.11 can't say whether it is a folder."""
    path = tmp_path / "s.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo("x"), b"")
    path.write_bytes(path.read_bytes().replace(b"x", b"\0"))  # a name ends at the first NUL
    with pytest.raises(UsageError, match="it names a folder"):
        validate(path, {NAME: REFERENCE})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    changes=st.lists(st.tuples(st.integers(0, 100_000), st.integers(0, 255)), max_size=6), cut=st.integers(0, 100_000)
)
def test_a_spoiled_zip_is_scored_or_refused(tmp_path: Path, changes: list[tuple[int, int]], cut: int) -> None:
    """Whatever bytes are changed or missing, there is a value, an error of a file, or one sentence."""
    path = Zip().write(tmp_path)
    data = bytearray(path.read_bytes())
    for at, value in changes:
        data[at % len(data)] = value
    path.write_bytes(bytes(data[: len(data) - cut % len(data)] if cut % 3 == 0 else data))
    try:
        found = validate(path, {NAME: REFERENCE})
    except UsageError:
        return
    assert all(each.valid == (not any(finding.error for finding in each.findings)) for each in found)


def reference_scorer(document: Any) -> float | str:
    """pass@1 as MERA's rules say it, in as few words as possible and with exceptions where the scorer has them."""
    try:
        examples = {}
        for row in document["data"]["test"]:
            row["outputs"]
            examples[row["meta"]["id"]] = row
        values = []
        for pid, answers in ANSWERS.items():
            outputs = examples[int(pid)]["outputs"]
            if not isinstance(outputs, list):
                return "error"
            right = []
            for at in range(len(outputs[0])):
                got = outputs[0][at]
                same = len(got) == len(answers) and isinstance(answers[0], type(got[0]))
                right.append(same and all(one == other for one, other in zip(answers, got, strict=True)))
            values.append(1.0 if len(right) - sum(right) < 1 else sum(right) / len(right))
        return sum(values) / len(values)
    except (TypeError, KeyError, IndexError):
        return "error"


ITEM = st.sampled_from(["3", "42", "[1]", "None", "a", "b", "x", "", None, True, 3, 0.5])
SAMPLE = (
    st.lists(ITEM, max_size=3) | st.sampled_from(["ab", "timed out", "", None, 3, False]) | st.just({"a": 1, "b": 2})
)
OUTPUTS: st.SearchStrategy[Any] = st.lists(st.lists(SAMPLE, max_size=3) | SAMPLE, max_size=2) | st.sampled_from(
    [None, "x", {}, 3]
)
IDS = st.sampled_from([0, 1, 2, 3, 1.0, True, "2", None, 99])
ROWS = st.lists(st.fixed_dictionaries({"outputs": OUTPUTS, "meta": st.fixed_dictionaries({"id": IDS})}), max_size=3)


@given(rows=ROWS, changed=st.integers(0, 3), outputs=OUTPUTS)
def test_any_rows_are_scored_as_the_rules_say(rows: list[Any], changed: int, outputs: Any) -> None:
    """Against a second writing of the rules, on rows behind and in place of those of a whole submission."""
    document = base()
    document["data"]["test"][changed]["outputs"] = outputs
    document["data"]["test"] += rows
    found = score_file(json.dumps(document).encode(), REFERENCE)
    wanted = reference_scorer(document)
    if wanted == "error":
        assert not found.scored
    else:
        assert found.values is not None
        assert math.isclose(found.values[1], float(wanted), abs_tol=1e-12)


def test_what_is_said_of_a_zip_is_said_in_russian() -> None:
    """No finding of the tables above leaves its reason in English."""
    with TemporaryDirectory() as folder, language("ru"):
        alterations = [alter for alter, *_ in SCORED.values()] + [alter for alter, *_ in FAILED.values()]
        for alter in alterations:
            zipped = Zip()
            alter(zipped)
            for finding in one(Path(folder), zipped).findings:
                said = message(finding.text)
                assert said != finding.text
                assert not ENGLISH.search(said), said

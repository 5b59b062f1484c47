"""Logs of other tools: every row is used or reported, and whole programs become continuations."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeeval.errors import DataError, UsageError
from codeeval.reading.extract import extract
from codeeval.samples import Entry, read, to_sample
from codeeval.types import ExtractionRule, Problem

PROMPT = 'def f(n):\n    """Doc."""'
PROBLEM = Problem("1", "{function}", PROMPT, "f", ("{'n': 1}",), ("1",))
DOC = {"instruction": "{function}", "inputs": {"function": PROMPT, "tests": "[]"}, "meta": {"id": 1}}


def lm_eval(**changes: object) -> dict[str, object]:
    row = {"doc_id": 0, "doc": DOC, "resps": [["a", "b"]], "filtered_resps": [[["1", None], "timed out"]]}
    return {**row, "filter": "scoring", **changes}


def write(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def zipped(path: Path, members: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_all_formats_in_one_file(tmp_path: Path) -> None:
    """human-eval, EvalPlus and lm-eval rows are told apart row by row; samples keep the order of the file."""
    rows = (
        {"task_id": "HumanEval/1", "completion": "x"},
        {"task_id": "HumanEval/1", "solution": PROMPT + "\n    return n"},
        lm_eval(),
    )
    found = read(write(tmp_path / "s.jsonl", *rows), "t")
    assert found.format == "evalplus + human-eval + lm-eval"
    assert [entry.text for entry in found.by_problem()["1"]] == ["x", PROMPT + "\n    return n", "a", "b"]
    texts = [to_sample(PROBLEM, entry, i).completion for i, entry in enumerate(found.entries)]
    assert texts == ["x", PROMPT + "\n    return n", "a", "b"]


@pytest.mark.parametrize("rule", ["none", "mera-1.2", "mera-code", "strict"])
@pytest.mark.parametrize("program", [PROMPT + "\n    return n", "import os\ndef f(n):\n    return n"])
def test_a_program_of_its_own_is_never_put_below_the_prompt(program: str, rule: ExtractionRule) -> None:
    """Whether or not it begins with the prompt, and whatever the protocol extracts."""
    made = to_sample(PROBLEM, Entry("1", program, 1, program=True), 3)
    assert (made.completion, made.is_program, made.index) == (program, True, 3)
    executed = extract(PROBLEM, made.completion, rule, is_program=made.is_program).program
    assert executed == program


def test_a_program_in_a_fence_is_what_is_in_the_fence() -> None:
    """A chat model's answer that was written as a `solution`: what the blocks define, without the prompt."""
    text = "Sure.\n```python\nimport os\n```\n```python\ndef f(n):\n    return n\n```\nDone."
    assert extract(PROBLEM, text, "strict", is_program=True).program == "import os\ndef f(n):\n    return n\n"


def test_filtered_responses_of_mera_are_outputs(tmp_path: Path) -> None:
    """MERA's filter has executed the code already: asking for its result as code is an error that says so."""
    path = write(tmp_path / "s.jsonl", lm_eval())
    with pytest.raises(DataError, match=r"outputs of executed programs.*validate-submission"):
        read(path, "t", "filtered_resps")
    other = write(tmp_path / "s.jsonl", lm_eval(filtered_resps=[[PROMPT + "\n    return n"]]))
    entry = read(other, "t", "filtered_resps").entries[0]
    assert (entry.text, to_sample(PROBLEM, entry, 0).is_program) == (PROMPT + "\n    return n", True)
    with pytest.raises(UsageError, match="--responses"):
        read(path, "t", "both")


def test_several_filters_are_one_set_of_responses(tmp_path: Path) -> None:
    """lm-eval writes a document once per filter, with the same responses: the first filter's rows count."""
    found = read(write(tmp_path / "s.jsonl", lm_eval(), lm_eval(filter="other")), "t")
    assert [entry.text for entry in found.entries] == ["a", "b"]
    assert "another filter" in found.bad[0].reason


def test_logs_in_a_zip(tmp_path: Path) -> None:
    """The newest file of the task is used, also from the zip inside a submission; gzip is read as well."""
    old, new = (json.dumps({**lm_eval(), "resps": [[text]]}) for text in ("old", "new"))
    other = json.dumps({"doc_id": 1, "doc": {"meta": {"id": 9}}, "resps": [["z"]]})
    members: dict[str, str | bytes] = {
        "m/samples_ruhumaneval_2025-01-01T00-00-00.000001.jsonl": old,
        "m/samples_ruhumaneval_2025-02-01T00-00-00.000001.jsonl": new,
        "m/samples_rucodeeval_2025-03-01T00-00-00.000001.jsonl": other,
        "m/results_2025-01-01.json": "{}",
    }
    logs = zipped(tmp_path / "logs_public.zip", members)
    for path in (
        logs,
        zipped(tmp_path / "submission.zip", {"logs_public.zip": logs.read_bytes(), "ruHumanEval.json": "{}"}),
    ):
        found = read(path, "ruHumanEval")
        assert [entry.text for entry in found.entries] == ["new"]
        assert "the newest of 2" in found.notes[0]
    with pytest.raises(DataError, match="no samples_lcs_"):
        read(logs, "lcs")
    packed = tmp_path / "s.jsonl.gz"
    packed.write_bytes(gzip.compress(new.encode()))
    assert read(packed, "t").entries[0].text == "new"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no usable row"),
        (b"\x1f\x8b broken", "can't read"),
        (b'{"a": 1}\n', "no field completion, resps"),
        (b'{"task_id": 1, "solution": 5}\n', "must hold texts, it holds a number"),
        (b'{"task_id": 1, "filtered_resps": [["x"]]}\n', "no field resps"),
        (b'{"task_id": 1, "resps": [[]]}\n', "no response"),
        (b"PK\x05\x06" + bytes(18), "no samples_t_"),
    ],
)
def test_files_without_a_usable_row(tmp_path: Path, content: bytes, said: str) -> None:
    """Each says why, with the line where there is one."""
    path = tmp_path / "s.jsonl"
    path.write_bytes(content)
    with pytest.raises(DataError, match=said):
        read(path, "t")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """A missing file and a folder that is no run are errors of use."""
    with pytest.raises(DataError, match="No such file"):
        read(tmp_path / "none.jsonl", "t")
    with pytest.raises(UsageError, match="no run folder"):
        read(tmp_path, "t")


JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=4),
    lambda children: st.lists(children, max_size=3),
    max_leaves=8,
)
FIELDS = ("task_id", "doc_id", "doc", "completion", "solution", "resps", "filtered_resps", "filter")


@given(rows=st.lists(st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=5), max_size=4), filtered=st.booleans())
def test_foreign_rows_never_end_the_reading(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, object]], filtered: bool
) -> None:
    """Any JSON gives entries that are texts, or reasons, or the one error for a file without a usable row."""
    path = write(tmp_path_factory.mktemp("s") / "s.jsonl", *rows)
    with suppress(DataError):  # no usable row
        found = read(path, "t", "filtered_resps" if filtered else "resps")
        assert all(isinstance(entry.text, str) and entry.problem_id for entry in found.entries)
        assert all(bad.reason for bad in found.bad)


def test_a_zip_of_noise_is_an_error(tmp_path: Path) -> None:
    """A truncated archive is reported, not raised through."""
    whole = zipped(tmp_path / "a.zip", {"samples_t_2025-01-01T00-00-00.000001.jsonl": json.dumps(lm_eval()) * 50})
    data = whole.read_bytes()
    broken = tmp_path / "b.zip"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        start = archive.infolist()[0].header_offset + 90
    broken.write_bytes(data[:start] + bytes(8) + data[start + 8 :])
    with pytest.raises(DataError, match="can't read"):
        read(broken, "t")

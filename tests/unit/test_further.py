"""`codeeval report --cluster` and `--bootstrap`: further intervals on request, as text, Markdown, JSON and from Python."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from run_values import add_judgements, judged, make_manifest, planned
from typer.testing import CliRunner

import codeeval
from codeeval.errors import UsageError
from codeeval.stats import Resampling, bootstrap_interval, clustered_interval
from codeeval.store import PlannedProblem, RunStore
from codeeval.types import Sample

ROOT = Path(__file__).resolve().parents[2]
CORRECT = (0, 3, 2, 3, 1, 0, 3, 2, 0, 1, 3, 3)
COUNTS = [(3, c) for c in CORRECT]


def problem(number: int, *fields: tuple[str, str]) -> PlannedProblem:
    plan = planned(str(number), 3)
    return replace(plan, problem=replace(plan.problem, extra=(("source", f'"book {number // 3}"'), *fields)))


def stored(folder: Path, plan: list[PlannedProblem]) -> Path:
    """A run of three samples per problem, correct as often as CORRECT says."""
    with RunStore.create(folder / "run", make_manifest(), plan) as store:
        for each, c in zip(plan, CORRECT, strict=True):
            pid = each.problem.id
            store.add_samples(Sample(pid, index, "d", f"{index}", "stop") for index in range(3))
            add_judgements(store, "strict", [judged(pid, index, passed=index < c) for index in range(3)])
    return folder / "run"


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Twelve problems in four clusters; only some have the field `level`."""
    return stored(tmp_path, [problem(i, *([("level", "1")] if i else [])) for i in range(len(CORRECT))])


def report(*arguments: str) -> str:
    from codeeval.cli.main import program

    done = CliRunner().invoke(program(), ["report", *arguments], standalone_mode=False)
    assert done.exception is None, done.exception
    return done.stdout


def test_what_is_printed_is_what_the_functions_say(run: Path) -> None:
    """Clusters by a field of meta, and the bootstrap of whole clusters, with every number in every format."""
    clusters = [i // 3 for i in range(len(CORRECT))]
    by_t = clustered_interval(COUNTS, clusters, 2)
    drawn = bootstrap_interval(COUNTS, 2, clusters, Resampling(seed=7))
    found = json.loads(report(str(run), "--k", "2", "--cluster", "source", "--bootstrap", "7", "--format", "json"))
    schema = json.loads((ROOT / "docs/schemas/result.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(found)
    first, second = found["further_intervals"]
    assert (first["intervals"]["2"], second["intervals"]["2"]) == (list(by_t), list(drawn))
    assert (first["units"], second["seed"]) == (4, 7)
    text = report(str(run), "--k", "2", "--cluster", "source", "--bootstrap", "7")
    assert "Wilson score over 4 clusters by source" in text
    assert f"{by_t[0]:.3f} – {by_t[1]:.3f}" in text
    table = report(str(run), "--k", "2", "--cluster", "source", "--format", "markdown")
    assert f"| Wilson score over 4 clusters by source | {by_t[0]:.3f} – {by_t[1]:.3f} |" in table
    assert "Уилсон по 4 группам поля source" in report(str(run), "--cluster", "source", "--lang", "ru")


def test_a_bootstrap_without_clusters_draws_problems(run: Path) -> None:
    """One seed, one interval; where some problem has fewer than k samples there is none; nothing of it unless asked."""
    (found,) = codeeval.load(run).further(1, 5, seed=3)
    assert found.intervals == {1: bootstrap_interval(COUNTS, 1, None, Resampling(seed=3)), 5: None}
    assert codeeval.load(run).further(1, seed=4)[0].intervals != codeeval.load(run).further(1, seed=3)[0].intervals
    assert codeeval.load(run).further(1) == ()
    assert "Bayesian bootstrap over 12 problems, seed 3" in report(str(run), "--bootstrap", "3")
    assert "further" not in report(str(run))
    assert "further_intervals" not in json.loads(report(str(run), "--format", "json"))


def test_a_field_that_some_problem_lacks_is_refused(run: Path) -> None:
    """So is one that puts all problems into one cluster; it is said which fields there are."""
    with pytest.raises(UsageError, match="problem 0 has no such field in its meta; it has source"):
        codeeval.load(run).further(1, cluster="level")
    with pytest.raises(UsageError, match="it has source"):
        codeeval.load(run).further(1, cluster="topic")


def test_one_cluster_is_no_interval(tmp_path: Path) -> None:
    """An interval over clusters needs two of them, with or without a bootstrap."""
    alone = stored(tmp_path, [problem(i, ("level", "1")) for i in range(len(CORRECT))])
    for seed in (None, 1):
        with pytest.raises(UsageError, match="all problems are of one cluster"):
            codeeval.load(alone).further(1, cluster="level", seed=seed)

"""What the gate and a comparison say agrees with their numbers; dependent samples; lost problems; shares of tasks."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from gate_values import make_run, manifest
from hypothesis import example, given
from hypothesis import strategies as st

from codeeval.errors import DataError
from codeeval.gate import judge, junit, load_baseline, load_policy, save_baseline, text
from codeeval.gate.annotations import render as annotation_lines
from codeeval.gate.candidate import Candidate, candidate
from codeeval.gate.judge import GateReport, TaskGate
from codeeval.gate.rule import GateResult, gate
from codeeval.gate.verdict import GatePolicy, GateVerdict
from codeeval.i18n import catalogue, language, message
from codeeval.report.compare_plot import draw
from codeeval.stats import summarize, words
from codeeval.stats.compare import compare
from codeeval.stats.dependence import ONE_SEED, REPEATED, TEMPERATURE_0, dependence
from codeeval.stats.difference_lines import render as rendered
from codeeval.stats.run_counts import RunCounts
from codeeval.stats.words import apart, chance, signed
from codeeval.store import RunReader, RunStore, Session
from codeeval.types import Sample

TEMPLATES = Path(__file__).resolve().parents[2] / "codeeval" / "explorer" / "templates"


def run(name: str, correct: list[int], n: int = 10) -> RunCounts:
    """Only counts are known."""
    return RunCounts(name, {f"p{i}": (n, c) for i, c in enumerate(correct)})


COUNTS = st.sampled_from([1, 2, 3, 10, 50])


@st.composite
def comparisons(draw: st.DrawFn) -> GateResult:
    """Two runs of any model, sampled with any n, under any policy."""
    problems, seed = draw(st.integers(1, 80)), draw(st.integers(0, 10**6))
    n_a, n_b = draw(COUNTS), draw(COUNTS)
    factor, level = draw(st.sampled_from([1.0, 0.98, 0.9, 0.5, 0.0])), draw(st.floats(0.05, 0.95))
    generator = random.Random(seed)
    rates = [generator.betavariate(level, 1 - level) for _ in range(problems)]
    a = [sum(generator.random() < rate for _ in range(n_a)) for rate in rates]
    b = [sum(generator.random() < rate * factor for _ in range(n_b)) for rate in rates]
    policy = GatePolicy(
        margin=draw(st.sampled_from([0.01, 0.03, 0.1])),
        min_effect=draw(st.sampled_from([0.0, 0.01, 0.05])),
        drop_p=draw(st.sampled_from([0.035, 0.005, 0.0])),
    )
    return gate(run("new", b, n_b), run("old", a, n_a), policy)


NUMBER = r"([+-]?\d+(?:\.\d+)?(?:e-?\d+)?)"


@given(comparisons())
def test_the_sentence_agrees_with_its_numbers(found: GateResult) -> None:
    """Read back: the interval as printed lies where the sentence says, p and its limit too, and no advice contradicts n."""
    said, margin = found.reason, 100 * found.margin
    seen = re.search(rf"changed by {NUMBER} points \(between {NUMBER} and {NUMBER}\)", said)
    assert seen
    difference, low, high = map(float, seen.groups())
    assert (difference < 0) == (found.difference < -1e-11)
    if "or more is excluded" in said:
        assert low > -margin
        assert found.verdict is GateVerdict.PASS
    if "is not excluded" in said:
        assert low <= -margin
    if "no drop is shown" in said:
        assert high >= 0
    if "a drop is likely" in said:
        assert high < 0
    for p, limit in re.findall(rf"chance of {NUMBER} \(fails below {NUMBER}", said):
        assert float(p) < float(limit)
    for p, limit in re.findall(rf"\(p {NUMBER}, fails below {NUMBER}\)", said):
        assert float(p) >= float(limit)
    assert "neither" not in said
    _advice_is_possible(found)


def _advice_is_possible(found: GateResult) -> None:
    """No fewer samples than there are in the baseline are asked of both runs, and none of a decided gate."""
    n_a = max(item.a[0] for item in found.comparison.changes)
    both = re.search(r"about (\d+) samples per problem in both runs", found.reason)
    if both:
        assert int(both[1]) >= n_a
    if found.verdict is not GateVerdict.INCONCLUSIVE:
        assert found.samples_to_decide is None
        assert "samples per problem" not in found.reason


@given(comparisons())
def test_what_is_beyond_noise_is(found: GateResult) -> None:
    """Problems listed as beyond noise have p of 5% and less; the others are said to have too few samples; JUnit fails the
    former."""
    for shown in (text.render(_report(found), most=1000), rendered(found.comparison, most=1000)):
        kind = ""
        for line in map(str.lstrip, shown.splitlines()):
            if heading := re.match(r"(regressed|fixed): \d+ problems?,? (.*)", line):
                kind = heading[2]
            elif p := re.search(r"->.*\(p (.*)\)", line):
                assert (float(p[1]) <= 0.05) == (kind == "beyond sampling noise")
    failed = sum(change.beyond_noise for change in found.comparison.with_change("regressed"))
    assert junit.render(_report(found)).count("<failure") == failed
    problems = [line for line in annotation_lines(_report(found), 10_000) if "problem p" in line.split("::")[1]]
    assert len(problems) == failed


def _report(found: GateResult) -> GateReport:
    estimate = summarize([item.b for item in found.comparison.changes], 1)
    return GateReport(
        (TaskGate("t", "strict", "a", "b", found.verdict, found, estimate, None, None, False, ()),), False
    )


@given(st.floats(0, 1), st.floats(0, 1))
@example(0.54104, 0.54108)
def test_numbers_are_apart(one: float, two: float) -> None:
    """`54.1% is below 54.1%` is never said."""
    a, b = apart(100 * one, 100 * two)
    if abs(one - two) > 1e-9:
        assert a != b
        assert (float(a) < float(b)) == (one < two)
    assert (float(signed(100 * one, 100 * two)) < 100 * two) == (one < two) or abs(one - two) <= 1e-9
    p, limit = chance(one, two)
    assert one == two or (float(p) < float(limit)) == (one < two)


def test_a_floor_is_apart_from_what_misses_it(tmp_path: Path) -> None:
    """The digits show which is larger."""
    baseline = _saved(tmp_path / "old", [10, 9, 8, 5, 3, 0] * 10)
    policy = tmp_path / "gate.toml"
    policy.write_text("floor = 0.58337", "utf-8")
    found = judge(
        [_candidate(tmp_path / "new", [10, 9, 8, 5, 3, 0] * 10)], load_baseline(baseline), load_policy(policy)
    )
    assert "floor 58.34%: pass@1 of 58.33% is below it" in text.render(found)


def _saved(folder: Path, correct: list[int]) -> Path:
    with RunReader(make_run(folder, correct)) as reader:
        save_baseline(reader, folder.parent / "baseline.json")
    return folder.parent / "baseline.json"


def _candidate(folder: Path, correct: list[int]) -> Candidate:
    with RunReader(make_run(folder, correct)) as reader:
        return candidate(reader)


def test_the_candidate_is_told_its_own_number() -> None:
    """A baseline of 50 samples per problem stays as it is: what is asked for is the candidate's n, and it decides."""
    generator, told = np.random.default_rng(12), 0
    for _ in range(30):
        rates = generator.beta(1.5, 1.5, 64)
        before, now = generator.binomial(50, rates).tolist(), generator.binomial(10, rates).tolist()
        found = gate(run("new", now), run("old", before, 50))
        needed = found.candidate_samples_to_decide
        if needed is None or found.comparison.shares_samples:
            continue
        told += 1
        assert found.verdict is GateVerdict.INCONCLUSIVE
        assert re.search(rf"\b{needed} (samples per problem in this run would|in this run alone)", found.reason)
        times = needed // 10 + 1
        more = gate(run("new", [c * times for c in now], 10 * times), run("old", before, 50))
        assert more.verdict is not GateVerdict.INCONCLUSIVE
    assert told > 5


def test_a_gate_that_can_not_fail_says_so() -> None:
    """A baseline below the smallest drop that fails, and one of two problems."""
    poor = gate(run("new", [0] * 200), run("old", [1] + [0] * 199))
    assert any("no run can fail" in warning for warning in poor.warnings)
    few = gate(run("new", [1, 1], 1), run("old", [1, 1], 1))
    assert any("not even a run with nothing right would fail" in warning for warning in few.warnings)
    assert gate(run("new", [5] * 60), run("old", [5] * 60)).warnings == ()


# -- dependent samples


@pytest.mark.parametrize("flips", [0.01, 0.02, 0.05])
def test_one_model_with_identical_samples_seldom_fails(flips: float) -> None:
    """64 problems, ten identical samples each, a few flip from run to run: FAIL in at most 5% of 200 pairs."""
    generator = np.random.default_rng(8)
    right, failed = generator.random(64) < 0.7, 0
    for _ in range(200):
        a, b = ((10 * (right ^ (generator.random(64) < flips))).tolist() for _ in range(2))
        failed += gate(run("new", b), run("old", a)).verdict is GateVerdict.FAIL
    assert failed <= 10


def test_one_flip_of_identical_samples_is_one_sample() -> None:
    """It does not fail, the result says why, and means and differences are those of all samples."""
    found = gate(run("new", [10] * 39 + [0] * 25), run("old", [10] * 40 + [0] * 24))
    assert found.verdict is not GateVerdict.FAIL
    assert found.comparison.dependent == 64
    assert found.difference == pytest.approx(-1 / 64)
    assert any("judged as if each had one sample" in warning for warning in found.comparison.warnings)
    assert found.to_json()["comparison"]["assumption"] == words.ASSUMPTION  # type: ignore[index]


def test_what_is_known_of_the_samples_goes_before_what_the_counts_suggest() -> None:
    """Runs whose completions differ are independent, however sure the model is."""
    new, old = (
        replace(side, dependent=frozenset())
        for side in (run("new", [10] * 36 + [0] * 28), run("old", [10] * 40 + [0] * 24))
    )
    assert gate(new, old).comparison.dependent == 0
    assert gate(new, old).verdict is GateVerdict.FAIL


def test_signs_of_dependence() -> None:
    """Temperature 0, one seed, repetition beyond chance; and what is none: different texts, a sure model, one sample."""
    different = [(f"p{i}", f"{i} {j}", j) for i in range(40) for j in range(10)]
    equal = [(f"p{i}", f"{i}", j) for i in range(40) for j in range(10)]
    sure = [(f"p{i}", f"{i} {j if i % 5 == 0 and j == 9 else 0}", j) for i in range(40) for j in range(10)]
    twice = [(f"p{i}", f"{i} {j // 2}", j) for i in range(40) for j in range(10)]
    seeded = [*different, *(("q", "x", 7) for _ in range(10))]
    assert dependence(different).problems == frozenset()
    assert dependence(sure).problems == frozenset()
    assert dependence([("p", "x", 1)], temperature=0).problems == frozenset()
    assert (len(dependence(equal).problems), dependence(equal).reason) == (40, REPEATED)
    assert (len(dependence(twice).problems), dependence(twice).reason) == (40, REPEATED)
    assert (len(dependence(different, 0).problems), dependence(different, 0).reason) == (40, TEMPERATURE_0)
    assert (dependence(seeded).problems, dependence(seeded).reason) == ({"q"}, ONE_SEED)
    assert dependence(seeded, one_stream=True).problems == frozenset()


def test_a_run_of_identical_samples_says_so_to_the_gate(tmp_path: Path) -> None:
    """From the completions of a run file through the baseline to the verdict."""
    paths = [_repeated(tmp_path / name, right) for name, right in (("old", 40), ("new", 39))]
    with RunReader(paths[0]) as reader:
        save_baseline(reader, tmp_path / "baseline.json")
    baseline = load_baseline(tmp_path / "baseline.json")
    assert len(baseline.tasks["rustarter"].dependent or ()) == 64
    with RunReader(paths[1]) as reader:
        found = judge([candidate(reader)], baseline, load_policy(None))
    assert found.verdict is not GateVerdict.FAIL
    assert "identical samples beyond chance" in text.render(found)


def _repeated(folder: Path, right: int) -> Path:
    from run_values import add_judgements, judged, planned

    names = [f"p{index}" for index in range(64)]
    with RunStore.create(folder, manifest(), [planned(name, 10) for name in names]) as store:
        store.add_samples(Sample(name, index, "d", name) for name in names for index in range(10))
        add_judgements(
            store,
            "strict",
            [judged(name, i, passed=place < right) for place, name in enumerate(names) for i in range(10)],
        )
        store.put_session(Session("t", (), "complete"))
    return folder


# -- lost problems, tasks, baselines


@pytest.mark.parametrize("n", [10, 50])
def test_three_lost_problems_are_seen_whatever_the_baseline(n: int) -> None:
    """Three reliable problems collapse among 64: the tests of lost problems fire in at least 93% of 40 pairs."""
    generator = np.random.default_rng(9)
    rates = np.concatenate([[0.95] * 3, generator.beta(1.5, 1.5, 61)])
    fired = 0
    for _ in range(40):
        a, b = generator.binomial(n, rates), generator.binomial(10, np.where(rates == 0.95, 0.0, rates))
        fired += compare(run("old", a.tolist(), n), run("new", b.tolist())).p_lost < GatePolicy().lost_p
    assert fired >= 0.93 * 40


def test_the_problem_that_lost_most_is_named() -> None:
    """One problem that fell from 50/50 to 0/10 among many shaky ones."""
    before = [50] + [25] * 20
    found = gate(run("new", [0] + [5] * 20), run("old", before, 50), GatePolicy(drop_p=0.0))
    assert found.verdict is GateVerdict.FAIL
    assert "problem p0 fell from 50/50 to 0/10" in found.reason


def test_advisory_tasks_take_no_share(tmp_path: Path) -> None:
    """With one task that counts and one that does not, the first is judged as if it were alone."""
    path = tmp_path / "gate.toml"
    path.write_text("[tasks.b]\nadvisory = true", "utf-8")
    policy = load_policy(path)
    assert policy.for_task("a", 1).gate.drop_p == 0.035
    assert policy.for_task("b", 2).gate.drop_p == 0.035
    assert policy.for_task("a", 8).gate.compare.level == policy.for_task("a").gate.compare.level


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ('"problems": "e"', '"problems": ""', "digests.*problems"),
        ('"p0": [10, 10]', '"p0": [300000, 30000]', "100,000"),
        ('"p0": [10, 10]', '"p0": [10, -1]', "must be"),
        ('"p0": [10, 10]', '"p0": [-10, -10]', "must be"),
        ('"p0": [10, 10]', '"p0": [0, 0]', "must be"),
        ('"p0": [10, 10]', '"p0": [10, 11]', "must be"),
        ('"p0": [10, 10]', '"p0": null', "problems.p0"),
        ('"p0": [10, 10]', '"p0": [null, null]', "valid integer"),
        ('"p0": [10, 10]', '"p0": [10, true]', "valid integer"),
        ('"p0": [10, 10]', '"p0": ["10", "10"]', "valid integer"),
        ('"p0": [10, 10]', '"p0": [10.0, 10.0]', "valid integer"),
        ('"schema": 1', '"schema": 2', "schema: is 2, and this version of codeeval reads 1"),
        ('"schema": 1,', "", "schema: Field required"),
        ('"kind": "codeeval-baseline",', "", "kind: Field required"),
        ('"model":', '"models": 1, "model":', "a later version of codeeval may have written it"),
    ],
)
def test_a_baseline_that_can_not_be_right_is_refused(tmp_path: Path, old: str, new: str, word: str) -> None:
    """Without its digests, with more samples than a run may have, with counts that can't be or are none, in another format."""
    path = _saved(tmp_path / "old", [10, 5])
    content = path.read_text("utf-8")
    assert old in content
    path.write_text(content.replace(old, new), "utf-8")
    with pytest.raises(DataError, match=word):
        load_baseline(path)


def test_a_newer_baseline_and_an_unrecorded_digest_are_pointed_out(tmp_path: Path) -> None:
    """Both are compared, and neither silently."""
    path = _saved(tmp_path / "old", [10, 5] * 20)
    content = path.read_text("utf-8")
    content = re.sub(r'"codeeval_version": "[^"]*"', '"codeeval_version": "99.1"', content).replace(
        '"prompt": "f", ', ""
    )
    path.write_text(content, "utf-8")
    found = judge([_candidate(tmp_path / "new", [10, 5] * 20)], load_baseline(path), load_policy(None))
    warned = " ".join(found.tasks[0].warnings)
    assert "written by codeeval 99.1, which is newer" in warned
    assert "not checked: prompt, which baseline does not record" in warned


@pytest.mark.parametrize("version", ["", "unknown", "v"])
def test_a_baseline_of_an_unknown_version_is_pointed_out(tmp_path: Path, version: str) -> None:
    """Also one with a digest that this version does not know, and with a mean that its problems do not have."""
    path = _saved(tmp_path / "old", [10, 5] * 20)
    content = re.sub(r'"codeeval_version": "[^"]*"', f'"codeeval_version": "{version}"', path.read_text("utf-8"))
    content = content.replace('"digests": {', '"digests": {"libraries": "x", ')
    content = content.replace('"pass_at_1": 0.75', '"pass_at_1": NaN' if version == "v" else '"pass_at_1": 0.95')
    path.write_text(content, "utf-8")
    found = judge([_candidate(tmp_path / "new", [10, 5] * 20)], load_baseline(path), load_policy(None))
    warned = " ".join(found.tasks[0].warnings)
    assert f"which version of codeeval wrote the baseline is not known: it says {version!r}" in warned
    assert "not checked: libraries, which this run does not record" in warned
    assert "and its problems have 0.75, which is what counts" in warned


def test_a_baseline_that_gives_no_reason_for_dependence(tmp_path: Path) -> None:
    """The sentence names the file instead of ending in nothing."""
    path = _saved(tmp_path / "old", [10, 5] * 20)
    content = path.read_text("utf-8").replace('"dependent": []', '"dependent": ["p0", "p1"]')
    path.write_text(content, "utf-8")
    found = judge([_candidate(tmp_path / "new", [10, 5] * 20)], load_baseline(path), load_policy(None))
    assert "not independent, as the baseline says: 2 of 40" in " ".join(found.tasks[0].warnings)


def test_a_certain_drop_has_a_chance_that_is_not_nothing() -> None:
    """`with a chance of 0` is never said."""
    found = gate(run("new", [0] * 64), run("old", [50] * 64, 50))
    assert re.search(r"with a chance of 1e-\d+ \(fails below", found.reason)


def test_intervals_have_one_name_in_both_languages() -> None:
    """The explorer's templates take the names from the module of words, and their own dictionary has none."""
    for name in ("run.html", "compare.html"):
        assert "told(population_words)" in (TEMPLATES / name).read_text("utf-8")
        assert "told(rerun_words)" in (TEMPLATES / name).read_text("utf-8")
    assert not any("95%" in key for key in catalogue("explorer"))
    with language("ru"):
        assert message(words.population()) == "95 % ДИ, новые задачи (всего)"
        assert message(words.rerun(0.9)) == "90 % ДИ, эти задачи (только сэмплирование)"


@pytest.mark.parametrize("n", [1, 10])
def test_a_picture_calls_beyond_noise_what_is(tmp_path: Path, n: int) -> None:
    """One sample per problem is too few to tell, in the picture as in the text; its rates are in percent, like its means."""
    found = compare(run("old", [n] * 6, n), run("new", [n, 0, 0, n, n, n], n))
    draw(found, tmp_path / "c.svg")
    drawn = (tmp_path / "c.svg").read_text("utf-8")
    told = (
        "0 regressed, 0 fixed beyond noise, 2 with too few samples to tell"
        if n == 1
        else "2 regressed, 0 fixed beyond noise"
    )
    assert told in drawn
    assert "75%" in drawn

"""pass@k above n by a model: recovers populations that it describes, says what it can't, and never passes for an estimate."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import numpy as np
import pytest
import scipy.optimize
import scipy.special
from hypothesis import given, settings
from hypothesis import strategies as st
from run_values import add_judgements, judged, make_manifest, planned
from typer.testing import CliRunner

import codeeval
from codeeval.stats.extrapolate import Bootstrap, extrapolate
from codeeval.store import RunStore

QUICK = Bootstrap(resamples=20)
ROOT = Path(__file__).resolve().parents[2]


def drawn(rates: np.ndarray, n: int, seed: int = 1) -> list[tuple[int, int]]:
    """One run of n samples per problem."""
    return [(n, int(c)) for c in np.random.default_rng(seed).binomial(n, rates)]


def test_a_mixture_is_extrapolated_where_a_plain_model_is_ten_points_off() -> None:
    """40% hopeless problems, 20% that always work, the rest Beta(2, 2): pass@100 from n = 20 is within 3 points of the truth."""
    generator = np.random.default_rng(4)
    rates = np.concatenate([np.zeros(400), np.ones(200), generator.beta(2, 2, 400)])
    (found,) = extrapolate(drawn(rates, 20), [100], QUICK)
    assert found.value == pytest.approx(float(np.mean(1 - (1 - rates) ** 100)), abs=0.03)
    assert found.never == pytest.approx(0.4, abs=0.05)
    assert found.interval[0] <= found.value <= found.interval[1]


def test_the_fit_is_the_maximum_of_the_likelihood() -> None:
    """scipy's optimiser finds no better zero- and one-inflated beta-binomial."""
    counts = drawn(np.concatenate([np.zeros(60), np.ones(40), np.random.default_rng(2).beta(1.5, 3, 200)]), 10)
    (found,) = extrapolate(counts, [50], QUICK)
    c = np.array([c for _, c in counts])

    def loss(free: np.ndarray) -> float:
        shares = scipy.special.softmax([free[0], free[1], 0.0])
        a, b = np.exp(free[2:])
        rest = scipy.special.binom(10, c) * np.exp(scipy.special.betaln(c + a, 10 - c + b) - scipy.special.betaln(a, b))
        return -float(np.log(shares[0] * (c == 0) + shares[1] * (c == 10) + shares[2] * rest).sum())

    others = 1 - found.never - found.always
    ours = loss(np.log([found.never / others, found.always / others, found.a, found.b]))
    best = min(
        scipy.optimize.minimize(loss, start, method="Nelder-Mead", options={"maxiter": 4000}).fun
        for start in ([0, 0, 0, 0], [-1, -1, 0.5, 1])
    )
    assert ours <= best + 1e-3


PAIRS = st.lists(
    st.integers(2, 12).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))), min_size=1, max_size=20
)


@settings(max_examples=10, deadline=None)
@given(PAIRS.filter(lambda counts: any(c for _, c in counts)))
def test_any_counts_give_shares_that_grow_with_k(counts: list[tuple[int, int]]) -> None:
    """Also for unequal n: in [0, 1], inside of its interval, never falling in k, the same for the same seed."""
    found = extrapolate(counts, [20, 50, 1000], QUICK)
    values = [item.value for item in found]
    assert all(0 <= item.interval[0] <= item.value <= item.interval[1] <= 1 + 1e-9 for item in found)
    assert values == sorted(values)
    assert extrapolate(counts, [20, 50, 1000], QUICK) == found


@pytest.mark.parametrize(
    ("counts", "k", "said"),
    [
        ([], 5, "no problems"),
        ([(1, 1), (1, 0)], 5, "one sample per problem"),
        ([(10, 0), (10, 0)], 50, "no sample is correct"),
        ([(10, 3), (20, 3)], 10, "needs no model"),
    ],
)
def test_what_can_not_be_extrapolated_is_refused(counts: list[tuple[int, int]], k: int, said: str) -> None:
    """Nothing is made up where there is nothing to fit, or nothing to extrapolate."""
    with pytest.raises(ValueError, match=said):
        extrapolate(counts, [k])


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Twelve problems with three samples each."""
    folder = tmp_path / "run"
    with RunStore.create(folder, make_manifest(), [planned(str(i), 3) for i in range(12)]) as store:
        add_judgements(store, "strict", [judged(str(i), index, index < i % 4) for i in range(12) for index in range(3)])
    return folder


def report(*arguments: str) -> tuple[int, str]:
    from codeeval.cli.main import program

    done = CliRunner().invoke(program(), ["report", *arguments], standalone_mode=False)
    return done.exit_code if done.exception is None else 2, done.stdout


def test_the_report_sets_it_apart(run: Path) -> None:
    """Only on request, marked as a model's, never among the scores; in JSON as the schema says."""
    _, plain = report(str(run))
    assert "extrapolated" not in plain
    _, text = report(str(run), "--extrapolate", "100,10")
    assert "extrapolated by a model from 3 samples per problem, not estimated" in text
    assert text.index("pass@10 ") < text.index("pass@100")
    _, markdown = report(str(run), "--extrapolate", "10", "--format", "markdown")
    assert "| 10 | ≈ " in markdown
    _, russian = report(str(run), "--extrapolate", "10", "--lang", "ru")
    assert "экстраполяция по модели с 3 образцов" in russian
    found = json.loads(report(str(run), "--extrapolate", "10", "--format", "json")[1])
    jsonschema.Draft202012Validator(json.loads((ROOT / "docs/schemas/result.schema.json").read_text("utf-8"))).validate(
        found
    )
    assert "10" not in found["pass_at_k"]
    assert found["extrapolated"][0]["model_based"] is True
    assert codeeval.load(run).extrapolate(10)[10].value == found["extrapolated"][0]["value"]


@pytest.mark.parametrize("wish", ["0", "2", "x", "", "5,", "10000000", "-3"])
def test_a_k_that_makes_no_sense_is_refused(run: Path, wish: str) -> None:
    """k up to n is known without a model; the rest is no number of samples."""
    code, text = report(str(run), "--extrapolate", wish)
    assert (code, text) == (2, "")

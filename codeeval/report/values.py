"""The content of a report as values. Made by `build`, rendered by `text`, `markdown` and `document`."""

from __future__ import annotations

from dataclasses import dataclass, field

from codeeval.report.headline import Headline
from codeeval.report.hidden_answers import HiddenAnswer
from codeeval.report.other_metrics import Extras
from codeeval.report.reranked import Reranked
from codeeval.report.waterfall import Waterfall, verbatim_of
from codeeval.stats import KEstimate
from codeeval.stats.dependence import Dependence
from codeeval.stats.sanity import SanityReport
from codeeval.store import Counts, TimeSplit


@dataclass(frozen=True, slots=True)
class FailureGroup:
    """Failures with one cause under the requested protocol, with one of them as an example."""

    signature: str
    n_samples: int
    n_problems: int
    example_problem: str
    example_index: int
    message: str


@dataclass(frozen=True, slots=True)
class Difference:
    """Samples on which `strict` and the other protocol disagree, by the verdicts of both."""

    requested: str
    strict: str
    n_samples: int
    example_problem: str
    example_index: int


@dataclass(frozen=True, slots=True)
class Quality:
    """Shares in [0, 1] of the samples with a verdict, as means over problems of each problem's mean; None if there are
    none. `compiles`: without a syntax error; `tests_passed`: share of correct calls, if the protocol compares calls."""

    compiles: float | None = None
    tests_passed: float | None = None


@dataclass(frozen=True, slots=True)
class Throughput:
    """For all existing samples. Rates are per second in which the generator was working; None if nothing was generated
    or tokens were not counted."""

    samples_per_s: float | None = None
    tokens_per_s: float | None = None
    tokens_in: int | None = None
    tokens_out: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """One run. `n_problems` have at least one verdict under the requested protocol, out of `n_selected`; `n_samples`
    have a verdict; `pending` lack one under some protocol; `hidden` were executed but can't be judged. `not_supported`:
    problems with tests that could not be carried out. `estimates`: protocol -> k -> pass@k. `base`: k -> pass@k on the
    original tests alone, for a set that added some. `dependence`: problems with samples that are not independent
    draws."""

    run: str
    task: str
    model: str
    protocol: str
    kind: str
    created_at: str
    codeeval_version: str
    n_problems: int
    n_selected: int
    n_samples: int
    n_wanted: int
    pending: int
    hidden: int
    estimates: dict[str, dict[int, KEstimate]]
    verdicts: dict[str, int]
    verdicts_by_protocol: dict[str, dict[str, int]]
    groups: tuple[FailureGroup, ...]
    differences: tuple[Difference, ...]
    sanity: SanityReport
    quality: Quality
    counts: Counts
    timing: TimeSplit
    sandbox: dict[str, str]
    pending_reasons: tuple[tuple[str, int], ...] = ()
    not_supported: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = field(default=())
    waterfall: Waterfall | None = None
    hidden_answers: tuple[HiddenAnswer, ...] = ()
    extras: Extras = field(default_factory=Extras)
    throughput: Throughput = field(default_factory=Throughput)
    reranked: tuple[Reranked, ...] = ()
    base: dict[int, float | None] = field(default_factory=dict)
    #: samples of a file that could not be read and were left out of the score on request
    skipped_samples: int = 0
    #: pending samples whose rows can't be read
    unread: int = 0
    headline: Headline | None = None
    dependence: Dependence = field(default_factory=Dependence)
    #: package -> samples that failed because the sandbox lacks it
    missing_packages: dict[str, int] = field(default_factory=dict)
    #: samples with a thought that a stop sequence may have cut
    cut_thoughts: int = 0
    #: samples that each server answered, by address
    servers: dict[str, int] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether every sample of the run exists and was executed."""
        return self.pending == 0

    @property
    def verbatim(self) -> str:
        """The protocol besides strict; strict if it is the only one."""
        return verbatim_of(tuple(self.estimates))

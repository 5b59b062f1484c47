"""Check that a run's samples look like independent draws, and warn next to the number if they don't. Pure.

pass@k assumes n independent draws. These are the ways in which that fails in practice, each with its threshold:

| code             | warns when                                                                       | threshold |
|------------------|----------------------------------------------------------------------------------|-----------|
| few_distinct     | mean over problems of (distinct completions / samples) is low                    | < 0.5     |
| all_equal        | problems whose samples are all the same text                                     | > 0.5     |
| constant_seed    | problems whose samples all carry one seed and are all the same text              | > 0.1     |
| shared_seed      | all samples of all problems carry one seed: one random stream for all prompts    | any       |
| stopped_at_once  | samples cut by a stop sequence at their first character: nothing is left         | > 0.1     |
| ended_by_length  | samples that ran into the token limit                                            | > 0.1     |
| empty            | samples without any text that no stop sequence can have cut                      | > 0.1     |
| content_filter   | samples that a filter of the server cut or withheld                              | any       |
| refusal          | samples that are a refusal to answer                                             | any       |
| thought_in_text  | samples that begin with a thought, in which stop sequences were looked for       | any       |

The first three count only problems with two samples or more. One seed for a problem is not a fault in itself: a backend may draw
all n samples from one stream; it is a fault if the samples repeat. `hf` always does so and seeds itself, so the user can't change
it: that warning is left out, and equal samples are attributed to the model. At temperature 0 equal samples are expected: a note
says that the n samples are one. The thresholds are judgement, not theory: an easy problem may well yield the same short body
every time, but not half of all problems at temperature 0.6.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Literal

from codeeval.i18n.messages import msg
from codeeval.reading.thinking import CLOSE, OPEN
from codeeval.types import Sample

Code = Literal[
    "few_distinct",
    "all_equal",
    "constant_seed",
    "shared_seed",
    "stopped_at_once",
    "ended_by_length",
    "empty",
    "content_filter",
    "refusal",
    "thought_in_text",
    "greedy",
]

DISTINCT_BELOW = 0.5
ALL_EQUAL_ABOVE = 0.5
CONSTANT_SEED_ABOVE = 0.1
STOPPED_AT_ONCE_ABOVE = 0.1
LENGTH_ABOVE = 0.1
EMPTY_ABOVE = 0.1
#: Backends that draw all samples of a problem from one stream and record the seed that started it.
ONE_STREAM = frozenset({"hf"})
#: Backends that return the text with the stop that ended it, so that a cut differs from the model's own end.
SHOWS_STOPS = frozenset({"hf", "vllm", "replay"})
#: Backends that can return the model's reasoning separately.
KEEPS_THOUGHTS = frozenset({"hf", "vllm", "openai"})


@dataclass(frozen=True, slots=True)
class SanityWarning:
    """One finding: its code, the measured share, the threshold it passed, and a sentence with the remedy."""

    code: Code
    share: float
    threshold: float
    message: str


@dataclass(frozen=True, slots=True)
class SanityReport:
    """Shares in [0, 1]; None if nothing could be measured. `warnings` are in the order of the table above."""

    problems: int
    samples: int
    distinct: float | None
    all_equal: float | None
    constant_seed: float | None
    shared_seed: bool
    stopped_at_once: float | None
    ended_by_length: float | None
    empty: float | None
    warnings: tuple[SanityWarning, ...]
    content_filter: float | None = None
    refusal: float | None = None
    thought_in_text: float | None = None

    def to_json(self) -> dict[str, object]:
        """One JSON object."""
        return asdict(self)


def check_sampling(
    samples: Iterable[Sample],
    temperature: float | None = None,
    backend: str = "",
    stops: Sequence[str] | None = None,
) -> SanityReport:
    """Measure a run's samples and warn. `temperature`: as requested; 0 means that equal samples are expected. `backend`: what
    generated them; `stops`: the stop sequences in force, if known."""
    by_problem: dict[str, list[Sample]] = {}
    for sample in samples:
        by_problem.setdefault(sample.problem_id, []).append(sample)
    everything = [sample for group in by_problem.values() for sample in group]
    several = [group for group in by_problem.values() if len(group) > 1]
    may_hide = stops is None or (bool(stops) and backend not in SHOWS_STOPS)
    thinks = bool(stops) and backend in KEEPS_THOUGHTS
    found = SanityReport(
        problems=len(by_problem),
        samples=len(everything),
        distinct=_mean([len({sample.completion for sample in group}) / len(group) for group in several]),
        all_equal=_mean([_one_text(group) for group in several]),
        constant_seed=_mean([_one_seed(group) and _one_text(group) for group in several]),
        shared_seed=len(by_problem) > 1 and _one_seed(everything),
        stopped_at_once=_mean([_cut_to_nothing(sample, may_hide) for sample in everything]),
        ended_by_length=_mean([sample.finish_reason == "length" for sample in everything]),
        empty=_mean([not sample.completion and not _cut_to_nothing(sample, may_hide) for sample in everything]),
        content_filter=_mean([sample.finish_reason == "content_filter" for sample in everything]),
        refusal=_mean([sample.finish_reason == "refusal" for sample in everything]),
        thought_in_text=_mean([thinks and _thinks_in_text(sample) for sample in everything]),
        warnings=(),
    )
    equal = [_GREEDY] if several else []
    diversity = equal if temperature == 0 else _diversity(found, one_stream=backend in ONE_STREAM)
    certain = not any(_cut_to_nothing(sample, may_hide) and not sample.raw for sample in everything)
    return replace(found, warnings=(*diversity, *_endings(found, certain), *_declined(found)))


def _cut_to_nothing(sample: Sample, may_hide: bool) -> bool:
    """Whether a stop sequence left nothing. `may_hide`: some engines remove the stop from the text; then this can't be told
    from a model that ended at once."""
    return not sample.completion and (bool(sample.raw) or (may_hide and sample.finish_reason == "stop"))


def _thinks_in_text(sample: Sample) -> bool:
    text = sample.completion if sample.raw is None else sample.raw
    return sample.thought is None and (text.lstrip().startswith(OPEN) or CLOSE in text)


def _one_seed(group: list[Sample]) -> bool:
    return group[0].seed is not None and len({sample.seed for sample in group}) == 1


def _one_text(group: list[Sample]) -> bool:
    return len({sample.completion for sample in group}) == 1


def _mean(values: list[float] | list[bool]) -> float | None:
    return sum(values) / len(values) if values else None  # not fsum: another last digit would change recorded reports


_GREEDY = SanityWarning("greedy", 1.0, 0.0, msg("temperature 0: n samples of a problem are one sample repeated"))


def _diversity(shares: SanityReport, one_stream: bool) -> Iterator[SanityWarning]:
    distinct, equal, constant = shares.distinct, shares.all_equal, shares.constant_seed
    if distinct is not None and distinct < DISTINCT_BELOW:
        text = msg(
            "only {share} of a problem's samples are distinct: check the temperature and the seeds",
            share=f"{distinct:.2f}",
        )
        yield SanityWarning("few_distinct", distinct, DISTINCT_BELOW, text)
    if equal is not None and equal > ALL_EQUAL_ABOVE:
        text = msg(
            "all samples are the same text on {share} of the problems: the server may ignore n or the seed",
            share=f"{equal:.2f}",
        )
        if one_stream:
            text = msg(
                "all samples are the same text on {share} of the problems: the model is sure of them at this temperature",
                share=f"{equal:.2f}",
            )
        yield SanityWarning("all_equal", equal, ALL_EQUAL_ABOVE, text)
    if constant is not None and constant > CONSTANT_SEED_ABOVE and not one_stream:
        text = msg(
            "one seed gave one text for all samples of {share} of the problems: give each its own",
            share=f"{constant:.2f}",
        )
        yield SanityWarning("constant_seed", constant, CONSTANT_SEED_ABOVE, text)
    if shares.shared_seed:
        text = msg("one seed for all problems: they share one random stream; derive each problem's seed from its id")
        yield SanityWarning("shared_seed", 1.0, 0.0, text)


def _endings(shares: SanityReport, certain: bool) -> list[SanityWarning]:
    """`certain`: every sample counted as stopped at once is known to be so."""
    found: list[SanityWarning] = []
    stopped, length, empty = shares.stopped_at_once, shares.ended_by_length, shares.empty
    if stopped is not None and stopped > STOPPED_AT_ONCE_ABOVE:
        text = msg(
            "{share} of the samples were cut by a stop sequence at the first character: a format failure",
            share=f"{stopped:.2f}",
        )
        if not certain:
            text = msg(
                "{share} of the samples ended before their first character, at a stop sequence or by themselves",
                share=f"{stopped:.2f}",
            )
        found.append(SanityWarning("stopped_at_once", stopped, STOPPED_AT_ONCE_ABOVE, text))
    if length is not None and length > LENGTH_ABOVE:
        text = msg(
            "{share} of the samples ran into the token limit: raise it, or check the stop sequences",
            share=f"{length:.2f}",
        )
        found.append(SanityWarning("ended_by_length", length, LENGTH_ABOVE, text))
    if empty is not None and empty > EMPTY_ABOVE:
        text = msg("{share} of the samples are empty: check the prompt and the template", share=f"{empty:.2f}")
        found.append(SanityWarning("empty", empty, EMPTY_ABOVE, text))
    return found


def _declined(shares: SanityReport) -> Iterator[SanityWarning]:
    """Answers withheld by a filter or declined by the model, and reasoning where answers are expected."""
    if shares.content_filter:
        text = msg(
            "{share} of the samples were cut or withheld by the server's content filter; they count",
            share=f"{shares.content_filter:.3f}",
        )
        yield SanityWarning("content_filter", shares.content_filter, 0.0, text)
    if shares.refusal:
        text = msg("in {share} of the samples the model declined to answer; they count", share=f"{shares.refusal:.3f}")
        yield SanityWarning("refusal", shares.refusal, 0.0, text)
    if shares.thought_in_text:
        text = msg(
            "{share} of the samples hold a thought, and stop sequences cut it like an answer: -M think_tokens=2048 "
            "keeps them out of it",
            share=f"{shares.thought_in_text:.2f}",
        )
        yield SanityWarning("thought_in_text", shares.thought_in_text, 0.0, text)

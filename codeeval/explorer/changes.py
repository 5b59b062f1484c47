"""What differs between two runs, in words and by cause: settings, verdicts, failures of format, groups, topics. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from codeeval.explorer.numbers import RunNumbers

#: The most failure groups shown, those with the largest change of share.
GROUPS_TOLD = 20
_TEXT_TOLD = 120


@dataclass(frozen=True, slots=True)
class SettingChange:
    """A setting that differs between the runs; "–" if a run does not record it."""

    name: str
    a: str
    b: str


@dataclass(frozen=True, slots=True)
class CauseChange:
    """How many samples (for a topic: how many that passed) out of how many, in both runs; `difference` is of the
    shares, b - a. `kind` is verdict, format, group or topic."""

    kind: str
    name: str
    a: int
    of_a: int
    b: int
    of_b: int
    difference: float


def settings(a: RunNumbers, b: RunNumbers) -> tuple[SettingChange, ...]:
    """What differs, the set of problems first."""
    one, two = _settings(a), _settings(b)
    return tuple(
        SettingChange(name, _told(one.get(name)), _told(two.get(name)))
        for name in one
        if one.get(name) != two.get(name)
    )


def _settings(run: RunNumbers) -> dict[str, object]:
    made = run.manifest
    sampling, prompt, sandbox = made.sampling, made.prompt, made.sandbox
    return {
        "task": made.task.name,
        "problems": made.task.n_selected,
        "problems that were changed": ", ".join(made.task.altered),
        "digest of the problems": made.task.problems_digest[:16],
        "pending samples": run.pending,
        "protocol": run.protocol,
        "model": made.model.name,
        "backend": made.model.backend,
        "template": prompt.template,
        "system prompt": prompt.system or "",
        "digest of the prompts": prompt.digest[:16],
        "samples per problem": sampling.n,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "top_k": sampling.top_k,
        "max tokens": sampling.max_tokens,
        "stop sequences": " ".join(map(repr, sampling.stop)),
        "seed": sampling.seed,
        "image": sandbox.image,
        "limits": run.digests.get("limits", ""),
        "codeeval": made.codeeval_version,
    }


def _told(value: object) -> str:
    text = "–" if value in (None, "") else str(value)
    return text if len(text) <= _TEXT_TOLD else f"{text[:_TEXT_TOLD]} …"


def causes(a: RunNumbers, b: RunNumbers) -> tuple[CauseChange, ...]:
    """By verdict, failure of format, group and topic; within each kind the largest change first."""
    verdicts = _changes("verdict", a.verdicts[a.protocol], b.verdicts[b.protocol], _n(a), _n(b))
    formats = _changes("format", _formats(a), _formats(b), _n(a), _n(b))
    groups = _changes("group", _groups(a), _groups(b), _n(a), _n(b))
    return (*verdicts, *formats, *groups[:GROUPS_TOLD], *_topics(a, b))


def _n(run: RunNumbers) -> int:
    return run.n_samples


def _formats(run: RunNumbers) -> dict[str, int]:
    return {found.name: found.n_samples for found in run.formats}


def _groups(run: RunNumbers) -> dict[str, int]:
    return {group.signature: group.n_samples for group in run.groups}


def _changes(kind: str, one: Mapping[str, int], two: Mapping[str, int], of_one: int, of_two: int) -> list[CauseChange]:
    found = (_change(kind, name, (one.get(name, 0), of_one), (two.get(name, 0), of_two)) for name in {**one, **two})
    return _sorted(found)


def _topics(a: RunNumbers, b: RunNumbers) -> list[CauseChange]:
    """Passed samples per topic, over the problems that both runs have."""
    one, two = a.counts[a.protocol], b.counts[b.protocol]
    by_topic: dict[str, list[str]] = {}
    for head in b.heads:
        if one.get(head.id, (0, 0))[0] and two[head.id][0]:
            for topic in dict.fromkeys(head.topics):
                by_topic.setdefault(topic, []).append(head.id)
    return _sorted(
        _change(
            "topic", topic, *((sum(run[pid][1] for pid in ids), sum(run[pid][0] for pid in ids)) for run in (one, two))
        )
        for topic, ids in by_topic.items()
    )


def _change(kind: str, name: str, a: tuple[int, int], b: tuple[int, int]) -> CauseChange:
    share_a, share_b = (n / of if of else 0.0 for n, of in (a, b))
    return CauseChange(kind, name, *a, *b, share_b - share_a)


def _sorted(found: Iterable[CauseChange]) -> list[CauseChange]:
    return sorted(found, key=lambda one: (-abs(one.difference), one.name))

"""Which samples a run's page shows: parsed from a URL, and written to one."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from codeeval.explorer.annotations import MAX_TAG
from codeeval.types import Verdict

#: Thresholds offered for "slower than", in milliseconds of CPU time.
SLOW_MS = (100, 1_000, 3_000)
SORTS = ("order", "hardest", "easiest")
#: The name of a sample without a judgement, in filters and in the matrix.
PENDING = "pending"
#: Names of samples of a problem with hidden answers: with the majority, otherwise, without any output.
AGREEMENT = ("agrees", "differs", "silent")
#: The most characters of a regular expression; a longer one is refused, not truncated.
MAX_PATTERN = 1_000
#: Samples with any note.
ANY_NOTE = "*"
#: Any verdict but "passed".
FAILED = "failed"


def format_id(name: str) -> str:
    """The id of a failure of format in URLs and file names."""
    words = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40]
    return f"{words}-{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:4]}"


def group_id(signature: str) -> str:
    """The id of a failure group in URLs."""
    return hashlib.sha256(signature.encode("utf-8", "surrogatepass")).hexdigest()[:10]


#: Values of `Filter.verdict`.
VERDICTS = (FAILED, *(verdict.value for verdict in Verdict), PENDING, *AGREEMENT)


@dataclass(frozen=True, slots=True)
class Filter:
    """The state of a run's page. Unknown values in a URL are ignored. `problem` is an id; `meta` is a field's name and
    value, as in `difficulty:hard`; `search` is a regular expression; `answer` identifies outputs with which samples of
    `problem` failed, as made by `answers.answer_id`; `tag` is the tag of a sample's note, or ANY_NOTE."""

    verdict: str = ""
    group: str = ""
    format: str = ""
    slow: int = 0
    q: str = ""
    sort: str = ""
    page: int = 1
    problem: str = ""
    topic: str = ""
    meta: str = ""
    search: str = ""
    answer: str = ""
    tag: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Filter:
        return cls(
            verdict=_one_of(given.get("verdict", ""), VERDICTS),
            group=given.get("group", "")[:10],
            format=given.get("format", "")[:50],
            slow=max(0, _number(given.get("slow", ""))),
            q=given.get("q", "").strip()[:200],
            sort=_one_of(given.get("sort", ""), SORTS[1:]),
            page=max(1, _number(given.get("page", "1"))),
            problem=given.get("problem", "")[:300],
            topic=given.get("topic", "")[:200],
            meta=given.get("meta", "")[:300],
            search=given.get("search", "")[: MAX_PATTERN + 1],
            answer=given.get("answer", "")[:10],
            tag=given.get("tag", "")[:MAX_TAG],
        )

    @property
    def by_sample(self) -> bool:
        """Whether samples are selected, not only problems."""
        return bool(self.verdict or self.group or self.format or self.slow or self.search or self.answer or self.tag)

    @property
    def active(self) -> bool:
        return self.by_sample or bool(self.q or self.problem or self.topic or self.meta)

    def query(self) -> dict[str, str]:
        """What is set, as it appears in a URL."""
        default = Filter()
        return {
            spec.name: str(getattr(self, spec.name))
            for spec in fields(self)
            if getattr(self, spec.name) != getattr(default, spec.name)
        }

    def toggled(self, name: str, value: str | int) -> Filter:
        """With `name` set to `value`, or unset if it had that value."""
        on = getattr(self, name) != value
        changed = {**self.at(1).query(), name: str(value if on else getattr(Filter(), name))}
        return Filter.read(changed)

    def ungrouped(self) -> Filter:
        """Without the failure group and the outputs, which don't exist under another protocol."""
        return replace(self, group="", answer="", page=1)

    def at(self, page: int) -> Filter:
        return replace(self, page=page)


NO_FILTER = Filter()


def _one_of(value: str, known: tuple[str, ...]) -> str:
    return value if value in known else ""


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0

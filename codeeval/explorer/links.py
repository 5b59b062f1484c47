"""The address of each page: one scheme for the server and for files, always relative, so that an export opens anywhere.

| page            | server                      | file                                   |
|-----------------|-----------------------------|----------------------------------------|
| runs            | `/`                         | `index.html`                           |
| run             | `/RUN/?filter`              | `RUN/index.html#filter`                |
| its matrix      | `/RUN/?page=2`              | `RUN/index.page-2.html`                |
| list of samples | `/RUN/samples/?filter`      | (none)                                 |
| problem         | `/RUN/p/PROBLEM/`           | `RUN/p/PROBLEM/index.html`             |
| sample          | `/RUN/p/PROBLEM/3`          | `RUN/p/PROBLEM/samples-1.html#s3`      |
| its difference  | `/RUN/p/PROBLEM/3/diff`     | (none)                                 |
| comparison      | `/compare/A/B/`             | `compare/A/B/index.html`               |
| of one problem  | `/compare/A/B/PROBLEM`      | `compare/A/B/PROBLEM.html`             |
| runs like RUN   | `/series/RUN/`              | `series/RUN/index.html`                |
| of one problem  | `/series/RUN/p/PROBLEM`     | `series/RUN/p/PROBLEM.html`            |

For a protocol other than the requested one a server's page has `?protocol=strict`, and a run's or problem's file is
named `index.strict.html`; a comparison at another k is `index.k5.html`. A file with samples shows the results of every
protocol.

A twin has `.json` in place of `.html`; on the server a page that ends in `/` has its twin at `index.json`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import urlencode

from codeeval.explorer.filters import NO_FILTER, Filter

#: Samples of a problem in one exported file.
CHUNK = 50
Query = Sequence[tuple[str, str]]
_SAFE = re.compile(r"[a-z0-9][a-z0-9_-]{0,47}")
_LOOKS_MADE = re.compile(r".*-[0-9a-f]{8}")
#: Names of devices, which Windows refuses for files; names of pages and URLs beside those of problems.
_DEVICE = re.compile(r"con|prn|aux|nul|(?:com|lpt)[0-9]")
_BESIDE = ("index", "live")


@lru_cache(maxsize=8192)
def slug(text: str) -> str:
    """A problem's name for URLs and files, the same on every machine and distinct for distinct texts, also on file systems that
    ignore case. It is never a name that the scheme uses itself."""
    return _made(text) if text in _BESIDE else _slug(text)


def _slug(text: str) -> str:
    known = _SAFE.fullmatch(text) and not _LOOKS_MADE.fullmatch(text) and not _DEVICE.fullmatch(text)
    return text if known else _made(text)


def _made(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    words = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:32].strip("-")
    return f"{words or 'x'}-{digest}"


def unique(names: Iterable[str], given: Iterable[str] = ()) -> list[str]:
    """A slug for each name, numbered if they repeat, and different from those already `given`. Names that the scheme
    itself needs are not used."""
    taken = {"compare", "index", "series", *given}
    result = []
    for name in names:
        base = _slug(name)
        found, number = base, 2
        while found in taken:
            found, number = f"{base}-{number}", number + 1
        taken.add(found)
        result.append(found)
    return result


@dataclass(frozen=True, slots=True)
class Links:
    """Links from one page. `depth`: how many folders it lies below the root; `static`: whether pages are files;
    `protocol` is set if it is not the requested one; `different`: comparisons include runs that differ; `chosen`: the
    filter that a server's links to problems and samples keep; `k`: of pass@k in comparisons."""

    depth: int
    static: bool = False
    protocol: str = ""
    different: bool = False
    chosen: Filter = NO_FILTER
    k: int = 1

    @property
    def root(self) -> str:
        return "../" * self.depth

    def under(self, protocol: str) -> Links:
        """Links to the same pages under another protocol; "" is the requested one."""
        return replace(self, protocol=protocol)

    def _folder(self, path: str, query: Mapping[str, str] | None = None) -> str:
        if self.static:
            return f"{self.root}{path}{file_name(self.protocol if query is not None else '')}.html"
        return (f"{self.root}{path}" or "./") + self._query(query)

    def _query(self, query: Mapping[str, str] | None) -> str:
        """None: the page does not depend on the protocol."""
        if query is None:
            return ""
        found = {"protocol": self.protocol, **query} if self.protocol else query
        return f"?{_encoded(found)}" if found else ""

    def runs(self, query: Query = ()) -> str:
        return self._folder("") if self.static else _with(self._folder(""), query)

    def run(self, run: str, chosen: Filter | None = None) -> str:
        query = (chosen or Filter()).query()
        if not self.static:
            return self._folder(f"{run}/", query)
        page = query.pop("page", "") if len(query) == 1 else ""
        fragment = f"#{_encoded(query)}" if query else ""
        return f"{self.root}{run}/{file_name(self.protocol, page)}.html{fragment}"

    def problem(self, run: str, problem_id: str, page: int = 1) -> str:
        """`page`: the part of its table of tests and samples."""
        path = f"{run}/p/{slug(problem_id)}/"
        if self.static:
            return f"{self.root}{path}{file_name(self.protocol, page)}.html"
        return self._folder(path, {**self._kept(), **({"page": str(page)} if page > 1 else {})})

    def _kept(self) -> dict[str, str]:
        return {} if self.static else self.chosen.at(1).query()

    def listed(self, run: str, chosen: Filter, end: str = "") -> str:
        """The list of the samples selected by a filter, or one of its downloads; only on a server."""
        return f"{self.root}{run}/samples/{end}" + self._query(chosen.query())

    def sample(self, run: str, problem_id: str, index: int) -> str:
        return self.samples(run, problem_id).format(chunk=index // CHUNK + 1, index=index)

    def samples(self, run: str, problem_id: str) -> str:
        """The address of every sample of a problem, with `{chunk}` and `{index}` as placeholders."""
        folder = f"{self.root}{run}/p/{slug(problem_id)}/"
        return folder + ("samples-{chunk}.html#s{index}" if self.static else "{index}" + self._query(self._kept()))

    def diff(self, run: str, problem_id: str, index: int, other: int | None = None) -> str:
        """A sample beside another one of its problem; None: the nearest one that passed. Only on a server."""
        query = self._kept() if other is None else {**self._kept(), "with": str(other)}
        return f"{self.root}{run}/p/{slug(problem_id)}/{index}/diff" + self._query(query)

    def compare(self, a: str, b: str) -> str:
        return self._folder(f"compare/{a}/{b}/", None if self.static else self._allowing())

    def compare_as(self, a: str, b: str) -> str:
        """The comparison under this protocol and k; in files, `compare` leads to the first one."""
        if not self.static:
            return self.compare(a, b)
        return f"{self.root}compare/{a}/{b}/{compare_name(self.protocol, self.k)}.html"

    def compare_anyway(self, a: str, b: str) -> str:
        """The comparison of runs that differ."""
        return replace(self, different=True).compare(a, b)

    def _allowing(self) -> dict[str, str]:
        found = {"allow_different": "1"} if self.different else {}
        return {**found, "k": str(self.k)} if self.k != 1 else found

    def series(self, run: str, query: Query = (), page: int = 1) -> str:
        """The runs comparable with `run`; `query`: the state of that page, without its page number."""
        address = f"{self.root}series/{run}/"
        if self.static:
            return f"{address}{file_name(self.protocol, page)}.html"
        return _with(address, [*self._under(), *query, *([("page", str(page))] if page > 1 else [])])

    def series_problem(self, run: str, problem_id: str, query: Query = ()) -> str:
        """One problem through these runs."""
        address = f"{self.root}series/{run}/p/{slug(problem_id)}"
        if self.static:
            return f"{address}{f'.{self.protocol}' if self.protocol else ''}.html"
        return _with(address, [*self._under(), *query])

    def _under(self) -> list[tuple[str, str]]:
        return [("protocol", self.protocol)] if self.protocol else []

    def compare_problem(self, a: str, b: str, problem_id: str) -> str:
        path = f"{self.root}compare/{a}/{b}/{slug(problem_id)}"
        return f"{path}.html" if self.static else path + self._query(self._allowing())


def _encoded(query: Mapping[str, str] | Query) -> str:
    """A file of a set or of notes may have surrogates, for which an address has no form."""
    return urlencode(query, errors="replace")


def _with(address: str, query: Query) -> str:
    return f"{address}?{_encoded(query)}" if query else address


def file_name(protocol: str = "", page: str | int = "") -> str:
    """The file name of a run's or problem's page, without suffix."""
    return ".".join(["index", *([protocol] if protocol else []), *([f"page-{page}"] if page not in ("", 1) else [])])


def compare_name(protocol: str, k: int) -> str:
    """The file name of a comparison, without suffix."""
    return file_name(protocol) + (f".k{k}" if k != 1 else "")

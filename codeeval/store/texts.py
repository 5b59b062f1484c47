"""The texts of a run file that are searched, many in one value: SQLite puts them together faster than Python takes them apart."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from codeeval.store.codec import pack_text, unpack_text
from codeeval.store.reader import RunReader

#: Texts in one group, and bytes of a text that is not alone in its group.
_TOGETHER, _LONG = 256, 32_768


class TextGroup(NamedTuple):
    """Some texts of a problem: their keys and their sizes in bytes, as numbers with commas, and all of them in UTF-8 (surrogates
    passed through), one after the other."""

    problem_id: str
    keys: str
    sizes: str
    data: bytes


class Texts(RunReader):
    """What there is to be searched. A key is the index of a sample, or the number of an execution."""

    def completions(self) -> Iterator[TextGroup]:
        return self._grouped(_Column("samples", "idx", "completion", "idx"), ())

    def errors(self, protocol: str, without: Container[str] = ()) -> Iterator[TextGroup]:
        """What is said of the samples under a protocol; `without`: problems that are left out."""
        where = "protocol = ? AND error IS NOT NULL AND "
        return self._grouped(_Column("judgements", "idx", "error", "idx", where), (protocol,), without)

    def programs(self, modes: Sequence[str], without: Container[str] = ()) -> Iterator[TextGroup]:
        """All that was executed in these modes."""
        places = ", ".join("?" * len(modes))
        column = _Column("executions", "rowid", "source", "job_digest", f"mode IN ({places}) AND ")
        return self._grouped(column, tuple(modes), without)

    def executed(self, protocol: str, problem_id: str) -> Iterator[tuple[int, int]]:
        """(index of a sample, number of its execution) of the executed samples of a problem."""
        query = (
            "SELECT j.idx, e.rowid FROM judgements j JOIN executions e"
            " ON e.problem_id = j.problem_id AND e.job_digest = j.job_digest WHERE j.protocol = ? AND j.problem_id = ?"
        )
        return iter(self._rows(query, (protocol, pack_text(problem_id))))

    def _grouped(self, column: _Column, values: tuple[str, ...], without: Container[str] = ()) -> Iterator[TextGroup]:
        query = column.together()
        for (stored,) in self._rows("SELECT id FROM problems ORDER BY position"):
            if (pid := unpack_text(stored)) in without:
                continue
            last: Any = column.before_all
            n = _TOGETHER
            while n == _TOGETHER:
                for keys, sizes, data, last, n in self._rows(query, (*values, stored, last)):  # noqa: B007, B020
                    if n:
                        yield TextGroup(pid, keys, sizes, data)
        for stored, key, data in self._rows(column.alone(), values):
            if (pid := unpack_text(stored)) not in without:
                yield TextGroup(pid, str(key), str(len(data)), data)


@dataclass(frozen=True, slots=True)
class _Column:
    """Where texts stand: `by` tells the rows of a problem apart and has an order; `where` chooses some, and ends in AND."""

    table: str
    key: str
    text: str
    by: str
    where: str = ""

    @property
    def before_all(self) -> int | str:
        return -(1 << 63) if self.by == "idx" else ""

    def together(self) -> str:
        """The next texts of a problem in one row."""
        some = (
            f"SELECT {self.key} AS k, {self.text} AS t, {self.by} AS b, {self._size} AS s FROM {self.table}"
            f" WHERE {self.where}problem_id = ? AND {self.by} > ? AND {self._size} <= {_LONG}"
            f" ORDER BY {self.by} LIMIT {_TOGETHER}"
        )
        return (
            "SELECT group_concat(k), group_concat(s), CAST(group_concat(t, '') AS BLOB), max(b), count(*)"
            f" FROM ({some})"
        )

    def alone(self) -> str:
        """The long ones of all problems, row by row."""
        return (
            f"SELECT problem_id, {self.key}, CAST({self.text} AS BLOB) FROM {self.table}"
            f" WHERE {self.where}{self._size} > {_LONG}"
        )

    @property
    def _size(self) -> str:
        return f"length(CAST({self.text} AS BLOB))"

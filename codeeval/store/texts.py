"""The texts of a run file that are searched, many in one value: SQLite puts them together faster than Python takes them apart."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from codeeval.store.codec import pack_text, unpack_text
from codeeval.store.reader import RunReader

#: Texts in one group, and bytes of a text that is not alone in its group.
_TOGETHER, _LONG = 256, 32_768
_BEFORE_ALL = -(1 << 63)


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
        return self._grouped(_Column("samples", "idx", "completion"), ())

    def errors(self, protocol: str, without: Container[str] = ()) -> Iterator[TextGroup]:
        """What is said of the samples under a protocol; `without`: problems that are left out."""
        return self._grouped(
            _Column("judgements", "idx", "error", "protocol = ? AND error IS NOT NULL AND "), (protocol,), without
        )

    def programs(self, modes: Sequence[str], without: Container[str] = ()) -> Iterator[TextGroup]:
        """All that was executed in these modes."""
        places = ", ".join("?" * len(modes))
        column = _Column("executions", "rowid", "source", f"mode IN ({places}) AND ")
        return self._in_order(column, tuple(modes), without)

    def executed(self, protocol: str, problem_id: str) -> Iterator[tuple[int, int]]:
        """(index of a sample, number of its execution) of the executed samples of a problem."""
        query = (
            "SELECT j.idx, e.rowid FROM judgements j JOIN executions e"
            " ON e.problem_id = j.problem_id AND e.job_digest = j.job_digest WHERE j.protocol = ? AND j.problem_id = ?"
        )
        return iter(self._rows(query, (protocol, pack_text(problem_id))))

    def _grouped(self, column: _Column, values: tuple[str, ...], without: Container[str] = ()) -> Iterator[TextGroup]:
        """Problem by problem, in the order of the keys."""
        query = column.together(of_problem=True)
        found = _Found(without)
        for (stored,) in self._rows("SELECT id FROM problems ORDER BY position"):
            if unpack_text(stored) in without:
                continue
            found.last, found.n = _BEFORE_ALL, _TOGETHER
            while found.n == _TOGETHER:
                yield from found.groups(list(self._rows(query, (*values, stored, found.last))))
        yield from self._alone(column, values, found)

    def _in_order(self, column: _Column, values: tuple[str, ...], without: Container[str]) -> Iterator[TextGroup]:
        """In the order in which the rows are stored: in any other, all that lies between the texts is read again."""
        query = column.together(of_problem=False)
        found = _Found(without, n=_TOGETHER)
        while found.n == _TOGETHER:
            yield from found.groups(list(self._rows(query, (*values, found.last))))
        yield from self._alone(column, values, found)

    def _alone(self, column: _Column, values: tuple[str, ...], found: _Found) -> Iterator[TextGroup]:
        for stored, key, data in self._rows(column.alone(), values) if found.n_long else ():
            if (pid := unpack_text(stored)) not in found.without:
                yield TextGroup(pid, str(key), str(len(data)), data)


@dataclass(slots=True)
class _Found:
    """How far the texts are read: the `last` key, the number of rows read at once, and of long texts in all."""

    without: Container[str]
    last: int = _BEFORE_ALL
    n: int = 0
    n_long: int = 0

    def groups(self, rows: Sequence[tuple[Any, ...]]) -> Iterator[TextGroup]:
        """The rows of one query."""
        self.n = sum(n for *_, n, _ in rows)
        for stored, keys, sizes, data, last, _, n_long in rows if self.n else ():
            self.last, self.n_long = max(self.last, last), self.n_long + n_long
            if keys is not None and (pid := unpack_text(stored)) not in self.without:
                yield TextGroup(pid, keys, sizes, data)


@dataclass(frozen=True, slots=True)
class _Column:
    """Where texts stand: `key` has an order; `where` chooses some rows, and ends in AND."""

    table: str
    key: str
    text: str
    where: str = ""

    def together(self, *, of_problem: bool) -> str:
        """The next texts, of one problem or in any, in one row per problem."""
        # a long text must not come into what SQLite sorts
        text = self.text if of_problem else f"CASE WHEN {self._size} <= {_LONG} THEN {self.text} END"
        where = f"{self.where}{'problem_id = ? AND ' if of_problem else ''}{self.key} > ?"
        some = (
            f"SELECT problem_id AS p, {self.key} AS k, {text} AS t, {self._size} AS s FROM {self.table}"
            f" WHERE {where} ORDER BY {self.key} LIMIT {_TOGETHER}"
        )
        keys, sizes, texts = (f"CASE WHEN s <= {_LONG} THEN {name} END" for name in "kst")
        return (
            f"SELECT p, group_concat({keys}), group_concat({sizes}), CAST(group_concat({texts}, '') AS BLOB),"
            f" max(k), count(*), coalesce(sum(s > {_LONG}), 0) FROM ({some}) {'' if of_problem else 'GROUP BY p'}"
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

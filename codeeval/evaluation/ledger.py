"""What a router asks of a run file and writes to it. `RunStore` is one; so is what stands for the repairs of its samples."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol as Interface

from codeeval.store import Incident, PlannedProblem
from codeeval.store.rows import Row
from codeeval.types import Sample
from sandbox import Outcome


class Ledger(Interface):
    """See the methods of these names in `RunReader` and `RunStore`."""

    def problems(self) -> tuple[PlannedProblem, ...]: ...

    def execution_digests(self, problem_id: str) -> tuple[str, ...]: ...

    def sample(self, problem_id: str, index: int) -> Sample | None: ...

    def outcome(self, problem_id: str, job_digest: str) -> Outcome | None: ...

    def is_judged(self, protocol: str, problem_id: str, index: int) -> bool: ...

    def add_judged(self, executions: Sequence[Row], judgements: Sequence[Row], late: set[Row]) -> list[Row]: ...

    def add_incidents(self, incidents: Iterable[Incident]) -> None: ...

    def add_incident_rows(self, rows: Sequence[Row]) -> None: ...

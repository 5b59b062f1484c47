"""What a router reads from and writes to a run file. `RunStore` implements it; so does the substitute for repairs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol as Interface

from codeeval.store import Incident, PlannedProblem
from codeeval.store.rows import Row
from codeeval.types import Sample
from sandbox import Outcome


class Ledger(Interface):
    """See the methods with these names in `RunReader` and `RunStore`."""

    def problems(self) -> tuple[PlannedProblem, ...]: ...

    def execution_digests(self, problem_id: str) -> tuple[str, ...]: ...

    def sample(self, problem_id: str, index: int) -> Sample | None: ...

    def outcome(self, problem_id: str, job_digest: str) -> Outcome | None: ...

    def is_judged(self, protocol: str, problem_id: str, index: int) -> bool: ...

    def add_judged(self, executions: Sequence[Row], judgements: Sequence[Row], late: set[Row]) -> list[Row]: ...

    def add_incidents(self, incidents: Iterable[Incident]) -> None: ...

    def add_incident_rows(self, rows: Sequence[Row]) -> None: ...

"""The self-test: conformance of the sandbox, and the verdicts on known programs."""

from __future__ import annotations

from dataclasses import dataclass

from codeeval.evaluation.preflight import PreflightFinding, run_checks
from codeeval.evaluation.reporter import Reporter
from codeeval.evaluation.sandbox import Placement, open_pool
from codeeval.scoring import protocols
from sandbox import Limits, conformance
from sandbox.conformance import Failure


@dataclass(frozen=True, slots=True)
class SelfTest:
    """The result for a backend: `failures` of `cases` conformance cases, `wrong` of `verdicts`."""

    backend: str
    description: dict[str, str]
    cases: int
    failures: tuple[Failure, ...]
    verdicts: int
    wrong: tuple[PreflightFinding, ...]

    @property
    def ok(self) -> bool:
        return not self.failures and not self.wrong


def selftest(place: Placement, reporter: Reporter) -> SelfTest:
    """Run every case and check on this machine. Raises SandboxError if the infrastructure fails."""
    with open_pool(place, place.limits or Limits(), reporter) as pool:
        failures = tuple(conformance.run(pool))
        judged_by = tuple(protocols.get(name) for name in protocols.names())
        findings = run_checks(pool, judged_by, pool.limits)
        wrong = tuple(finding for finding in findings if not finding.ok)
        name, description = pool.backend.name, pool.backend.describe()
    return SelfTest(name, description, len(conformance.CASES), failures, len(findings), wrong)

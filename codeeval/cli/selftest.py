"""The self-test: conformance of the sandbox, and the verdicts on known programs."""

from __future__ import annotations

from dataclasses import asdict

from codeeval.cli.console import Console, choose
from codeeval.cli.settings import Settings
from codeeval.evaluation.preflight import run_checks
from codeeval.scoring import protocols
from sandbox import Limits, Pool, conformance, select


def run_selftest(settings: Settings, console: Console) -> int:
    """Returns 0, or 3 when something did not hold. Raises SandboxError where the machinery fails."""
    choose("--sandbox", settings.sandbox, ("auto", "docker", "local"))
    backend = select(settings.sandbox, console.note)
    try:
        with Pool(backend, settings.workers, Limits(), settings.isolation) as pool:
            failures = list(conformance.run(pool))
            judged_by = tuple(protocols.get(name) for name in protocols.names())
            findings = run_checks(pool, judged_by, pool.limits)
            wrong = [finding for finding in findings if not finding.ok]
        description = backend.describe()
    finally:
        backend.close()
    ok = not failures and not wrong
    if console.format == "json":
        console.document(
            {
                "ok": ok,
                "sandbox": {"backend": backend.name, **description},
                "cases": len(conformance.CASES),
                "failures": [asdict(failure) for failure in failures],
                "verdicts": len(findings),
                "wrong_verdicts": [asdict(finding) for finding in wrong],
            }
        )
        return 0 if ok else 3
    for failure in failures:
        console.result(f"FAIL {failure.case}: {failure.detail}")
    for finding in wrong:
        console.result(f"FAIL {finding.check} under {finding.protocol}: {finding.got} instead of {finding.expected}")
    console.result(
        f"{backend.name}: {len(conformance.CASES) - len(failures)} of {len(conformance.CASES)} conformance cases, "
        f"{len(findings) - len(wrong)} of {len(findings)} verdicts as they must be"
    )
    return 0 if ok else 3

"""Show the self-test's findings."""

from __future__ import annotations

from dataclasses import asdict

from codeeval.cli.console import Console
from codeeval.evaluation.selftest import SelfTest


def show_selftest(found: SelfTest, console: Console) -> int:
    """Return 0, or 3 if something failed."""
    if console.format == "json":
        console.document(
            {
                "ok": found.ok,
                "sandbox": {"backend": found.backend, **found.description},
                "cases": found.cases,
                "failures": [asdict(failure) for failure in found.failures],
                "verdicts": found.verdicts,
                "wrong_verdicts": [asdict(finding) for finding in found.wrong],
            }
        )
        return 0 if found.ok else 3
    for failure in found.failures:
        console.result(f"FAIL {failure.case}: {failure.detail}")
    for finding in found.wrong:
        console.result(f"FAIL {finding.check} under {finding.protocol}: {finding.got} instead of {finding.expected}")
    console.result(
        f"{found.backend}: {found.cases - len(found.failures)} of {found.cases} conformance cases, "
        f"{found.verdicts - len(found.wrong)} of {found.verdicts} verdicts as they must be"
    )
    return 0 if found.ok else 3

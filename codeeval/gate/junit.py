"""JUnit XML: one case per problem, and only regressions fail.

A problem that the model never solved does not fail: CI must turn red for what got worse. Which problems those are is
decided as everywhere (beyond sampling noise; codeeval/stats/problem_change.py). The verdict is a property of the suite:
a model may be slightly worse on all problems, with no single problem to show for it, or lose one problem by chance and
pass.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree

from codeeval.gate.judge import GateReport, TaskGate
from codeeval.stats.problem_change import ProblemChange
from codeeval.stats.run_counts import RunCounts

#: Characters that XML 1.0 can't represent.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(report: GateReport) -> str:
    """One suite per task, with all problems that were compared."""
    return _document([_suite(item) for item in report.tasks])


def render_counts(task: str, protocol: str, found: RunCounts) -> str:
    """A run without a baseline: every problem is a case, and nothing can have regressed."""
    suite = _new_suite(task, len(found.counts), 0)
    _properties(suite, {"protocol": protocol, "baseline": "none"})
    for problem, (n, c) in found.counts.items():
        _note(_case(suite, task, problem), f"{c} of {n} samples correct")
    return _document([suite])


def _suite(item: TaskGate) -> ElementTree.Element:
    found = item.result.comparison
    failed = sum(change.beyond_noise for change in found.with_change("regressed"))
    suite = _new_suite(item.task, len(found.changes), failed)
    _properties(
        suite,
        {
            "protocol": item.protocol,
            "verdict": str(item.verdict),
            "reason": "; ".join(item.reasons),
            "baseline": item.baseline_model,
            "model": item.model,
            "difference_points": f"{100 * item.result.difference:.2f}",
        },
    )
    for change in found.changes:
        case = _case(suite, item.task, change.problem_id)
        said = _said(change)
        if change.change == "regressed" and change.beyond_noise:
            failure = ElementTree.SubElement(case, "failure", {"type": "regressed", "message": said})
            failure.text = f"{said}\nFisher's exact p {change.p:.3g}"
        else:
            _note(case, said)
    return suite


def _said(change: ProblemChange) -> str:
    (n_a, c_a), (n_b, c_b) = change.a, change.b
    kind = change.change if change.beyond_noise or change.change == "same" else "changed"
    return f"{kind}: {c_a} of {n_a} samples correct in the baseline, {c_b} of {n_b} now"


def _new_suite(task: str, tests: int, failures: int) -> ElementTree.Element:
    counts = {"tests": str(tests), "failures": str(failures), "errors": "0", "skipped": "0"}
    return ElementTree.Element("testsuite", {"name": f"codeeval.{_clean(task)}", **counts})


def _properties(suite: ElementTree.Element, values: dict[str, str]) -> None:
    holder = ElementTree.SubElement(suite, "properties")
    for name, value in values.items():
        ElementTree.SubElement(holder, "property", {"name": name, "value": _clean(value)})


def _case(suite: ElementTree.Element, task: str, problem: str) -> ElementTree.Element:
    attributes = {"classname": f"codeeval.{_clean(task)}", "name": _clean(f"problem {problem}"), "time": "0"}
    return ElementTree.SubElement(suite, "testcase", attributes)


def _note(case: ElementTree.Element, text: str) -> None:
    ElementTree.SubElement(case, "system-out").text = text


def _document(suites: Sequence[ElementTree.Element]) -> str:
    root = ElementTree.Element("testsuites", {"name": "codeeval"})
    root.extend(suites)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)

"""Small run files for tests of the explorer, judged by the real grader from evidence written down here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from run_values import add_execution, add_judgements, make_manifest, problem

from codeeval.manifest import Manifest
from codeeval.reading.extract import extract
from codeeval.scoring.grade import grade, needs_execution, outputs
from codeeval.scoring.protocols import get
from codeeval.store import Counterfactual, Incident, PlannedProblem, RunStore, Session, StoredExecution, StoredJudgement
from codeeval.types import Problem, Prompt, Sample, Verdict
from sandbox import Observation, Outcome

PROTOCOLS = ("mera-code", "strict")

#: Text with everything that a page, a terminal or an encoder could trip over.
HOSTILE = (
    "\n    x = '<img src=x onerror=\"document.title=`owned`\">'  # </script><script>document.title='owned'</script>"
    "\n    y = '\x1b[31mred\x1b[0m \u202eevil\u202c \x00 \ud800 \u200b \u2028'"
    f"\n    z = '{'A' * 1_000_000}'\n    return {{{{ 7 * 7 }}}}"
)

RETURNED = Observation("returned", "2", "int", True), Observation("returned", "3", "int", True)
#: What a completion of that name does when it is executed.
BEHAVIOURS: dict[str, Outcome] = {
    "right": Outcome("completed", RETURNED, cpu_ms=3, wall_ms=9),
    "wrong": Outcome("completed", (Observation("returned", "20", "int", True), RETURNED[1]), stdout="said\n", cpu_ms=3),
    "float": Outcome(
        "completed", tuple(Observation("returned", f"{one.text}.0", "float", True) for one in RETURNED), cpu_ms=3
    ),
    "raises": Outcome(
        "completed",
        (Observation("raised", exc_type="ZeroDivisionError", message="division by zero", line=3), RETURNED[1]),
        cpu_ms=4,
    ),
    "syntax": Outcome(
        "syntax_error",
        (Observation("not_reached"),) * 2,
        Observation("raised", exc_type="SyntaxError", message="invalid syntax (<candidate>, line 3)", line=3),
    ),
    "slow": Outcome("timeout", (RETURNED[0], Observation("not_reached")), cpu_ms=4000, wall_ms=4100, limit="cpu"),
    "hostile": Outcome(
        "completed",
        (Observation("raised", exc_type="ValueError", message=HOSTILE[:300], line=3), RETURNED[1]),
        stdout=HOSTILE,
        stderr=HOSTILE,
        cpu_ms=2,
    ),
}
CODE = {
    "right": "\n    return n + 1",
    "wrong": "\n    return n * 20",
    "float": "\n    return n + 1.0",
    "raises": "\n    return n / 0",
    "syntax": "\n    return (n + 1",
    "slow": "\n    while n == 2:\n        pass\n    return n + 1",
    "hostile": HOSTILE,
    "empty": "",
}


def make_run(
    folder: Path,
    samples: Mapping[str, Sequence[str]],
    hidden: Sequence[str] = (),
    unjudged: int = 0,
    wanted: int | None = None,
    protocols: tuple[str, ...] = PROTOCOLS,
) -> Path:
    """A run in `folder`: problem id -> names of behaviours. The last `unjudged` samples have no judgement; `hidden`
    problems have no expected outputs."""
    planned = [
        PlannedProblem(
            replace(problem(pid), expected=None) if pid in hidden else problem(pid),
            Prompt(text=f"prompt of {pid[:20]}"),
            "digest",
            len(names) if wanted is None else wanted,
        )
        for pid, names in samples.items()
    ]
    changes = {"protocol": protocols[0], "protocols": protocols, "k": (1, 2)}
    raw = {**make_manifest().model_dump(), **changes}
    raw["task"] = {**raw["task"], "n_selected": len(planned)}
    keys = [(pid, index) for pid, names in samples.items() for index in range(len(names))]
    waiting = set(keys[len(keys) - unjudged :])
    with RunStore.create(folder, Manifest.model_validate(raw), planned) as store:
        for one in planned:
            _fill(store, one.problem, samples[one.problem.id], waiting, protocols)
        end = "complete" if not waiting else "running"
        store.put_session(Session("2026-01-01T00:00:00+00:00", ("codeeval", "run"), end))
    return folder


def _fill(
    store: RunStore, one: Problem, names: Sequence[str], waiting: set[tuple[str, int]], protocols: tuple[str, ...]
) -> None:
    for index, name in enumerate(names):
        completion = CODE[name]
        sample = Sample(
            one.id, index, "digest", completion, "stop", 5, 7, 1234 + index, completion + "\ndef more(): ..."
        )
        store.add_samples([sample])
        if (one.id, index) in waiting:
            store.add_incidents([Incident(one.id, index, "execution:strict", "no worker")])
            continue
        for protocol in protocols:
            _judge(store, one, sample, name, protocol)
        if name == "syntax" and one.expected is not None:
            fixed = Counterfactual(
                one.id, index, ("lost indentation",), ("body re-indented",), None, Verdict.PASSED, True
            )
            store.add_counterfactuals([fixed])


def _judge(store: RunStore, one: Problem, sample: Sample, name: str, protocol: str) -> None:
    rules = get(protocol)
    extraction = extract(one, sample.completion, rules.extraction)
    executed = name in BEHAVIOURS and needs_execution(extraction, rules)
    outcome = BEHAVIOURS[name] if executed else BEHAVIOURS["syntax"] if rules.comparison == "mera" else None
    digest = f"{name}-{protocol}" if outcome else None
    if outcome and digest:
        add_execution(store, StoredExecution(one.id, digest, rules.mode, extraction.program, outcome))
    if one.expected is None:
        row = StoredJudgement(one.id, sample.index, digest, outputs(one, outcome, rules), None)
    else:
        judgement = grade(one, extraction, outcome, rules)
        row = StoredJudgement(one.id, sample.index, digest, judgement.outputs, judgement)
    add_judgements(store, protocol, [row])

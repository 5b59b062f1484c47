"""Judge a run again from its stored evidence. Nothing is executed."""

from __future__ import annotations

from pathlib import Path

from codeeval.evaluation.reporter import Reporter
from codeeval.evaluation.resolve import Resolved
from codeeval.evaluation.resume import run_protocols
from codeeval.evaluation.sandbox import as_executed
from codeeval.evaluation.selection import chosen_ks, chosen_protocols
from codeeval.evaluation.work import Ended, explain_failures, judge_stored
from codeeval.i18n import msg
from codeeval.scoring.equality import ATOL, RTOL
from codeeval.store import RunStore
from codeeval.tasks.answers import apply, read_answers


def judge_again(run_dir: Path, resolved: Resolved, reporter: Reporter) -> Ended:
    """Judge a run again, under other protocols or with answers if requested. Raises UsageError, DataError,
    StoreError."""
    settings = resolved.settings
    with RunStore.open(run_dir) as store:
        manifest = store.manifest()
        judged_by = run_protocols(manifest, str(store.path))
        if resolved.origins["protocol"] != "default":
            chosen = chosen_protocols(settings.protocol, store.task())
            judged_by = tuple(as_executed(each, manifest) for each in chosen)
        wanted = [planned.wanted for planned in store.problems() if planned.wanted]
        least, most = min(wanted, default=0), max(wanted, default=0)
        ks = chosen_ks(settings.k, least, most, more=msg("Make a run with more samples")) if settings.k else manifest.k
        names = tuple(protocol.name for protocol in judged_by)
        update = {"protocol": names[0], "protocols": names, "k": ks, "float_tolerance": (RTOL, ATOL)}
        store.put_manifest(manifest.model_copy(update=update))
        _answer(store, settings.answers)
        for name in names:
            store.drop_judgements(name)
        store.drop_counterfactuals()
        judge_stored(store, judged_by)
        explain_failures(store, None, reporter)
        return Ended(store.run_dir)


def _answer(store: RunStore, path: Path | None) -> None:
    """Store the answers in a file for the problems of a run."""
    if path is None:
        return
    task, notes = apply(store.task(), read_answers(path))
    store.set_expected({problem.id: problem.expected for problem in task.problems if problem.expected is not None})
    manifest = store.manifest()
    store.put_manifest(manifest.model_copy(update={"notes": tuple(dict.fromkeys((*manifest.notes, *notes)))}))

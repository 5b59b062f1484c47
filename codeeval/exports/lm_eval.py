"""lm-evaluation-harness: `results_DATE.json` and `samples_TASK_DATE.jsonl`, named and shaped as it writes them.

Metrics are named `pass@k,PROTOCOL`: the filter's place in the name says under which protocol it was computed. `resps`
are the completions; `filtered_resps` are MERA's lists of outputs, as MERA's scoring filter leaves them. As there,
everything in them is text, so a call without a value is "None".
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from codeeval.errors import StoreError
from codeeval.exports.files import lines, write_text
from codeeval.files import reason
from codeeval.i18n import at, joined
from codeeval.manifest import Manifest
from codeeval.mera.write import as_logged
from codeeval.prompts.templates import user_turn
from codeeval.report import Report, build
from codeeval.stats.passk import pass_at_k
from codeeval.store import PlannedProblem, RunReader, StoredJudgement

_Document = dict[str, object]


def export(run: Path, output: Path) -> None:
    """`output` is a folder; it is created. Raises StoreError."""
    found: dict[str, str] = {}
    documents(run, found)
    try:
        output.mkdir(exist_ok=True)
    except OSError as error:
        raise StoreError(at(str(output), joined("; ", (reason(error), "this format needs a folder")))) from error
    for name, text in found.items():
        write_text(output / name, text)


def documents(run: Path, found: dict[str, str]) -> None:
    """Add the run's files to `found`, name -> content, under unused names."""
    with RunReader(run) as reader:
        report, manifest = build(reader), reader.manifest()
        task = re.sub(r"\W+", "-", manifest.task.name.lower()) or "task"
        rows = list(_samples(reader, manifest))
    when = datetime.fromisoformat(manifest.created_at).replace(tzinfo=None)
    while f"results_{_stamp(when)}.json" in found:  # two runs at the same moment
        when += timedelta(microseconds=1)
    results = {**_results(report, manifest, task), "task_hashes": {task: _task_hash(rows)}}
    found[f"results_{_stamp(when)}.json"] = json.dumps(results, indent=2) + "\n"
    found[f"samples_{task}_{_stamp(when)}.jsonl"] = lines(rows)


def _stamp(when: datetime) -> str:
    """A time in lm-eval's file name format: `2025-01-31T12-00-00.000000`."""
    return when.isoformat(timespec="microseconds").replace(":", "-")


def _task_hash(rows: list[_Document]) -> str:
    """lm-eval's task hash: over the hashes of document, prompt and target of every row."""
    return _hash("".join(f"{row['doc_hash']}{row['prompt_hash']}{row['target_hash']}" for row in rows))


def _results(report: Report, manifest: Manifest, task: str) -> _Document:
    values: _Document = {"alias": task}
    for protocol, by_k in report.estimates.items():
        for k, found in by_k.items():
            values[f"pass@{k},{protocol}"] = found.estimate if found.estimate is not None else "N/A"
            values[f"pass@{k}_stderr,{protocol}"] = "N/A"  # intervals are asymmetric: see the confidence intervals
            values[f"pass@{k}_ci95,{protocol}"] = list(found.population) if found.population else None
    sampling = manifest.sampling
    higher = {f"pass@{k}": True for by_k in report.estimates.values() for k in by_k}
    return {
        "results": {task: values},
        "group_subtasks": {task: []},
        "configs": {task: _config(manifest, task)},
        "versions": {task: 1.0},
        "n-shot": {task: manifest.prompt.few_shot},
        "higher_is_better": {task: higher},
        "n-samples": {task: {"original": manifest.task.n_problems, "effective": report.n_problems}},
        "config": {
            "model": manifest.model.backend,
            "model_args": manifest.model.options,
            "batch_size": manifest.model.describe.get("batch_size"),
            "random_seed": sampling.seed,
            "gen_kwargs": _generation(manifest),
        },
        "git_hash": manifest.code_revision,
        "date": datetime.fromisoformat(manifest.created_at).timestamp(),
        "model_source": manifest.model.backend,
        "model_name": manifest.model.name,
        "model_name_sanitized": re.sub(r'["<>:/|\\?*\[\]]+', "__", manifest.model.name),
        **_prompting(manifest),
        "lm_eval_version": f"codeeval {manifest.codeeval_version}",
        "transformers_version": manifest.versions.get("transformers"),
        "max_length": _number(manifest.model.describe.get("context_length")),
        "total_evaluation_time_seconds": str(report.timing.total),
        "codeeval": {"version": manifest.codeeval_version, "complete": report.complete, "protocol": manifest.protocol},
    }


def _prompting(manifest: Manifest) -> _Document:
    """What lm-eval records about prompts. The chat template's text is included for template files only; the digest of a
    model's own template is that of its text, as in lm-eval."""
    prompt = manifest.prompt
    own = manifest.model.describe.get("chat_template_sha256") if prompt.template == "chat" else None
    return {
        "system_instruction": prompt.system,
        "system_instruction_sha": _hash(prompt.system) if prompt.system else None,
        "fewshot_as_multiturn": False,
        "chat_template": prompt.template,
        "chat_template_sha": _hash(prompt.template_text) if prompt.template_text else own,
    }


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() else None


def _config(manifest: Manifest, task: str) -> _Document:
    return {
        "task": task,
        "dataset_path": manifest.task.source,
        "output_type": "generate_until",
        "repeats": manifest.sampling.n,
        "num_fewshot": manifest.prompt.few_shot,
        "generation_kwargs": _generation(manifest),
        "metadata": {"digest": manifest.task.digest},
    }


def _generation(manifest: Manifest) -> _Document:
    sampling = manifest.sampling
    known = {
        "until": list(sampling.stop),
        "do_sample": None if sampling.temperature is None else sampling.temperature > 0,
        "temperature": sampling.temperature,
        **({} if sampling.harness == "mera" else {"top_p": sampling.top_p, "top_k": sampling.top_k}),
        "max_gen_toks": sampling.max_tokens,
    }
    return {name: value for name, value in known.items() if value is not None}


def _samples(reader: RunReader, manifest: Manifest) -> Iterator[_Document]:
    """One row per problem that has samples."""
    judged: dict[str, list[StoredJudgement]] = {}
    for row in reader.judgements(manifest.protocol):
        judged.setdefault(row.problem_id, []).append(row)
    completions: dict[str, list[str]] = {}
    for sample in reader.samples():
        completions.setdefault(sample.problem_id, []).append(sample.completion)
    for number, planned in enumerate(reader.problems()):
        pid = planned.problem.id
        if pid in completions:
            yield _row(number, planned, completions[pid], judged.get(pid, []), manifest)


def _row(
    number: int, planned: PlannedProblem, resps: list[str], judged: list[StoredJudgement], manifest: Manifest
) -> _Document:
    doc = _doc(planned)
    asked = _asked(planned)
    target = planned.problem.canonical_solution or ""
    verdicts = [row.judgement.passed for row in judged if row.judgement is not None]
    metrics = {
        f"pass@{k}": pass_at_k(len(verdicts), sum(verdicts), k) for k in manifest.k if verdicts and k <= len(verdicts)
    }
    outputs = [as_logged(row.outputs) for row in judged]
    return {
        "doc_id": number,
        "doc": doc,
        "target": target,
        "arguments": {"gen_args_0": {"arg_0": asked, "arg_1": _generation(manifest)}},
        "resps": [resps],
        "filtered_resps": [outputs],
        "filter": manifest.protocol,
        "metrics": list(metrics),
        "doc_hash": _hash(json.dumps(doc, indent=2, ensure_ascii=False)),
        "prompt_hash": _hash(asked),
        "target_hash": _hash(target),
        **metrics,
    }


def _asked(planned: PlannedProblem) -> str:
    """The prompt: messages in lm-eval's form; for completions from a file, whose prompt is unknown, the user turn that
    MERA's harness makes of the problem."""
    if planned.prompt is None:
        return user_turn(planned.problem, "none")
    if planned.prompt.text is not None:
        return planned.prompt.text
    turns = [{"role": role, "content": content} for role, content in planned.prompt.messages]
    return json.dumps(turns, ensure_ascii=False)


def _doc(planned: PlannedProblem) -> _Document:
    """The problem in MERA's schema."""
    problem = planned.problem
    return {
        "instruction": problem.instruction,
        "inputs": {"function": problem.prompt, "tests": "[" + ", ".join(problem.calls) + "]"},
        "outputs": list(problem.expected or ()),
        "meta": {
            "id": int(problem.id) if problem.id.isascii() and problem.id.isdigit() else problem.id,
            "entry_point": problem.entry_point,
            "canonical_solution": problem.canonical_solution or "",
        },
    }


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

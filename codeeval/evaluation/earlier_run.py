"""`codeeval run --like RUN`: a new run with an earlier run's settings, as far as they affect its numbers."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from codeeval.errors import UsageError
from codeeval.evaluation.chosen_limits import limits_like
from codeeval.evaluation.rerank import like_rankers
from codeeval.evaluation.resolve import EARLIER, Resolved
from codeeval.evaluation.trust import UntrustedSetting, refuse_unasked, repeated_settings
from codeeval.i18n import msg
from codeeval.manifest import Manifest, TaskInfo
from codeeval.store import RunReader
from codeeval.tasks import spec_of
from codeeval.tasks.bundled import DEMO_MODEL

#: Digests in the generator's description that tell whether it is the same model.
MODEL_DIGESTS = ("weights_sha256", "tokenizer_sha256", "chat_template_sha256", "lora_sha256", "samples_sha256")


@dataclass(frozen=True, slots=True)
class EarlierRun:
    """An earlier run to repeat: `settings` are taken from it, `asked` have to be given again; `manifest` is for
    `differences`."""

    run_dir: Path
    settings: dict[str, object]
    manifest: Manifest
    asked: tuple[UntrustedSetting, ...] = ()

    def check(self, resolved: Resolved) -> None:
        """Raise UsageError for settings of another user's run that were not given again."""
        refuse_unasked(
            self.run_dir,
            self.asked,
            lambda name: resolved.origins[name] not in ("default", EARLIER),
            resolved.settings.backend,
        )


def settings_like(run_dir: Path) -> EarlierRun:
    """The settings that repeat a run. Raises UsageError for a run with completions from a file, and DataError and
    StoreError for one that can't be read."""
    with RunReader(run_dir) as reader:
        manifest = reader.manifest()
        own = reader.is_own()
        ids = [planned.problem.id for planned in reader.problems()]
    if manifest.kind != "run":
        raise UsageError(
            msg(
                "--like {run_dir}: its completions came from a file, so there is nothing to generate again",
                run_dir=run_dir,
            )
        )
    found = _settings(manifest, ids) | like_rankers(manifest)
    if own:
        python = manifest.sandbox.describe.get("interpreter")
        return EarlierRun(run_dir, found | limits_like(manifest) | ({"python": python} if python else {}), manifest)
    taken, asked = repeated_settings(manifest, found)
    return EarlierRun(run_dir, taken, manifest, asked)


def _settings(manifest: Manifest, ids: Sequence[str]) -> dict[str, object]:
    """The settings that a manifest tells; `ids` are those of its problems."""
    sampling, options = manifest.sampling, dict(manifest.model.options)
    settings: dict[str, object] = {
        "task": _task(manifest.task),
        "model": _model(manifest),
        "backend": manifest.model.backend,
        "base_url": options.pop("base_url", None),
        "model_options": {name: value for name, value in options.items() if value != "***"},
        "n": sampling.n,
        "k": manifest.k,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "top_k": sampling.top_k,
        "max_tokens": sampling.max_tokens,
        "seed": sampling.seed,
        "sampling": sampling.harness,
        "template": manifest.prompt.template,
        "system": _literally(manifest.prompt.system),
        "protocol": manifest.protocol,
        "isolation": manifest.sandbox.isolation,
        "dedup": manifest.dedup,
        "rename": manifest.renamed or None,
        "problems": ",".join(ids) if manifest.task.n_selected < manifest.task.n_problems else None,
    }
    return {name: value for name, value in settings.items() if value is not None}


def _literally(system: str | None) -> str | None:
    """The text itself, even if it looks like a file name."""
    return f"@{system}" if system and system.startswith("@") else system


def _model(manifest: Manifest) -> str:
    """A folder by its path; the bundled model and a Hub model by name."""
    location = manifest.model.location
    return location if os.path.exists(location) and manifest.model.name != DEMO_MODEL else manifest.model.name


def _task(task: TaskInfo) -> str:
    return spec_of(task.name, task.source)


def differences(then: Manifest, now: Manifest) -> list[str]:
    """What differs although the settings are the same: problems, prompts, model files, versions."""
    found = []
    if then.task.problems_digest != now.task.problems_digest:
        found.append("the problems have changed since then")
    elif then.prompt.digest != now.prompt.digest:
        found.append("the prompts have changed since then")
    for name in MODEL_DIGESTS:
        before, after = then.model.describe.get(name), now.model.describe.get(name)
        if before != after and name in then.model.describe:
            found.append(f"the model is not the same: {name} was {before}, now it is {after}")
    for name in ("torch", "transformers", "vllm"):
        before, after = then.versions.get(name), now.versions.get(name)
        if before != after:
            found.append(f"{name} was {before or 'not installed'}, now it is {after or 'not installed'}")
    return found

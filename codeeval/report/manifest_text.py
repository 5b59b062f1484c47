"""The manifest of a run as text, in the order in which a MERA submission page asks for it."""

from __future__ import annotations

from collections.abc import Iterator

from codeeval.i18n import message, msg, recognised, tr
from codeeval.manifest import Manifest
from codeeval.prompts.templates import TEMPLATES
from codeeval.report.terminal import safe

_TEMPLATES = {
    "code-user": "OpenChat, coding: Code User: …<|end_of_turn|>Code Assistant:",
    "gpt4-correct": "OpenChat, chat: GPT4 Correct User: …<|end_of_turn|>GPT4 Correct Assistant:",
    "chat": msg("the chat template of the model's own tokenizer"),
    msg("none"): msg("none, the instruction alone"),
}
Row = tuple[str, object]


def render(manifest: Manifest) -> str:
    """Aligned lines in sections, without a newline at the end. Unknown values are marked as such."""
    sections = {
        tr("submission"): _submission(manifest),
        tr("generation"): _generation(manifest),
        tr("model"): _model(manifest),
        tr("scoring"): _scoring(manifest),
        tr("this run"): _run(manifest),
    }
    lines: list[str] = []
    for title, rows in sections.items():
        lines.append(("" if not lines else "\n") + title)
        lines += [f"  {name:<24} {_shown(value)}" for name, value in rows]
    return "\n".join(lines)


def _submission(manifest: Manifest) -> Iterator[Row]:
    seen = manifest.model.describe
    # what is installed here affects the generation only if the model ran here
    versions = manifest.versions if manifest.model.backend in ("hf", "vllm") else {}
    yield tr("MERA protocol"), manifest.protocol
    yield "codeeval", manifest.codeeval_version
    yield tr("code revision"), manifest.code_revision
    yield "torch", seen.get("torch_version") or versions.get("torch")
    yield "transformers", seen.get("transformers_version") or versions.get("transformers")
    yield "CUDA", _or_none(seen, "cuda_version", "torch_version")
    yield tr("GPUs"), _gpus(seen)
    yield tr("GPU driver"), _or_none(seen, "gpu_driver", "gpu_count")
    yield tr("inference"), _engine(manifest)
    yield tr("weight precision"), seen.get("dtype")
    yield tr("quantization"), _or_none(seen, "quantization", "vllm_version")
    yield tr("batch size"), seen.get("batch_size") or seen.get("concurrency")
    yield tr("context length"), seen.get("context_length")
    yield "seed", manifest.sampling.seed


def _gpus(seen: dict[str, str]) -> str | None:
    if "gpu_count" not in seen:
        return None
    return msg("none") if seen["gpu_count"] == "0" else f"{seen['gpu_count']} × {seen.get('gpus')}"


def _made_elsewhere(manifest: Manifest) -> bool:
    """Whether the completions came from a file that does not say how they were made."""
    return manifest.model.backend == "samples"


def _engine(manifest: Manifest) -> str | None:
    seen, backend = manifest.model.describe, manifest.model.backend
    if _made_elsewhere(manifest):
        return None
    version = seen.get(f"{'transformers' if backend == 'hf' else backend}_version")
    served = f"API {seen.get('base_url')}, {seen.get('server')}" if backend == "openai" else None
    return served or f"{backend} {version or ''}".strip()


def _generation(manifest: Manifest) -> Iterator[Row]:
    sampling = manifest.sampling
    yield (
        tr("task"),
        msg(
            "{task}, {n} of {m} problems",
            task=manifest.task.name,
            n=manifest.task.n_selected,
            m=manifest.task.n_problems,
        ),
    )
    yield "do_sample", None if sampling.temperature is None else sampling.temperature > 0
    for name in ("temperature", "top_p", "top_k", "n", "max_tokens"):
        yield name, tr("the model's own, else 50") if _own_top_k(manifest, name) else getattr(sampling, name)
    unknown = _made_elsewhere(manifest)
    if not unknown:
        yield tr("sampled as"), tr("MERA's harness does") if _as_mera(manifest) else tr("codeeval does")
    yield "stop", " ".join(map(ascii, sampling.stop)) if sampling.stop else None if unknown else msg("none")
    yield "few-shot", None if unknown else manifest.prompt.few_shot
    yield tr("chat template"), _template(manifest)
    if manifest.prompt.why is not None:
        yield tr("why this template"), manifest.prompt.why
    yield tr("template digest"), manifest.prompt.template_digest or manifest.model.describe.get("chat_template_sha256")
    yield tr("prompts digest"), manifest.prompt.digest or None
    yield tr("system prompt"), _whole(manifest.prompt.system) or (None if unknown else msg("none"))
    again = manifest.model.describe.get("reproducible")
    yield tr("same again"), tr("as a whole, from the first sample on") if _as_mera(manifest) else again
    for name, value in manifest.model.options.items():
        yield f"-M {name}", value


def _as_mera(manifest: Manifest) -> bool:
    return manifest.sampling.harness == "mera"


def _own_top_k(manifest: Manifest, name: str) -> bool:
    """Whether transformers took it from the model's generation_config.json, which is among the model's facts."""
    return name == "top_k" and _as_mera(manifest) and manifest.model.backend == "hf" and not manifest.sampling.top_k


def _template(manifest: Manifest) -> str | None:
    name = manifest.prompt.template
    if _made_elsewhere(manifest):
        return None
    return _TEMPLATES[name] if name in TEMPLATES else msg("of a file, {name}", name=name)


def _model(manifest: Manifest) -> Iterator[Row]:
    seen = manifest.model.describe
    yield tr("name"), manifest.model.name
    yield tr("found at"), manifest.model.location
    yield tr("revision"), seen.get("revision")
    yield tr("architecture"), seen.get("architecture")
    yield tr("parameters"), seen.get("parameters")
    yield (
        tr("size of weights"),
        f"{seen['weights_bytes']} bytes" if seen.get("weights_bytes", "None") != "None" else None,
    )
    yield tr("licence"), seen.get("license")
    yield tr("description"), _whole(seen.get("description"))
    yield tr("weights sha256"), seen.get("weights_sha256")
    yield tr("tokenizer sha256"), seen.get("tokenizer_sha256")
    yield tr("adapter sha256"), _or_none(seen, "lora_sha256", "torch_version")


def _scoring(manifest: Manifest) -> Iterator[Row]:
    yield tr("protocols"), ", ".join(manifest.protocols)
    yield tr("problems digest"), manifest.task.problems_digest
    yield tr("problems from"), manifest.task.source
    for ranker in manifest.rankers:
        yield tr("reward model"), ranker.name
        yield tr("reward model sha256"), ranker.describe.get("weights_sha256")
    yield (
        tr("sandbox"),
        msg(
            "{backend}, {isolation}, {n} workers",
            backend=manifest.sandbox.backend,
            isolation=manifest.sandbox.isolation,
            n=manifest.sandbox.workers,
        ),
    )
    for name, value in manifest.sandbox.describe.items():
        yield tr("sandbox {name}", name=name), value


def _run(manifest: Manifest) -> Iterator[Row]:
    yield tr("created"), manifest.created_at
    yield tr("command"), " ".join(manifest.command)
    yield (
        tr("machine"),
        msg(
            "{platform}, {n} processors, Python {version}",
            platform=manifest.host.platform,
            n=manifest.host.cpus,
            version=manifest.host.python,
        ),
    )
    yield tr("versions"), ", ".join(f"{name} {version}" for name, version in manifest.versions.items())
    for note in manifest.notes:
        yield tr("note"), note


def _or_none(seen: dict[str, str], name: str, witness: str) -> str | None:
    """For an optional value: if the backend reported `witness`, it has looked, and a missing value means none."""
    found = seen.get(name)
    return msg("none") if found in (None, "None") and witness in seen else found


class _Whole(str):
    """A text that is shown in full, so that it can be copied."""


def _whole(text: str | None) -> _Whole | None:
    return _Whole(" ".join("".join(c if c.isprintable() else " " for c in text).split())) if text else None


def _shown(value: object) -> str:
    if isinstance(value, _Whole):
        return value
    return tr("not known") if value is None or value == "None" else safe(message(recognised(str(value))))

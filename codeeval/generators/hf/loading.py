"""Load any transformers model: find it, place it on a device, and report what is wrong with it in one line."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple, Protocol

from codeeval.errors import GenerationError, UsageError
from codeeval.generators.common.model_folder import local_folder
from codeeval.i18n import msg

SMALL_MODEL = 100_000_000  # parameters


class Placing(Protocol):
    """Settings of what is loaded, and where. `dtype` auto: the checkpoint's on a GPU, float32 on a CPU."""

    @property
    def dtype(self) -> str: ...
    @property
    def device(self) -> str: ...
    @property
    def revision(self) -> str: ...


class Pretrained(NamedTuple):
    """`folder` contains the files, also for a Hub model; the other two are transformers' objects."""

    model: Any
    tokenizer: Any
    folder: Path


def from_pretrained(kind: str, name: str, settings: Placing, flag: str = "-M") -> Pretrained:
    """Load a complete model by transformers' class `kind`, such as AutoModelForCausalLM, and its tokenizer.

    Raises UsageError, naming the `flag`, if the model does not exist or is not one, GenerationError if it can't be
    loaded or lacks weights.
    """
    import transformers

    transformers.utils.logging.disable_progress_bar()  # it would write between codeeval's own lines
    device = device_of(settings.device, flag)
    folder = local_folder(name)
    source = str(folder) if folder else name
    dtype = settings.dtype if settings.dtype != "auto" or device != "cpu" else "float32"
    placement: dict[str, Any] = {"device_map": "auto" if device == "cuda" else device} if device != "cpu" else {}
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(
            source, revision=settings.revision, trust_remote_code=False
        )
        model, info = getattr(transformers, kind).from_pretrained(
            source,
            revision=settings.revision,
            dtype=dtype,
            output_loading_info=True,
            trust_remote_code=False,  # otherwise it asks at a terminal
            **placement,
        )
        folder = folder or Path(transformers.utils.cached_file(name, "config.json", revision=settings.revision)).parent
    except Exception as error:  # transformers raises nearly every type for a model it can't read
        raise explain(name, folder is None, error) from error
    refuse_incomplete(name, info)
    return Pretrained(model, tokenizer, folder)


def set_threads(model: Any, threads: int) -> None:
    """Small matrices gain nothing from threads, which spin while they wait: next to busy sandbox workers a model of 0.5
    M parameters took six times as long on two threads as on one."""
    import torch

    if threads or model.num_parameters() < SMALL_MODEL:
        torch.set_num_threads(threads or 1)


def device_of(wanted: str, flag: str = "-M") -> str:
    """The device for `device=…`; `auto` is all GPUs, or the CPU if there are none. Raises UsageError, naming the
    `flag`."""
    import torch

    try:
        device = torch.device("cpu" if wanted == "auto" else wanted)
    except RuntimeError as error:
        raise UsageError(
            msg(
                "{flag} device={wanted}: torch has no such device; try auto, cpu, cuda or cuda:1",
                flag=flag,
                wanted=wanted,
            )
        ) from error
    if wanted == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise UsageError(
            msg(
                "{flag} device={name}: torch sees {n} GPUs here; use device=cpu",
                flag=flag,
                name=wanted,
                n=torch.cuda.device_count(),
            )
        )
    return str(device)


def explain(name: str, from_hub: bool, error: Exception) -> UsageError | GenerationError:
    """Convert an exception of a model library while loading a model into one of codeeval's."""
    reason = f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0][:300]}"
    if from_hub:
        return UsageError(
            msg("{name} is not a folder here and could not be loaded from the Hub ({reason})", name=name, reason=reason)
        )
    return GenerationError(msg("can't load the model in {name}: {reason}", name=name, reason=reason))


def refuse_incomplete(name: str, info: dict[str, Any]) -> None:
    """Refuse a model with missing weights: transformers fills them with random numbers and continues, so the score
    would be noise. `info` is its loading info. Raises GenerationError."""
    wrong = sorted(map(str, [*info.get("missing_keys", ()), *info.get("mismatched_keys", ())]))
    if wrong:
        raise GenerationError(
            msg(
                "the weights of {name} don't fit its config.json: {n} tensors are missing or have another shape, "
                "{tensor} first; the download may be incomplete",
                name=name,
                n=len(wrong),
                tensor=wrong[0],
            )
        )

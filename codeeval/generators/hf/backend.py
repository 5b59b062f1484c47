"""The backend hf: one model in this process, or several side by side, each in a process of its own."""

from __future__ import annotations

from collections.abc import Mapping

from codeeval.generators.base import Generator, Options
from codeeval.generators.common.launch import Launcher, launcher_for
from codeeval.generators.common.model_folder import local_folder
from codeeval.generators.hf.generator import HFGenerator
from codeeval.generators.hf.model import HFSettings
from codeeval.generators.hf.replicas import HFReplicas, check_device, check_gpus


def check_model(model: str, options: Mapping[str, str], launcher: Launcher | None = None) -> None:
    """Check what can be checked without loading. Raises UsageError."""
    settings = HFSettings.parse(Options("hf", options))
    local_folder(model)
    elsewhere = launcher_for(options, launcher).elsewhere
    if settings.replicas > 1 or elsewhere:
        check_device(settings)
        if not elsewhere:
            check_gpus(settings)


def open_generator(model: str, options: Mapping[str, str], launcher: Launcher | None = None) -> Generator:
    """`model` is a folder or a Hub id. Raises UsageError, GenerationError."""
    settings = HFSettings.parse(Options("hf", options))
    where = launcher_for(options, launcher)
    if settings.replicas > 1 or where.elsewhere:
        return HFReplicas(model, settings, where)
    return HFGenerator(model, settings)

"""The backend hf: one model in this process, or several side by side, each in a process of its own."""

from __future__ import annotations

from collections.abc import Mapping

from codeeval.generators.base import Generator, Options
from codeeval.generators.common.model_folder import local_folder
from codeeval.generators.hf.generator import HFGenerator
from codeeval.generators.hf.model import HFSettings
from codeeval.generators.hf.replicas import HFReplicas, check


def check_model(model: str, options: Mapping[str, str]) -> None:
    """Check what can be checked without loading. Raises UsageError."""
    settings = HFSettings.parse(Options("hf", options))
    local_folder(model)
    if settings.replicas > 1:
        check(settings)


def open_generator(model: str, options: Mapping[str, str]) -> Generator:
    """`model` is a folder or a Hub id. Raises UsageError, GenerationError."""
    settings = HFSettings.parse(Options("hf", options))
    return HFReplicas(model, settings) if settings.replicas > 1 else HFGenerator(model, settings)

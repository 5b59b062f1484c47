"""Assign GPUs to engines."""

from __future__ import annotations

import os
from collections.abc import Sequence

from codeeval.errors import UsageError
from codeeval.i18n import msg

VISIBLE = "CUDA_VISIBLE_DEVICES"


def visible(count: int) -> list[str]:
    """The GPUs visible in the caller's environment, by its names; without a setting, `count` GPUs by number."""
    named = os.environ.get(VISIBLE)
    return [str(number) for number in range(count)] if named is None else [each for each in named.split(",") if each]


def part(number: int, each: int, names: Sequence[str]) -> str:
    """The GPUs of one engine, `each` in number, as a value of CUDA_VISIBLE_DEVICES."""
    return ",".join(names[number * each : (number + 1) * each])


def check_enough(replicas: int, each: int, names: Sequence[str]) -> None:
    """Raise UsageError if there are not enough GPUs for all engines."""
    if names and replicas * each > len(names):
        raise UsageError(
            msg(
                "-M replicas={n}: with {each} {each:GPU|GPUs} per engine {m} are needed, and {found} can be seen here",
                n=replicas,
                each=each,
                m=replicas * each,
                found=len(names),
            )
        )

"""Which GPUs each of several engines gets."""

from __future__ import annotations

import os
from collections.abc import Sequence

from codeeval.errors import UsageError
from codeeval.i18n import msg

VISIBLE = "CUDA_VISIBLE_DEVICES"


def visible(count: int) -> list[str]:
    """The GPUs that the caller's environment leaves visible, by its names; `count`: how many there are where it says nothing."""
    named = os.environ.get(VISIBLE)
    return [str(number) for number in range(count)] if named is None else [each for each in named.split(",") if each]


def part(number: int, each: int, names: Sequence[str]) -> str:
    """The GPUs of one engine, of `each` apiece, as a value of CUDA_VISIBLE_DEVICES."""
    return ",".join(names[number * each : (number + 1) * each])


def check_enough(replicas: int, each: int, names: Sequence[str]) -> None:
    """Raises UsageError where not every engine could have its GPUs."""
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

"""The interface of every generator, and the rules that all of them share."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

from codeeval.errors import UsageError
from codeeval.i18n import msg
from codeeval.types import Request, Sample, Sampling

Scalar = str | int | float | bool | None


class Generator(Protocol):
    """A model, or a substitute for one."""

    def generate(self, requests: Sequence[Request], sampling: Sampling) -> Iterator[Sample]:
        """Yield one Sample for every index of every request, each already cut at the earliest stop sequence.

        The order is unspecified. Requesting the same indices of a problem again with the same `sampling` gives the same
        completions, as far as the backend can guarantee it. Raises UsageError for requests that can't be met,
        GenerationError if the model fails; samples yielded before remain valid.
        """
        ...

    def describe(self) -> dict[str, Scalar]:
        """What a run's manifest records about the model: engine, versions, device, digests. No secrets."""
        ...

    def close(self) -> None:
        """Release memory, files and connections. May be called twice."""
        ...


@runtime_checkable
class Served(Protocol):
    """A generator that uses servers."""

    def answered(self) -> dict[str, int]:
        """Number of samples from each server so far, by address."""
        ...


def problem_seed(run_seed: int, problem_id: str) -> int:
    """A 31-bit seed for one problem, the same on every machine.

    Engines that seed all prompts alike give them the same random stream. A seed that depends only on the problem makes
    its completions independent of which other problems are asked, and in what order.
    """
    digest = hashlib.sha256(f"{run_seed}\n{problem_id}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:4], "big") >> 1


def check_sampling(sampling: Sampling) -> None:
    """Raise UsageError for values from which nothing can be sampled."""
    wrong = [
        (sampling.n < 1, f"n={sampling.n}: at least one sample per problem"),
        (not 0 <= sampling.temperature < float("inf"), f"temperature={sampling.temperature}: 0 (greedy) or more"),
        (not 0 < sampling.top_p <= 1, f"top_p={sampling.top_p}: above 0 and at most 1"),
        (sampling.top_k < 0, f"top_k={sampling.top_k}: 0 (no cut) or more"),
        (sampling.max_tokens < 1, f"max_tokens={sampling.max_tokens}: at least one new token"),
        ("" in sampling.stop, "stop: an empty stop sequence would cut every completion to nothing"),
    ]
    for is_wrong, message in wrong:
        if is_wrong:
            raise UsageError(message)


def check_request(request: Request, sampling: Sampling) -> None:
    """Raise UsageError for a sample index outside a run of n samples."""
    outside = [index for index in request.indices if not 0 <= index < sampling.n]
    if outside:
        raise UsageError(
            msg(
                "problem {problem_id}: sample {i} was asked of a run with n={n}",
                problem_id=request.problem_id,
                i=outside[0],
                n=sampling.n,
            )
        )


def lora_folder(option: str) -> str | None:
    """The folder of `-M lora=PATH`, None if it was not given. Raises UsageError if the folder has no adapter."""
    if not option:
        return None
    path = Path(option).expanduser()
    if not (path / "adapter_config.json").is_file():
        raise UsageError(
            msg("-M lora={option}: no adapter there; name the folder that holds adapter_config.json", option=option)
        )
    return str(path.resolve())


class Options:
    """`-M key=value` settings of one backend. Each is read once; a key that was never read is an error. `flag` is the
    name of the flag in messages."""

    def __init__(self, who: str, given: Mapping[str, str], flag: str = "-M") -> None:
        self._who, self._flag = f"backend {who}" if flag == "-M" else who, flag
        self._given = dict(given)
        self._known: list[str] = []

    def text(self, key: str, default: str, choices: Sequence[str] = ()) -> str:
        """The value of `key`. Raises UsageError if it is not one of `choices`."""
        self._known.append(key)
        value = self._given.get(key, default)
        if choices and value not in choices:
            raise UsageError(
                msg(
                    "{flag} {key}={value}: {who} takes one of {names}",
                    flag=self._flag,
                    key=key,
                    value=value,
                    who=self._who,
                    names=", ".join(choices),
                )
            )
        return value

    def integer(self, key: str, default: int, least: int = 1) -> int:
        """The value of `key` as an integer of at least `least`. Raises UsageError."""
        value = self.text(key, str(default))
        if not (value.isascii() and value.isdigit() and len(value) < 10 and int(value) >= least):
            raise UsageError(
                msg(
                    "{flag} {key}={value}: {who} takes an integer of at least {n}",
                    flag=self._flag,
                    key=key,
                    value=value,
                    who=self._who,
                    n=least,
                )
            )
        return int(value)

    def switch(self, key: str) -> bool:
        """Whether `key` is 1; 0 unless given. Raises UsageError."""
        return self.text(key, "0", ("0", "1")) == "1"

    def finish(self) -> None:
        """Raise UsageError for a key that the backend does not know."""
        for key in self._given:
            if key not in self._known:
                known = ", ".join(self._known) or "none"
                raise UsageError(
                    msg(
                        "{flag} {key}=…: {who} has no such option; known: {names}",
                        flag=self._flag,
                        key=key,
                        who=self._who,
                        names=known,
                    )
                )

"""Runs with chosen counts, for tests of the gate and of comparisons: real run files, without executing anything."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from run_values import add_judgements, judged, make_manifest, planned

from codeeval.manifest import Manifest, SandboxInfo
from codeeval.store import RunStore, Session
from codeeval.types import Sample

LIMITS = {"cpu_s": 3.0, "memory_mb": 512.0}


def manifest(**changes: Any) -> Manifest:
    """The usual manifest, with limits and an image, and other fields where asked for."""
    sandbox = SandboxInfo(backend="docker", limits=LIMITS, describe={"image": "sha256:1", "image_tag": "codeeval:1"})
    return make_manifest().model_copy(update={"sandbox": sandbox, **changes})


def make_run(folder: Path, correct: Sequence[int], n: int = 10, wanted: int | None = None, **changes: Any) -> Path:
    """A run in `folder` whose problem p<i> has `correct[i]` of `n` samples right. More `wanted` than n: incomplete."""
    names = [f"p{index}" for index in range(len(correct))]
    with RunStore.create(folder, manifest(**changes), [planned(name, wanted or n) for name in names]) as store:
        store.add_samples(Sample(name, index, "d", f"{name} {index}") for name in names for index in range(n))
        rows = [judged(name, i, passed=i < c) for name, c in zip(names, correct, strict=True) for i in range(n)]
        add_judgements(store, "strict", rows)
        store.put_session(Session("t", (), "complete"))
    return folder

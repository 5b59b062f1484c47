"""`--python` among the other settings: where it can't be meant, and what a resumed or repeated run makes of it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from run_values import make_manifest, planned

from codeeval.errors import UsageError
from codeeval.evaluation.earlier_run import settings_like
from codeeval.evaluation.resolve import resolve
from codeeval.evaluation.resume import placement_of
from codeeval.evaluation.sandbox import Placement, check_python
from codeeval.manifest import Manifest, SandboxInfo
from codeeval.store import RunReader, RunStore
from codeeval.store.runcounts import digests
from sandbox import Cluster, Limits

HERE = sys.executable
STATED = {name: float(getattr(Limits(), name)) for name in ("cpu_s", "wall_s", "memory_mb")}


def manifest(backend: str = "local") -> Manifest:
    said = {"image": "host python 3.13.5", "interpreter": "/opt/python3.13"}
    return make_manifest().model_copy(
        update={"sandbox": SandboxInfo(backend=backend, limits=STATED, describe=said if backend == "local" else {})}
    )


def test_where_it_cannot_be_chosen() -> None:
    """An image and the nodes of a cluster have their own."""
    check_python(Placement(python=HERE))
    check_python(Placement("docker"))
    with pytest.raises(UsageError, match="--python is for --sandbox local"):
        check_python(Placement("docker", python=HERE))
    with pytest.raises(UsageError, match="leave out --cluster or --python"):
        check_python(Placement(cluster=Cluster("auto"), python=HERE))
    with pytest.raises(UsageError, match=r"--python \./none: there is no such file"):
        check_python(Placement(python="./none"))


def test_a_resumed_run_keeps_its_python() -> None:
    """Unless another is named, the sandbox is another, or somebody else made the run: its file starts no program here."""
    plain, other = resolve({}, None, {}), resolve({"python": HERE}, None, {})
    docker = resolve({"sandbox": "docker"}, None, {})
    assert placement_of(manifest(), plain, "r", own=True).python == "/opt/python3.13"
    assert placement_of(manifest(), other, "r", own=True).python == HERE
    assert placement_of(manifest(), docker, "r", own=True).python is None
    assert placement_of(manifest(), plain, "r", own=False).python is None
    assert placement_of(manifest("docker"), plain, "r", own=True).python is None


def test_runs_under_different_ones_are_not_compared_and_are_repeated_alike(tmp_path: Path) -> None:
    """The version is among what two runs must share; `--like` takes the interpreter from a run of one's own."""
    run = tmp_path / "r"
    with RunStore.create(run, manifest(), [planned()]):
        pass
    with RunReader(run) as reader:
        assert digests(reader, reader.manifest().protocol)["image"] == "host python 3.13.5"
    assert settings_like(run).settings["python"] == "/opt/python3.13"

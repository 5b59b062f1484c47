"""Where the engines of `-M replicas=N` are placed on a cluster, without one: options, what Ray is asked for, and what is said of
a node that is not as this machine."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from codeeval.errors import GenerationError, UsageError
from codeeval.evaluation.cluster_engines import launcher_of
from codeeval.evaluation.settings import Settings
from codeeval.generators.common import ray_launcher
from codeeval.generators.common.launch import HERE, EngineSpec, launcher_for
from codeeval.generators.common.ray_launcher import Needs, RayLauncher
from codeeval.generators.hf.replicas import command
from codeeval.generators.vllm.engines import _spec
from codeeval.generators.vllm.settings import VLLMSettings

NODE = {"address": "10.0.0.7", "python": "3.11.7", "ray": "2.60.0", "codeeval": "0.1.0", "code": "a"}


def settings(**options: str) -> Settings:
    return Settings(cluster="auto", cluster_options=options)


def test_without_a_cluster_engines_are_here() -> None:
    """So they are where it is asked for, and where no replicas are."""
    assert launcher_of(Settings()) is None
    assert launcher_of(settings(engines="here")) is None
    launcher = launcher_of(settings())
    assert launcher is not None
    assert launcher.elsewhere
    assert launcher_for({"rows": "2"}, launcher) is HERE
    assert launcher_for({"replicas": "1"}, None) is HERE
    assert launcher_for({"replicas": "1"}, launcher) is launcher
    assert launcher_for({"data_parallel_size": "2"}, launcher) is launcher


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("engine_gpus", "-1", "engine_gpus=-1: must be 0 or a number above it"),
        ("engine_cpus", "x", "engine_cpus=x: must be 0 or a number above it"),
        ("engine_resource.fast", "0", "must be a number above 0"),
        ("engine_resource.", "1", "there is no such option"),
        ("engines", "there", "engines=there: must be nodes or here"),
    ],
)
def test_what_an_option_can_not_be(key: str, value: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        launcher_of(settings(**{key: value}))


def asked(needs: Needs, gpus: int, *, has_gpus: bool) -> dict[str, Any]:
    """What Ray is asked for."""
    found: dict[str, Any] = {}

    def remote(**options: Any) -> Any:
        found.update(options)
        return lambda actor: SimpleNamespace(remote=lambda: None)

    launcher = RayLauncher(needs, lambda: SimpleNamespace(close=lambda: None))
    launcher._actor(SimpleNamespace(remote=remote), EngineSpec("e", command, {}, gpus=gpus), has_gpus)
    return found


@pytest.mark.parametrize(
    ("needs", "gpus", "has_gpus", "found"),
    [
        (Needs(), 2, True, (2, 0)),
        (Needs(), 2, False, (0, 1)),  # a cluster of processors
        (Needs(), 0, True, (0, 1)),  # `device=cpu`
        (Needs(gpus=0.0), 1, True, (0, 1)),
        (Needs(gpus=0.5), 1, False, (0.5, 0)),  # waits for a node that has one
        (Needs(cpus=4.0), 1, True, (1, 4)),
    ],
)
def test_what_ray_reserves(needs: Needs, gpus: int, has_gpus: bool, found: tuple[float, float]) -> None:
    options = asked(needs, gpus, has_gpus=has_gpus)
    assert (options["num_gpus"], options["num_cpus"]) == found
    assert (options["max_restarts"], options["max_task_retries"]) == (0, 0)


def test_an_engine_over_several_nodes_takes_its_gpus_itself() -> None:
    """vLLM's Ray executor asks for them; on this machine every engine has its part."""
    launcher = launcher_of(settings())
    assert launcher is not None
    one = _spec(0, "m", VLLMSettings.parse({"replicas": "2", "tensor_parallel_size": "4"}), launcher)
    assert (one.gpus, one.takes_gpus_itself, "CUDA_VISIBLE_DEVICES" in one.environment) == (4, False, False)
    options = {"replicas": "2", "tensor_parallel_size": "16", "distributed_executor_backend": "ray"}
    many = _spec(0, "m", VLLMSettings.parse(options), launcher)
    assert (many.gpus, many.takes_gpus_itself) == (0, True)
    assert many.start["engine"]["distributed_executor_backend"] == "ray"


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"python": "3.12.1"}, "Python 3.12.1 instead of 3.11.7"),
        ({"ray": "2.59.0"}, "Ray 2.59.0 instead of 2.60.0"),
        ({"codeeval": "0.2.0", "code": "b"}, "codeeval 0.2.0 instead of 0.1.0; codeeval's code b instead of a"),
    ],
)
def test_a_node_that_differs_is_named(monkeypatch: pytest.MonkeyPatch, other: dict[str, str], words: str) -> None:
    here = {name: value for name, value in NODE.items() if name != "address"}
    monkeypatch.setattr(ray_launcher, "versions", lambda: here)
    ray_launcher._check_alike([NODE, NODE])
    with pytest.raises(GenerationError) as error:
        ray_launcher._check_alike([NODE, {**NODE, "address": "10.0.0.8", **other}])
    assert str(error.value).startswith(f"node 10.0.0.8 differs from this machine: {words}\n")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            "The actor died because of an error raised in its creation task, ray::EngineActor.__init__() (pid=9, "
            "ip=10.0.0.7, actor_id=d6)\nRuntimeError: The actor failed to import\n\n"
            "ModuleNotFoundError: No module named 'codeeval.generators'\n",
            "node 10.0.0.7 can't hold an engine: ModuleNotFoundError: No module named 'codeeval.generators'\n  Install",
        ),
        (
            "The actor died unexpectedly before finishing this task.\n\tclass_name: EngineActor\n\tip: 10.0.0.7\nThe node "
            "has died",
            "node 10.0.0.7 can't hold an engine: RuntimeError: The actor died unexpectedly",
        ),
        (
            "The actor died unexpectedly before finishing this task.\n\tclass_name: EngineActor\n\tip: 10.0.0.7\n"
            "The actor is dead because its worker process has died. Some common causes include: (1) ray stop",
            "node 10.0.0.7 can't hold an engine: RuntimeError: The actor is dead because its worker process has died",
        ),
        ("gone", "an engine could not be started on the cluster: RuntimeError: gone"),
    ],
)
def test_an_actor_that_does_not_come_to_life(said: str, words: str) -> None:
    """The node and the reason, out of what Ray says."""
    assert str(ray_launcher._failed(RuntimeError(said))).startswith(words)

"""Engines as actors on the nodes of a Ray cluster, each where Ray finds the GPUs and processors that it needs.

`ray` has been connected by whoever made the launcher, or is by the function that it was given.
"""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from codeeval.errors import GenerationError
from codeeval.generators.base import Scalar
from codeeval.generators.common.engine_actor import EngineActor, versions
from codeeval.generators.common.engine_process import Inbox
from codeeval.generators.common.launch import Engine, EngineSpec, NoRoom, never
from codeeval.generators.common.remote_engine import RemoteEngine, reason
from codeeval.i18n import msg

#: What must be alike here and on the nodes, and what a user calls it.
_ALIKE = {"python": "Python", "ray": "Ray", "codeeval": "codeeval", "code": "codeeval's code"}
#: How Ray names the node of an actor, and the last line of a traceback.
_NODE = re.compile(r"\bip[=:] ?([\w.:]*\w)")
_ERROR = re.compile(r"^[\w.]*(?:Error|Exception): .*", re.MULTILINE)
#: Seconds that an actor gets to start its process, and to read a model's files for their digests.
OPEN_S, FACTS_S = 120.0, 3600.0


@dataclass(frozen=True, slots=True)
class Needs:
    """What Ray reserves for an engine. `gpus` None: as many as the engine asks for if the cluster has GPUs; `cpus` None: one
    for an engine without a GPU."""

    gpus: float | None = None
    cpus: float | None = None
    resources: Mapping[str, float] = field(default_factory=dict)


class Connected(Protocol):
    """A connection to a cluster."""

    def close(self) -> None: ...


class RayLauncher:
    """`patience_s`: how long engines wait for a place. `connect` is called where engines are started."""

    elsewhere = True

    def __init__(self, needs: Needs, connect: Callable[[], Connected], patience_s: float = 60.0) -> None:
        self._needs, self._connect, self._patience_s = needs, connect, patience_s
        self._connection: Connected | None = None

    @property
    def start_s(self) -> float:
        return self._patience_s + OPEN_S

    def start(self, specs: Sequence[EngineSpec], inbox: Inbox, abandoned: Callable[[], bool] = never) -> list[Engine]:
        """Raises NoRoom where not all engines find a place in time, GenerationError where a node is not as this machine."""
        if self._connection is None:
            self._connection = self._connect()
        import ray

        has_gpus = ray.cluster_resources().get("GPU", 0) > 0
        actors: list[Any] = []
        try:
            actors.extend(self._actor(ray, spec, has_gpus) for spec in specs)
            said = self._placed(ray, actors, abandoned)
            _check_alike(said)
            opened = [actor.open.remote(spec) for actor, spec in zip(actors, specs, strict=True)]
            pids = ray.get(opened, timeout=OPEN_S)
        except BaseException as error:
            for actor in actors:
                with contextlib.suppress(Exception):
                    ray.kill(actor)
            if isinstance(error, GenerationError) or not isinstance(error, Exception):
                raise
            raise _failed(error) from error
        return [
            RemoteEngine(ray, actor, spec.name, one["address"], pid, inbox)
            for actor, spec, one, pid in zip(actors, specs, said, pids, strict=True)
        ]

    def _actor(self, ray: Any, spec: EngineSpec, has_gpus: bool) -> Any:
        gpus = self._needs.gpus if self._needs.gpus is not None else spec.gpus if has_gpus else 0
        options = ray.remote(
            num_gpus=gpus,
            num_cpus=self._needs.cpus if self._needs.cpus is not None else 0 if gpus else 1,
            resources=dict(self._needs.resources),
            scheduling_strategy="SPREAD",
            max_concurrency=4,  # in, out, facts, and the end
            max_restarts=0,  # the generator decides what is repeated, and where
            max_task_retries=0,
        )
        return options(EngineActor).remote()

    def _placed(self, ray: Any, actors: Sequence[Any], abandoned: Callable[[], bool]) -> list[dict[str, str]]:
        """What each actor says of its node, once all have one."""
        references = [actor.hello.remote() for actor in actors]
        deadline = time.monotonic() + self._patience_s
        waiting = list(references)
        while waiting and time.monotonic() < deadline and not abandoned():
            done, waiting = ray.wait(waiting, num_returns=len(waiting), timeout=1.0)
            for one in done:
                try:
                    ray.get(one)
                except Exception as error:  # no codeeval there, or an old one
                    raise _failed(error) from error
        if waiting:
            raise NoRoom(self._no_room(len(references) - len(waiting), len(references)))
        return list(ray.get(references))

    def _no_room(self, placed: int, wanted: int) -> str:
        return msg(
            "{placed} of {wanted} engines found a place on the cluster within {s} s: no node has the GPUs, processors or "
            "resources to spare\n  See `ray status`, or ask for less: --cluster-option engine_gpus=…, engine_cpus=…",
            placed=placed,
            wanted=wanted,
            s=f"{self._patience_s:g}",
        )

    def facts(self, engine: Engine, model_path: str | None) -> dict[str, Scalar]:
        """Of the engine's node. Raises GenerationError where it is gone."""
        assert isinstance(engine, RemoteEngine)
        try:
            return dict(engine.ask("facts", model_path, timeout_s=FACTS_S))
        except Exception as error:
            raise GenerationError(msg("{name} was lost: {why}", name=engine.name, why=reason(error))) from error

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


def _failed(error: Exception) -> GenerationError:
    """An actor that did not come to life: its node, and the last error in what Ray says."""
    said = str(error)
    node, errors = _NODE.search(said), _ERROR.findall(said)
    why = errors[-1][:300] if errors else reason(error)
    if node is None:
        return GenerationError(msg("an engine could not be started on the cluster: {why}", why=why))
    if "ModuleNotFoundError" in why or "AttributeError" in why or "ImportError" in why:
        return GenerationError(
            msg(
                "node {address} can't hold an engine: {why}\n  Install the codeeval of this machine there.",
                address=node[1],
                why=why,
            )
        )
    return GenerationError(msg("node {address} can't hold an engine: {why}", address=node[1], why=why))


def _check_alike(said: Sequence[Mapping[str, str]]) -> None:
    here = versions()
    for node in said:
        wrong = [name for name in _ALIKE if node[name] != here[name]]
        if wrong:
            found = "; ".join(f"{_ALIKE[name]} {node[name]} instead of {here[name]}" for name in wrong)
            raise GenerationError(
                msg(
                    "node {address} differs from this machine: {found}\n  Install the same on both, or choose other nodes: "
                    "--cluster-option engine_resource.NAME=1",
                    address=node["address"],
                    found=found,
                )
            )

"""Where on a cluster workers can run: nodes with enough free resources, or the bundles of a placement group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.errors import BackendUnavailable

#: How many nodes a message names.
_SHOWN = 5
#: What identifies a place: Ray's name of the node, the bundle, and the part.
Key = tuple[str, int | None, int]


@dataclass(frozen=True, slots=True)
class Cluster:
    """`address`: `auto` (from RAY_ADDRESS or this machine), `local` (started on this machine, and stopped with the
    pool), `HOST:PORT`, or `ray://HOST:PORT`. A node is used if it has `num_cpus` and `resources` free.
    `placement_group`: only the bundles of the group with this name, in `namespace`. `patience_s`: how long to wait for
    a cluster without a head, or without a node."""

    address: str = "auto"
    num_cpus: float = 1.0
    resources: Mapping[str, float] = field(default_factory=dict)
    placement_group: str | None = None
    namespace: str | None = None
    patience_s: float = 60.0


@dataclass(frozen=True, slots=True)
class Place:
    """A node that can hold workers: Ray's name of it, its address, and its number of processors according to Ray, or
    that of the `bundle` of a placement group. `part`, `parts`: the share of one actor, if there are several in it."""

    node: str
    address: str
    cpus: int
    bundle: int | None = None
    part: int = 0
    parts: int = 1

    @property
    def key(self) -> Key:
        return self.node, self.bundle, self.part

    def __str__(self) -> str:
        part = f", part {self.part + 1} of {self.parts}" if self.parts > 1 else ""
        return f"node {self.address}{part}"

    def workers(self, wished: int | None) -> int:
        """The workers of this part, of `wished` on the whole node; None: as many as it has processors."""
        whole = wished or self.cpus
        return whole // self.parts + (self.part < whole % self.parts)


def places(ray: Any, cluster: Cluster, group: Any) -> list[Place]:
    """The running nodes that are large enough, or those that hold a bundle of the `group`. Blocks, possibly for ever,
    while the cluster has no head."""
    needed = {"CPU": cluster.num_cpus, **cluster.resources}
    nodes = {node["NodeID"]: node for node in ray.nodes() if node["Alive"]}
    if group is None:
        return [
            Place(name, node["NodeManagerAddress"], _cpus(node["Resources"]))
            for name, node in nodes.items()
            if _holds(node["Resources"], needed)
        ]
    table = ray.util.placement_group_table(group)
    return [
        Place(name, nodes[name]["NodeManagerAddress"], _cpus(table["bundles"][bundle]), int(bundle))
        for bundle, name in table["bundles_to_node_id"].items()
        if name in nodes and _holds(table["bundles"][bundle], needed)
    ]


def shortage(ray: Any, cluster: Cluster, group: Any) -> str:
    """Why there is no place, for users. Blocks as `places` does."""
    needed = {"CPU": cluster.num_cpus, **cluster.resources}
    asked = ", ".join(f"{name} {amount:g}" for name, amount in needed.items())
    if group is not None:
        state = ray.util.placement_group_table(group).get("state")
        if state != "CREATED":
            return f"the cluster has no room for the bundles of the placement group {cluster.placement_group}: it is {state}"
        return f"no bundle of the placement group {cluster.placement_group} has {asked}"
    nodes = [(node["NodeManagerAddress"], node["Resources"]) for node in ray.nodes() if node["Alive"]]
    nodes.sort(key=lambda each: each[0])
    shown = [
        f"{address} has {', '.join(f'{name} {has.get(name, 0):g}' for name in needed)}"
        for address, has in nodes[:_SHOWN]
    ]
    more = [f"and {len(nodes) - _SHOWN} more nodes"] if len(nodes) > _SHOWN else []
    return f"no node has {asked} ({'; '.join([*shown, *more])})"


def group_of(ray: Any, cluster: Cluster) -> Any:
    """The requested placement group. Raises BackendUnavailable if there is none with this name."""
    if cluster.placement_group is None:
        return None
    try:
        return ray.util.get_placement_group(cluster.placement_group)
    except ValueError:
        where = f"the namespace {cluster.namespace}" if cluster.namespace else "a namespace of this run's own"
        raise BackendUnavailable(
            f"the cluster has no placement group {cluster.placement_group} in {where}\n"
            "  Give it a name and a lifetime of its own (`placement_group(…, name=…, lifetime='detached')`), and name the\n"
            "  namespace of the program that made it: --cluster-option namespace=…"
        ) from None


def strategy(place: Place, group: Any) -> Any:
    """The scheduling strategy that pins an actor to this place."""
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy, PlacementGroupSchedulingStrategy

    if group is None:
        return NodeAffinitySchedulingStrategy(place.node, soft=False)
    return PlacementGroupSchedulingStrategy(group, placement_group_bundle_index=place.bundle)


def _holds(has: Mapping[str, float], needed: Mapping[str, float]) -> bool:
    return all(has.get(name, 0) >= amount for name, amount in needed.items())


def _cpus(resources: Mapping[str, float]) -> int:
    return max(1, int(resources.get("CPU", 1)))

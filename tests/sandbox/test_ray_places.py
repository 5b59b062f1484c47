"""Which nodes and bundles are used, as Ray tells of them: without Ray."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from sandbox import Cluster
from sandbox.ray_places import Place, places


def node(name: str, address: str, alive: bool = True, **resources: float) -> dict[str, Any]:
    return {"NodeID": name, "NodeManagerAddress": address, "Alive": alive, "Resources": resources}


NODES = [
    node("head", "10.0.0.1"),
    node("a", "10.0.0.2", CPU=8.0, judge=1.0),
    node("b", "10.0.0.2", CPU=0.5),
    node("c", "10.0.0.3", alive=False, CPU=8.0, judge=1.0),
    node("d", "10.0.0.4", CPU=2.0),
]
TABLE = {
    "bundles": {0: {"CPU": 4.0}, 1: {"CPU": 2.0}, 2: {"CPU": 0.5}, 3: {"CPU": 4.0}},
    "bundles_to_node_id": {0: "a", 1: "a", 2: "d", 3: "c"},
}
RAY = SimpleNamespace(nodes=lambda: NODES, util=SimpleNamespace(placement_group_table=lambda group: TABLE))


def test_nodes_with_enough_to_spare() -> None:
    assert places(RAY, Cluster(), None) == [Place("a", "10.0.0.2", 8), Place("d", "10.0.0.4", 2)]
    assert [each.node for each in places(RAY, Cluster(num_cpus=0.5), None)] == ["a", "b", "d"]
    assert [each.node for each in places(RAY, Cluster(resources={"judge": 1.0}), None)] == ["a"]


def test_bundles_of_a_group() -> None:
    """One place each, told apart on one node; those that are too small, or on a dead node, are none."""
    found = places(RAY, Cluster(), object())
    assert found == [Place("a", "10.0.0.2", 4, 0), Place("a", "10.0.0.2", 2, 1)]
    assert len({each.key for each in found}) == 2

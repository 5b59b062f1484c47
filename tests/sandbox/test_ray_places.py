"""Which nodes and bundles are used, as Ray tells of them: without Ray."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from sandbox import Cluster
from sandbox.ray_places import Place, places, shortage


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
    "state": "CREATED",
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


def test_why_there_is_no_place() -> None:
    """What was asked for, and what each node has of it: something that no node has is not waited for in vain."""
    lacking = shortage(RAY, Cluster(num_cpus=2, resources={"gpu": 1.0}), None)
    assert lacking == (
        "no node has CPU 2, gpu 1 (10.0.0.1 has CPU 0, gpu 0; 10.0.0.2 has CPU 8, gpu 0; "
        "10.0.0.2 has CPU 0.5, gpu 0; 10.0.0.4 has CPU 2, gpu 0)"
    )
    many = SimpleNamespace(nodes=lambda: [node(str(each), f"10.0.1.{each}", CPU=1.0) for each in range(7)])
    assert shortage(many, Cluster(num_cpus=2), None).endswith("10.0.1.4 has CPU 1; and 2 more nodes)")


def test_why_a_group_has_no_place() -> None:
    cluster = Cluster(num_cpus=16, placement_group="judges")
    assert shortage(RAY, cluster, object()) == "no bundle of the placement group judges has CPU 16"
    pending = SimpleNamespace(util=SimpleNamespace(placement_group_table=lambda group: {"state": "PENDING"}))
    assert shortage(pending, cluster, object()) == (
        "the cluster has no room for the bundles of the placement group judges: it is PENDING"
    )

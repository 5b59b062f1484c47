"""What a pool on a cluster says where a local one names its backend."""

from __future__ import annotations

from collections.abc import Callable, Mapping


class ClusterBackend:
    """`facts`: what the nodes say of themselves, which is alike; `nodes`: the workers of each that is in use, by its address."""

    def __init__(self, facts: Mapping[str, str], nodes: Callable[[], Mapping[str, int]]) -> None:
        self._facts, self._nodes = facts, nodes
        self.name = facts["backend"]
        self.why = "the nodes of the cluster have it"

    def describe(self) -> dict[str, str]:
        """Facts for the manifest: those of the nodes, and how many there are."""
        nodes = ", ".join(f"{address} ({workers})" for address, workers in sorted(self._nodes().items()))
        return {**self._facts, "cluster": f"ray {self._facts['ray']}", "nodes": nodes}

    def close(self) -> None:
        """Nothing: the pool leaves the cluster."""

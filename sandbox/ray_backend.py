"""Describes the nodes of a cluster where a local pool describes its backend."""

from __future__ import annotations

from collections.abc import Callable, Mapping


class ClusterBackend:
    """Stands in for the backend that a local pool has. `facts`: those of the nodes, which are all the same; `nodes`: the
    workers of each node in use, by its address."""

    def __init__(self, facts: Mapping[str, str], nodes: Callable[[], Mapping[str, int]]) -> None:
        self._facts, self._nodes = facts, nodes
        self.name = facts["backend"]
        self.why = "the nodes of the cluster have it"

    def describe(self) -> dict[str, str]:
        """Facts for the manifest: those of the nodes, and their number of workers."""
        nodes = ", ".join(f"{address} ({workers})" for address, workers in sorted(self._nodes().items()))
        return {**self._facts, "cluster": f"ray {self._facts['ray']}", "nodes": nodes}

    def close(self) -> None:
        """Do nothing: the pool leaves the cluster."""

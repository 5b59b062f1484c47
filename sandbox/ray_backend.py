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
        """Facts for the manifest: those of the nodes, and their number of workers. The nodes' Python stands beside their Ray:
        programs may be executed by that of an image."""
        nodes = ", ".join(f"{address} ({workers})" for address, workers in sorted(self._nodes().items()))
        facts = {name: fact for name, fact in self._facts.items() if name != "python"}
        return {**facts, "cluster": f"ray {facts['ray']}, python {self._facts['python']}", "nodes": nodes}

    def close(self) -> None:
        """Do nothing: the pool leaves the cluster."""

"""What a manifest records of a cluster."""

from __future__ import annotations

from sandbox.ray_backend import ClusterBackend


def test_the_python_of_nodes_is_not_that_of_programs() -> None:
    """It is named with Ray; programs in containers are executed by the image's."""
    facts = {"backend": "docker", "image": "sha256:0", "python": "3.11.7", "ray": "2.50.0", "code": "c"}
    described = ClusterBackend(facts, lambda: {"127.0.0.2": 3, "127.0.0.1": 2}).describe()
    assert "python" not in described
    assert described["cluster"] == "ray 2.50.0, python 3.11.7"
    assert described["nodes"] == "127.0.0.1 (2), 127.0.0.2 (3)"

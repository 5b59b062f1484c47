"""`--cluster` and `--cluster-option`: what they can be, and that a wrong one is named."""

from __future__ import annotations

import sys

import pytest

from codeeval.errors import UsageError
from codeeval.evaluation.cluster import cluster_of
from codeeval.evaluation.sandbox import placement
from codeeval.evaluation.settings import Settings
from sandbox import BackendUnavailable, Cluster, RayPool


def test_no_cluster_is_this_machine() -> None:
    assert placement(Settings()).cluster is None


@pytest.mark.parametrize("address", ["auto", "local", "10.0.0.5:6379", "head.example:1", "ray://h:10001", "[::1]:6379"])
def test_addresses(address: str) -> None:
    assert placement(Settings(cluster=address)).cluster == Cluster(address)


def test_resources() -> None:
    """A number of processors, and resources by their names."""
    options = {"num_cpus": "0.5", "resource.judge": "2", "resource.a.b": "1"}
    assert cluster_of("auto", options) == Cluster("auto", 0.5, {"judge": 2.0, "a.b": 1.0})


def test_a_placement_group_and_patience() -> None:
    options = {"placement_group": "judges", "namespace": "ours", "patience_s": "600"}
    assert cluster_of("auto", options) == Cluster("auto", placement_group="judges", namespace="ours", patience_s=600.0)


@pytest.mark.parametrize(
    ("address", "options", "message"),
    [
        ("h", {}, "is not an address"),
        ("h:0", {}, "is not an address"),
        ("h:70000", {}, "is not an address"),
        ("http://h:1", {}, "is not an address"),
        (":1", {}, "is not an address"),
        (None, {"num_cpus": "1"}, "there is no cluster"),
        ("auto", {"num_gpus": "1"}, "num_gpus=…: there is no such option"),
        ("auto", {"resource.": "1"}, "there is no such option"),
        ("auto", {"placement_group": ""}, "there is no such option"),
        ("auto", {"namespace": "ours"}, "where a placement group is looked for"),
        ("auto", {"patience_s": "-5"}, "must be a number above 0"),
        *(
            ("auto", {"num_cpus": value}, f"num_cpus={value}: must be a number above 0")
            for value in ("0", "-1", "x", "nan", "inf")
        ),
    ],
)
def test_what_it_can_not_be(address: str | None, options: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        cluster_of(address, options)


def test_ray_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line with the command that installs it."""
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(BackendUnavailable, match=r"(?s)--cluster needs Ray.*pip install '?[^ ]*ray"):
        RayPool("local")

"""Nodes that can't judge as this machine does are refused by their address, with what they lack and what to do."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from cli_runs import codeeval
from test_cluster_runs import FIRST, SECOND, command, fill, on

from codeeval.evaluation.shards.node_actor import package

from loopback_cluster import LoopbackCluster  # isort: skip - `test_cluster_runs` has made it importable

pytestmark = [pytest.mark.ray, pytest.mark.local, pytest.mark.slow]

#: What a node's Python does when it starts.
OLDER = """
import sys
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "codeeval.evaluation.shards.node_actor":
            import codeeval
            codeeval.__version__ = "0.0.9"
sys.meta_path.insert(0, Finder())
"""
WITHOUT = """
import sys
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "codeeval":
            raise ModuleNotFoundError("No module named 'codeeval'", name="codeeval")
sys.meta_path.insert(0, Finder())
"""


@pytest.mark.parametrize(
    ("start", "said"),
    [
        (OLDER, f"differs from the others: codeeval 0.0.9 ({package()['codeeval'].partition('(')[2]}"),
        (WITHOUT, "its Python has no module codeeval. Install codeeval there"),
    ],
    ids=["older", "without"],
)
def test_a_node_without_this_codeeval(tmp_path: Path, start: str, said: str) -> None:
    """Refused before anything is judged: exit code 3, the node's address, no traceback."""
    folder = fill(tmp_path)
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(start, "utf-8")
    python_path = os.pathsep.join(filter(None, (str(tmp_path / "site"), os.environ.get("PYTHONPATH"))))
    with LoopbackCluster() as cluster:
        cluster.add(FIRST)
        cluster.add(SECOND, environment={"PYTHONPATH": python_path})
        cluster.wait(FIRST, SECOND)
        done = codeeval(folder, *command("r", "local", *on(cluster)))
    assert done.returncode == 3
    assert f"node {SECOND}" in done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr

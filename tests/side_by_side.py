"""How two processes share the suite: `pytest -n 2` of pytest-xdist, which is what `make test` calls.

A file stays in one process, because its tests share pools, models and clusters. One process takes the files in their order, from
the hostile programs on; the other takes them from the end, the unit tests first. So what needs the processor runs beside what
waits for limits and engines, and the last file that either takes is seldom a long one.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

#: Clusters have the same addresses everywhere, so their tests never run at the same time: together they count as one file.
CLUSTERS = (
    "tests/sandbox/test_ray_",
    "tests/e2e/test_cluster_",
    "tests/e2e/test_interrupted",
    "tests/e2e/test_vllm_lost_engines",
)


class FromBothEnds(LoadFileScheduling):
    """The first process takes files from the front, every other one from the end."""

    def __init__(self, config: Any, log: Any) -> None:
        config.option.loadscopereorder = False  # xdist would begin with the file that has most tests
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return CLUSTERS[0] if nodeid.startswith(CLUSTERS) else super()._split_scope(nodeid)

    def _assign_work_unit(self, node: WorkerController) -> None:
        if node is not self.nodes[0]:
            self.workqueue.move_to_end(next(reversed(self.workqueue)), last=False)
        with suppress(OSError):  # the process has just ended; `remove_node` is called, and finds the file
            super()._assign_work_unit(node)

    def _reschedule(self, node: WorkerController) -> None:
        """Not for a process that takes another's place and has not collected the tests yet, to which xdist deals as well."""
        if node in self.registered_collections:
            super()._reschedule(node)

    def remove_node(self, node: WorkerController) -> str | None:
        """The test that ended a process has failed, and is not tried again by the next one, as xdist itself would."""
        work = self.assigned_work[node]
        for scope in [scope for scope, unit in work.items() if all(unit.values())]:
            del work[scope]  # xdist would deal out the files that are done, and wait for an answer
        unfinished = (test for unit in work.values() for test, done in unit.items() if not done)
        if (crashed := next(unfinished, None)) is not None:
            work[self._split_scope(crashed)][crashed] = True
        super().remove_node(node)
        return crashed

"""Everything between a stored sample and its rows, in the driver, in other processes, or on the nodes of a cluster.

`router` sends samples in batches to shards and writes the rows that come back; `shard` does the work; `interface` says what the
kinds of shards promise: `in_driver`, `processes` (with `process_main` at the other end), `nodes` (with `node_actor`).
"""

import os

#: Workers per shard. One interpreter can serve about three times as many that run small programs in sequence.
PER_SHARD = 8


def worker_count(wished: int | None) -> int:
    """The number of workers on this machine: as many as wished, otherwise one per processor."""
    return wished or os.cpu_count() or 1

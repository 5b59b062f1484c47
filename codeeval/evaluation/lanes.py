"""The driver's view of the shards: what each has, and how much more it should get."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from codeeval.evaluation.shard_interface import ShardHandle
from codeeval.store.rows import Row

#: Samples per worker that a shard in another process may hold: enough that no worker waits for the driver.
AHEAD = 16
#: A shard may hold this many times as many when equal samples are counted separately.
MOST_EQUAL = 32

#: Names of protocols.
Names = tuple[str, ...]


@dataclass(slots=True)
class Sent:
    """A batch that a shard has not finished. `load`: its number of samples, counting equal ones once."""

    samples: list[tuple[Row, Names]]
    load: int
    losses: int


@dataclass(slots=True, eq=False)
class Lane:
    """A shard as seen by the driver. `load` and `held`: samples sent and unanswered, counting equal ones once, and
    all."""

    handle: ShardHandle
    ahead: Callable[[], int]
    told: set[str] = field(default_factory=set)
    sent: dict[int, Sent] = field(default_factory=dict)
    load: int = 0
    held: int = 0
    late: set[Row] = field(default_factory=set)  # its evidence that came after another shard's for the same job
    failing: bool = False
    lost: bool = False
    alone: bool = False  # holds a sample that took shards down with it before

    @property
    def free(self) -> int:
        """How many more samples it should get now."""
        if self.alone:
            return 0
        room = self.ahead() * self.handle.workers
        return room - self.load if self.held < MOST_EQUAL * room else 0


def ahead_of_a_process() -> int:
    return AHEAD


@dataclass(slots=True)
class Open:
    """A batch being filled."""

    samples: list[tuple[Row, Names]] = field(default_factory=list)
    load: int = 0
    chars: int = 0

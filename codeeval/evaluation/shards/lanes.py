"""The driver's view of the shards: what each has, and how much more it should get."""

from __future__ import annotations

from dataclasses import dataclass, field

from codeeval.evaluation.shards.interface import ShardHandle
from codeeval.store.rows import Row

#: A shard may hold this many times as many when equal samples are counted separately.
MOST_EQUAL = 32
#: A shard that holds this many characters of completions gets no more, whatever their number.
MOST_CHARS = 32 * 1024 * 1024

#: Names of protocols.
Names = tuple[str, ...]


@dataclass(slots=True)
class Sent:
    """A batch that a shard has not finished. `load`: its number of samples, counting equal ones once; `chars`: of their
    completions."""

    samples: list[tuple[Row, Names]]
    load: int
    losses: int
    chars: int


@dataclass(slots=True, eq=False)
class Lane:
    """A shard as seen by the driver. `load` and `held`: samples sent and unanswered, counting equal ones once, and all;
    `chars`: of their completions."""

    handle: ShardHandle
    told: set[str] = field(default_factory=set)
    sent: dict[int, Sent] = field(default_factory=dict)
    load: int = 0
    held: int = 0
    chars: int = 0
    late: set[Row] = field(default_factory=set)  # its evidence that came after another shard's for the same job
    failing: bool = False
    lost: bool = False
    alone: bool = False  # holds a sample that took shards down with it before

    @property
    def free(self) -> int:
        """How many more samples it should get now."""
        if self.alone:
            return 0
        room = self.handle.room
        return room - self.load if self.held < MOST_EQUAL * room and self.chars < MOST_CHARS else 0


@dataclass(slots=True)
class Open:
    """A batch being filled."""

    samples: list[tuple[Row, Names]] = field(default_factory=list)
    load: int = 0
    chars: int = 0

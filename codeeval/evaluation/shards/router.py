"""The driver's side of the shards: which shard gets which sample, storing results in the run file, and what happens to
the work of a lost shard.

Samples of a problem go to one shard as long as it has room, and a completion that was sent before goes to the same
shard again, so that equal programs meet and are executed once. If they don't meet, the evidence that came first is
kept, and the driver judges by it. What a lost shard had not answered goes to others, sample by sample, so that a sample
that takes shards down does so alone; after `MAX_LOSSES` it stays pending, with the reason.
"""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import replace

from codeeval.evaluation.clock import Clock
from codeeval.evaluation.shards.batches import Batch, Judging, Rows
from codeeval.evaluation.shards.in_driver import Post, ShardInDriver
from codeeval.evaluation.shards.interface import JobRunner, ShardHandle, ShardLost, ShardSource
from codeeval.evaluation.shards.judged import judged
from codeeval.evaluation.shards.lanes import Lane, Names, Open, Sent
from codeeval.evaluation.shards.ledger import Ledger
from codeeval.evaluation.shards.shard import NOT_EXECUTED
from codeeval.i18n import msg
from codeeval.store import Counts, Incident
from codeeval.store.codec import unpack_text
from codeeval.store.rows import Row, incident_of
from sandbox import SandboxError

#: After this many shards were lost with a sample, it is not tried again in this invocation.
MAX_LOSSES = 3
#: The most samples in one batch, and the number of characters after which a batch is sent.
BATCH, BATCH_CHARS = 32, 1_000_000
#: Seconds between checks for shards that have joined.
LOOK_EVERY_S = 1.0
#: How many completions are remembered with the shard that they went to.
REMEMBERED = 65_536


class Router:
    """`accept` stored samples while there is `has_room`, `flush`, do what was posted, `tend`; all from the driver's
    thread.

    `source` is a pool in this process, which becomes one shard in the driver; or a source of shards; or None if nothing
    may be executed: then samples without evidence stay pending. Raises what `open_shards` raises.
    """

    def __init__(
        self,
        judging: Judging,
        store: Ledger,
        source: JobRunner | ShardSource | None,
        post: Post,
        clock: Clock,
        parallel: Callable[[], int],
    ) -> None:
        self._judging, self._store, self._post, self._clock = judging, store, post, clock
        self._problems = {planned.problem.id: planned.problem for planned in store.problems()}
        self._protocols = {protocol.name: protocol for protocol in judging.protocols}
        self._number = 0
        self._homes: dict[str, Lane] = {}
        self._seen: OrderedDict[int, Lane] = OrderedDict()
        self._open: dict[tuple[str, int], Open] = {}
        self._again: deque[tuple[Row, Names, int]] = deque()
        self._executes, self._busy, self._looked_at = source is not None, False, time.monotonic()
        self._is_over = False  # no shard is left, and none will come
        self.counts = Counts()
        self.judged = 0
        self.sandbox_error: str | None = None if source is not None else NOT_EXECUTED
        self._source = source if isinstance(source, ShardSource) else None
        self._own: ShardInDriver | None = None
        if isinstance(source, ShardSource):
            self._lanes = [Lane(handle) for handle in source.open_shards(judging, self._deliver)]
        else:
            self._own = ShardInDriver(judging, source, post, parallel)
            self._lanes = [Lane(self._own)]

    @property
    def outstanding(self) -> bool:
        """Whether anything accepted is not finished."""
        return bool(self._open or self._again) or any(lane.sent for lane in self._lanes)

    @property
    def has_room(self) -> bool:
        """Whether some shard would soon have nothing to do."""
        if self._again:
            return False
        return self._is_over if not self._lanes else any(lane.free > 0 for lane in self._lanes)

    @property
    def is_well_fed(self) -> bool:
        """Whether every shard holds half of what it may hold."""
        return all(2 * lane.free <= lane.handle.room for lane in self._lanes)

    def accept(self, row: Row, names: Names) -> None:
        """Have a stored sample judged under the protocols with these names."""
        problem_id = unpack_text(row[0])
        lane, load = self._lane_for(problem_id, row[3])
        if lane is None:
            self._remember(row, names, self.sandbox_error or msg("no shard is left"))
            return
        chars = len(row[3])
        lane.load += load
        lane.held += 1
        lane.chars += chars
        if self._own is not None:  # nothing is sent anywhere: samples are better executed than collected
            self._send(problem_id, lane, Open([(row, names)], load, chars), 0)
            return
        key = (problem_id, id(lane))
        batch = self._open.get(key) or self._open.setdefault(key, Open())
        batch.samples.append((row, names))
        batch.load += load
        batch.chars += chars
        # a quarter of what a shard may hold: it gets more before it has finished everything
        if len(batch.samples) >= max(1, min(BATCH, lane.handle.room // 4)) or batch.chars >= BATCH_CHARS:
            self._send(problem_id, lane, self._open.pop(key), 0)

    def flush(self) -> None:
        """Send what was accepted."""
        opened, self._open = self._open, {}
        lanes = {id(lane): lane for lane in self._lanes}
        for (problem_id, which), batch in opened.items():
            self._send(problem_id, lanes[which], batch, 0)

    def tend(self) -> None:
        """Call after posted work, and about once a second: stores what is finished and continues what was lost."""
        if self._own is not None and (rows := self._own.drain()) is not None:
            self._hear(self._lanes[0], rows)
        if self._source is not None and time.monotonic() - self._looked_at > LOOK_EVERY_S:
            self._look_for_more()
        self._try_again()
        self._note_whether_busy()

    def close(self) -> None:
        """Close every shard that was opened for this router."""
        for lane in self._lanes:
            lane.handle.close()

    # -- to a shard

    def _lane_for(self, problem_id: str, completion: str | bytes) -> tuple[Lane | None, int]:
        """(the shard for this completion, its additional load there: 0 if the shard has or had an equal one)."""
        if not self._lanes:
            return None, 0
        seen = hash((problem_id, completion)) if self._judging.dedup else None
        if seen is not None and (lane := self._seen.get(seen)) is not None and not lane.lost:
            return lane, 0
        home = self._homes.get(problem_id)
        if home is None or home.lost or home.failing or home.free <= 0:
            home = self._homes[problem_id] = max(self._lanes, key=lambda lane: (not lane.failing, lane.free))
        if seen is not None:
            self._seen[seen] = home
            if len(self._seen) > REMEMBERED:
                self._seen.popitem(last=False)
        return home, 1

    def _send(self, problem_id: str, lane: Lane, batch: Open, losses: int) -> None:
        self._number += 1
        first = problem_id not in lane.told
        known = self._store.execution_digests(problem_id) if first else ()
        problem = self._problems[problem_id] if first else None
        lane.told.add(problem_id)
        lane.sent[self._number] = Sent(batch.samples, batch.load, losses, batch.chars)
        if not self._busy:
            self._note_whether_busy()
        lane.handle.send(Batch(self._number, problem_id, tuple(batch.samples), problem, known))

    # -- from a shard

    def _deliver(self, handle: ShardHandle, news: Rows | ShardLost) -> None:
        self._post(lambda: self._take_news(handle, news))

    def _take_news(self, handle: ShardHandle, news: Rows | ShardLost) -> None:
        for lane in self._lanes:
            if lane.handle is handle:
                if isinstance(news, ShardLost):
                    self._lose(lane, str(news))
                else:
                    self._hear(lane, news)
                return

    def _hear(self, lane: Lane, rows: Rows) -> None:
        before = len(lane.late)
        disputed = self._store.add_judged(rows.executions, rows.judgements, lane.late)
        again = len(lane.late) - before
        self.judged += len(rows.judgements) - len(disputed)
        if rows.failing is not None and self._executes:
            lane.failing = True
            if all(other.failing for other in self._lanes):
                self.sandbox_error = rows.failing
        if given_up := [row for row in rows.incidents if not self._goes_elsewhere(lane, row)]:
            self._store.add_incident_rows(given_up)
        for problem_id, index, name, digest in rows.stored:
            self._judge_by_file((problem_id, index, name, digest))
        self._judge_late(disputed)
        counts = self.counts
        self.counts = replace(
            counts,
            executed=counts.executed + rows.executed - again,
            deduplicated=counts.deduplicated + rows.deduplicated + again,
            cached=counts.cached + rows.cached,
        )
        for number in rows.done:
            sent = lane.sent.pop(number)
            lane.load -= sent.load
            lane.held -= len(sent.samples)
            lane.chars -= sent.chars
            lane.alone = lane.alone and sent.losses + 1 < MAX_LOSSES

    def _judge_late(self, rows: list[Row]) -> None:
        """Judge by the evidence in the file the jobs that another shard has executed as well."""
        for name, packed_id, index, digest, *_ in rows:
            self._judge_by_file((unpack_text(packed_id), index, name, digest))

    def _judge_by_file(self, key: tuple[str, int, str, str]) -> None:
        problem_id, index, name, digest = key
        sample, outcome = self._store.sample(problem_id, index), self._store.outcome(problem_id, digest)
        assert sample is not None
        if outcome is None:
            why = msg("its evidence is not in the run file")
            self._store.add_incidents([Incident(problem_id, index, f"execution:{name}", why)])
            return
        problem, protocol = self._problems[problem_id], self._protocols[name]
        extraction = self._judging.extraction(problem, sample, protocol)
        row = judged(problem, extraction, outcome, protocol, (index, digest))
        self._store.add_judged((), (row,), set())
        self.judged += 1

    # -- losses

    def _lose(self, lane: Lane, reason: str) -> None:
        """What a lost shard had not answered was not judged."""
        lane.lost = True
        self._lanes.remove(lane)
        lane.handle.close()
        for key in [key for key in self._open if key[1] == id(lane)]:
            self._again.extend((row, names, 0) for row, names in self._open.pop(key).samples)
        for sent in lane.sent.values():
            for row, names in sent.samples:
                key = (unpack_text(row[0]), row[1])
                left = tuple(name for name in names if not self._store.is_judged(name, *key))
                if left and sent.losses + 1 >= MAX_LOSSES:
                    self._remember(row, left, msg("{n} shards were lost with it: {why}", n=MAX_LOSSES, why=reason))
                elif left:
                    self._again.append((row, left, sent.losses + 1))
        self._look_for_more()

    def _goes_elsewhere(self, lane: Lane, row: Row) -> bool:
        """Whether a sample whose job could not be executed is tried again, as another shard may be able to."""
        if self._source is None or all(other.failing for other in self._lanes):
            return False
        incident = incident_of(row)
        key, name = (incident.problem_id, incident.index), incident.stage.partition(":")[2]
        for sent in lane.sent.values():
            for sample, names in sent.samples:
                if name in names and (unpack_text(sample[0]), sample[1]) == key:
                    if sent.losses + 1 < MAX_LOSSES:
                        self._again.append((sample, (name,), sent.losses + 1))
                    return sent.losses + 1 < MAX_LOSSES
        return False

    def _look_for_more(self) -> None:
        self._looked_at = time.monotonic()
        try:
            while self._source and (new := self._source.replacement(self._judging, self._deliver)) is not None:
                self._lanes.append(Lane(new))
        except SandboxError as error:
            self._is_over, self.sandbox_error = not self._lanes, str(error)

    def _try_again(self) -> None:
        """Send one sample per batch, so that only one that takes shards down is retried; the last time alone in its
        shard."""
        for _ in range(len(self._again)):
            row, names, losses = self._again.popleft()
            if not self._lanes and not self._is_over:
                self._again.append((row, names, losses))
                continue
            if not self._lanes:
                self._remember(row, names, self.sandbox_error or msg("no shard is left"))
                continue
            lane = max(self._lanes, key=lambda lane: (not lane.failing, lane.free))
            if lane.free <= 0 or (losses + 1 >= MAX_LOSSES and lane.held):
                self._again.append((row, names, losses))
                continue
            lane.load += 1
            lane.held += 1
            lane.chars += len(row[3])
            lane.alone = losses + 1 >= MAX_LOSSES
            self._send(unpack_text(row[0]), lane, Open([(row, names)], 1, len(row[3])), losses)

    def _remember(self, row: Row, names: Names, reason: str) -> None:
        incidents = [Incident(unpack_text(row[0]), row[1], f"execution:{name}", reason) for name in names]
        self._store.add_incidents(incidents)

    def _note_whether_busy(self) -> None:
        busy = self._executes and any(lane.sent for lane in self._lanes)
        if busy != self._busy:
            self._busy = busy
            (self._clock.enter if busy else self._clock.leave)("execution")

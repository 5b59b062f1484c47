"""User ids for workers, far above those of people and services: the kernel counts processes, pipes and inotify per
user.

Debian, systemd and subordinate ids (`/etc/subuid`) do not use this range. Each worker of this process gets separate
ids; those of other processes start elsewhere.
"""

from __future__ import annotations

import itertools
import secrets

#: Ids per worker: its supervisor's (if that is not root), its candidates', its judges'.
PER_WORKER = 3
_FIRST, _WORKERS = 0x7000_0000, 0x0400_0000
_numbers = itertools.count(secrets.randbelow(_WORKERS))


def first_of_a_worker() -> int:
    """The first of `PER_WORKER` ids that no other worker of this process has."""
    return _FIRST + PER_WORKER * (next(_numbers) % _WORKERS)

"""A clock that is set by hours, there and back, for some processes only: what `date -s` would do to a whole machine.

libfaketime is not used because it also changes how long processes sleep and wait, which setting a clock does not.
"""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path

#: Where the clock is set, one after the other; seconds from the real time.
JUMPS = (5 * 3600, -7 * 3600, 30 * 3600, 0, -3600, 400 * 86_400)


class JumpingClock:
    """A library to be preloaded with `environment`, and the file that it looks into. It begins at `JUMPS[0]`."""

    def __init__(self, folder: Path) -> None:
        self.library, self.shift = folder / "clock.so", folder / "shift"
        source = Path(__file__).with_suffix(".c")
        command = ["cc", "-Wall", "-Werror", "-O1", "-shared", "-fPIC", "-o", str(self.library), str(source), "-ldl"]
        subprocess.run(command, check=True, timeout=120)
        self.set(JUMPS[0])

    def set(self, seconds: int) -> None:
        """In place, because processes have the file mapped, and in one write."""
        mode = "r+b" if self.shift.exists() else "wb"
        with self.shift.open(mode, buffering=0) as file:
            file.write(seconds.to_bytes(8, "little", signed=True))

    @staticmethod
    def environment(library: Path | str, shift: Path | str) -> dict[str, str]:
        """What makes a process and its children see it."""
        return {"LD_PRELOAD": str(library), "CLOCK_SHIFT": str(shift)}

    @contextmanager
    def jumping(self, every_s: float = 0.15) -> Iterator[None]:
        """Sets it again and again until the block is left."""
        over = threading.Event()

        def jump() -> None:
            for seconds in cycle((*JUMPS[1:], JUMPS[0])):
                if over.wait(every_s):
                    return
                self.set(seconds)

        thread = threading.Thread(target=jump)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

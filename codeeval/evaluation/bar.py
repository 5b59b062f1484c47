"""Progress for a program or a notebook: a bar on stderr, or a callback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from codeeval.evaluation.reporter import SilentReporter, Tell


class BarReporter(SilentReporter):
    """Reports only progress, if requested: as a bar on stderr, or to the caller's function."""

    def __init__(self, wish: bool | Tell) -> None:
        self._wish = wish

    def progress(self, samples: int, judgements: int, per_sample: int) -> AbstractContextManager[Tell]:
        if callable(self._wish):
            return nullcontext(self._wish)
        return (
            _bar(judgements // per_sample, per_sample)
            if self._wish
            else super().progress(samples, judgements, per_sample)
        )


@contextmanager
def _bar(samples: int, per_sample: int) -> Iterator[Tell]:
    from tqdm import tqdm

    with tqdm(total=samples, desc="executed", unit=" samples") as bar:
        yield lambda progress: _move(bar, progress.judged // per_sample)


def _move(bar: Any, done: int) -> None:
    bar.update(done - bar.n)

"""Apply reward models to a run file; shared by run, resume and rerank."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

from codeeval.errors import GenerationError, UsageError, resumable
from codeeval.evaluation.reporter import Reporter
from codeeval.evaluation.work import Ended
from codeeval.i18n import msg
from codeeval.manifest import Manifest, RewardInfo, clean, printable
from codeeval.store import RunReader, RunStore

#: Seconds between two lines of progress.
LINE_EVERY_S = 5.0
#: The parts of a reward model's description that affect its scores.
IDENTITY = ("weights_sha256", "tokenizer_sha256", "chat_template_sha256", "label", "input", "context_length")


def reward_info(model: str, options: Mapping[str, str]) -> RewardInfo:
    """A reward model as the manifest names it before it is loaded. Raises UsageError for faults that show without
    loading."""
    from codeeval.rewards import check_reward_model

    check_reward_model(model, options)
    path = Path(model).expanduser()
    location = str(path.resolve()) if path.exists() else model
    return RewardInfo(name=printable(model), location=printable(location), options=clean(options))


def unranked(reader: RunReader) -> int:
    """Number of scores that the run's reward models still have to give."""
    return sum(len(reader.unscored(position)) for position in range(len(reader.manifest().rankers)))


def rank(store: RunStore, reporter: Reporter) -> bool:
    """Let the run's reward models score what is not scored. Returns whether all did; a failure here is reported and
    leaves the run without these scores. Raises Interrupted and StoreError."""
    for position in range(len(store.manifest().rankers)):
        try:
            _rank(store, position, reporter)
        except (UsageError, GenerationError) as error:
            reporter.note(msg("codeeval: reward model: {reason}", reason=error))
            return False
    return True


def rerank(run_dir: Path, info: RewardInfo, reporter: Reporter) -> Ended:
    """Score a run with a reward model. Raises UsageError, GenerationError, Interrupted, StoreError; a model that has
    scored nothing leaves no trace."""
    with RunStore.open(run_dir) as store:
        before = store.manifest()
        known = [position for position, one in enumerate(before.rankers) if _same(info, one)]
        position = known[0] if known else len(before.rankers)
        if not known:
            store.put_manifest(before.model_copy(update={"rankers": (*before.rankers, info)}))
        try:
            _rank(store, position, reporter)
        except BaseException:
            if not known and next(store.rewards(position), None) is None:
                store.put_manifest(before)
            raise
        return Ended(store.run_dir)


def _same(info: RewardInfo, known: RewardInfo) -> bool:
    return (info.location, info.options) == (known.location, known.options)


def _rank(store: RunStore, position: int, reporter: Reporter) -> None:
    from codeeval.rewards import open_reward_model, score_run

    manifest = store.manifest()
    info = manifest.rankers[position]
    lacking = len(store.unscored(position))
    if not lacking:
        return
    reporter.note(msg("{model} scores {n} samples", model=info.name, n=lacking))
    with resumable(store.run_dir), closing(open_reward_model(info.location, info.options)) as model:
        described = info.model_copy(update={"describe": clean(model.describe())})
        _refuse_another(info, described)
        rankers = (*manifest.rankers[:position], described, *manifest.rankers[position + 1 :])
        store.put_manifest(manifest.model_copy(update={"rankers": rankers}))
        done = score_run(store, position, model, _teller(lacking, reporter))
    reporter.note(msg("{n} samples scored, {m} different answers read", n=done.samples, m=done.read))


def _refuse_another(then: RewardInfo, now: RewardInfo) -> None:
    """Refuse a different model: scores of two models can't be ranked together."""
    for name in IDENTITY:
        if then.describe and then.describe.get(name) != now.describe.get(name):
            raise UsageError(
                f"{now.location} is not the reward model that scored the other samples of this run: {name} was "
                f"{then.describe.get(name)}, now it is {now.describe.get(name)}; give the new one a folder of its own"
            )


def _teller(total: int, reporter: Reporter) -> Callable[[int], None]:
    told = time.monotonic()

    def tell(done: int) -> None:
        nonlocal told
        if time.monotonic() - told >= LINE_EVERY_S:
            told = time.monotonic()
            reporter.note(msg("scored {n}/{m}", n=done, m=total))

    return tell


def like_rankers(manifest: Manifest) -> dict[str, object]:
    """The settings that rank a new run like this one, with its first reward model."""
    if not manifest.rankers:
        return {}
    first = manifest.rankers[0]
    return {"rerank": first.location if os.path.exists(first.location) else first.name, "rerank_options": first.options}

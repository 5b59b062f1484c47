"""Validate anyone's submission: what the site computes for it, and what else is worth saying.

The two are kept separate. A finding is an error only if MERA's scorer fails on it or gives the file no score; any other
difference from what MERA's own script writes is advice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from codeeval.errors import DataError, UsageError
from codeeval.i18n import msg
from codeeval.mera.check import Checked, Reference, SubmissionFinding, check
from codeeval.mera.read import NAMES, read_submission, unreadable
from codeeval.mera.score import SubmissionScore, score
from codeeval.mera.site import KS, SiteError, SiteScore, score_file
from codeeval.mera.site_zip import SiteZip, TaskMember, open_zip

_TASKS = {name.removesuffix(".json"): name for name in NAMES}


@dataclass(frozen=True, slots=True)
class Validated:
    """One file. `checked` is its well-formed content; `findings` has the site's errors first; `proper` is the score as
    it should be, if the answers are known."""

    name: str
    checked: Checked
    site: SiteScore
    findings: tuple[SubmissionFinding, ...]
    proper: SubmissionScore | None

    @property
    def valid(self) -> bool:
        return self.site.scored


def validate(path: Path, references: Mapping[str, Reference], file: str | None = None) -> tuple[Validated, ...]:
    """Validate every set of the zip, or only `file`. `references`: name of a set's file -> its set; "" is for any file.

    Raises UsageError (not a zip, nothing in it that could be a set) and DataError (too large).
    """
    with open_zip(path) as opened:
        chosen = list(_chosen(opened, file))
        if len(chosen) > 1 and "" in references:
            raise UsageError(
                msg(
                    "{path}: it holds {names}; say which with --file NAME",
                    path=path,
                    names=" and ".join((name for _, name, _ in chosen)),
                )
            )
        whole = tuple(_whole(opened, chosen)) if file is None else ()
        scores = {member: _site(opened, member, errors, _of(references, name)) for member, name, errors in chosen}
    fatal = next((member for member, found in scores.items() if any(error.fatal for error in found.errors)), None)
    done = []
    for member, name, _ in chosen:
        site = scores[member]
        if fatal is not None and site.scored:
            error = SiteError("", msg("the scorer ends at {name}, and scores no file of the zip", name=fatal), True)
            site = SiteScore((error,), None if site.values is None else dict.fromkeys(KS, 0.0), site.correct)
        found = opened.files.get(name.removesuffix(".json"))
        readable = None if opened.broken else path
        done.append(_validated(readable, (member, name), site, _of(references, name), (*_place(member, found), *whole)))
    return tuple(done)


def _of(references: Mapping[str, Reference], name: str) -> Reference | None:
    return references.get(name, references.get(""))


def _chosen(opened: SiteZip, file: str | None) -> Iterator[tuple[str, str, tuple[SiteError, ...]]]:
    """(member, the set's file name, why the site does not read it)."""
    broken = (SiteError("", opened.broken, True),) if opened.broken else ()
    if file is not None:
        if file not in opened.members:
            _refuse_broken(opened)
            read_submission(opened.path, file)  # raises, saying what the zip has instead
        yield file, file.rsplit("/", 1)[-1], broken
        return
    candidates = [(member, near) for member in opened.members if (near := _near(member)) is not None]
    if not candidates:
        _refuse_broken(opened)
        name = read_submission(opened.path).name
        yield name, name, broken
    for name in NAMES:
        found = opened.files.get(name.removesuffix(".json"))
        members = [member for member, near in candidates if near == name]
        if found is not None:
            wrong = SiteError(
                "", msg("the site reads .json only, and {name} is the file that it takes", name=found.member)
            )
            yield found.member, name, () if found.extension == ".json" else (wrong,)
        elif members:
            text = msg("the site looks for {name}, and finds nothing under {other}", name=name, other=members[-1])
            yield members[-1], name, broken or (SiteError("", text),)


def _refuse_broken(opened: SiteZip) -> None:
    if opened.broken:
        raise unreadable(opened.path, opened.broken)


def _near(member: str) -> str | None:
    """The set that a member seems to belong to, ignoring folder, case and extension."""
    stem = member.rsplit("/", 1)[-1].rsplit(".", 1)[0].lower()
    return next((name for task, name in _TASKS.items() if task.lower() == stem), None)


def _site(opened: SiteZip, member: str, errors: tuple[SiteError, ...], reference: Reference | None) -> SiteScore:
    if errors:
        return SiteScore(errors, None if reference is None else dict.fromkeys(KS, 0.0), {})
    return score_file(opened.read(member), reference)


def _validated(
    path: Path | None,
    names: tuple[str, str],
    site: SiteScore,
    reference: Reference | None,
    advice: tuple[SubmissionFinding, ...],
) -> Validated:
    checked, more = (Checked((), None, {}), []) if path is None else _checked(path, names[0], reference)
    told = {error.problem_id for error in site.errors}
    findings = [SubmissionFinding(True, error.problem_id, error.text) for error in site.errors]
    findings += [found for found in (*advice, *more) if found.problem_id not in told or not found.problem_id]
    known = reference is not None and reference.n_tests.keys() == reference.expected.keys()
    proper = score(checked, reference) if reference is not None and known else None
    return Validated(names[1], checked, site, tuple(findings), proper)


def _checked(path: Path, member: str, reference: Reference | None) -> tuple[Checked, list[SubmissionFinding]]:
    """The content, and everything that the author should fix; nothing about what can't be read at all."""
    try:
        found = read_submission(path, member)
    except (DataError, UsageError):
        return Checked((), None, {}), []
    checked = check(found, reference)
    advice = [SubmissionFinding(False, finding.problem_id, finding.text) for finding in checked.findings]
    nulls = sum(text is None for each in checked.samples.values() for sample in each for text in sample)
    if nulls:
        advice.append(
            SubmissionFinding(
                False,
                "",
                msg("{n} outputs are null, and the site counts them as wrong; MERA writes the text None", n=nulls),
            )
        )
    if checked.shape == "1.1":
        text = msg("outputs has the shape of MERA 1.1: the site takes its first sample for the list of all samples")
        advice.append(SubmissionFinding(False, "", text))
    return checked, advice


def _place(member: str, found: TaskMember | None) -> Iterator[SubmissionFinding]:
    if "/" in member:
        yield SubmissionFinding(False, "", msg("{name} is in a folder; put it in the root of the zip", name=member))
    if found is not None and found.n > 1:
        text = msg(
            "the zip has {n} files of this name, and the site takes the last that it finds: {name}",
            n=found.n,
            name=found.member,
        )
        yield SubmissionFinding(False, "", text)


def _whole(opened: SiteZip, chosen: list[tuple[str, str, tuple[SiteError, ...]]]) -> Iterator[SubmissionFinding]:
    missing = [name for name in NAMES if name not in {name for _, name, _ in chosen}]
    if len(missing) == 1:
        yield SubmissionFinding(
            False, "", msg("the zip has no {name}; without it a submission can't be published", name=missing[0])
        )
    if opened.path.suffix != ".zip":
        yield SubmissionFinding(False, "", msg("the site takes files that are called .zip only"))

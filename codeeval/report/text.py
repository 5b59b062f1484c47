"""The report for a terminal or a log file."""

from __future__ import annotations

from collections.abc import Sequence

from codeeval.i18n import message, name, recognised, tr
from codeeval.report import waterfall_text
from codeeval.report.headline import sentence
from codeeval.report.reranked import Reranked, columns
from codeeval.report.terminal import Style, interval, number, place, safe, share, table
from codeeval.report.values import Report
from codeeval.stats import words

#: The most differences between the protocols that are shown.
DIFFERENCES_SHOWN = 5
#: The sandbox settings that are shown; the manifest has the rest.
SANDBOX_SHOWN = ("backend", "isolation", "engine", "image_tag", "python")


def render(report: Report, style: Style = Style()) -> str:  # noqa: B008 (frozen, so it can be shared)
    """Several lines, without a newline at the end."""
    blocks = [
        _head(report, style),
        _scores(report, style),
        *(_reranked(found, style) for found in report.reranked),
        [*_verdicts(report, style), *_also(report, style)],
        _groups(report, style),
        _differences(report, style),
        waterfall_text.waterfall(report, style),
        waterfall_text.hidden(report, style),
        _foot(report, style),
        _warnings(report, style),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _head(report: Report, style: Style) -> list[str]:
    title = style.bold(f"{safe(report.task)} · {safe(report.model)} · {report.protocol}")
    state = tr("complete") if report.complete else style.warn(tr("INCOMPLETE, {n} pending", n=report.pending))
    if report.n_problems != report.n_selected:
        counted = tr(
            "{n} of {of} {of:problem|problems}, {samples} {samples:sample|samples} judged",
            **_sizes(report),
            of=report.n_selected,
        )
    else:
        counted = tr("{n} {n:problem|problems}, {samples} {samples:sample|samples} judged", **_sizes(report))
    return [title, f"{counted}, {state}"]


def _sizes(report: Report) -> dict[str, object]:
    return {"n": report.n_problems, "samples": report.n_samples}


def _scores(report: Report, style: Style) -> list[str]:
    if report.hidden and not report.n_samples:
        return []  # said under "hidden answers"
    ks = list(next(iter(report.estimates.values()), {}))
    rows = [["", *(f"pass@{k}" for k in ks)]]
    for protocol, by_k in report.estimates.items():
        rows.append([protocol, *(number(estimate.estimate) for estimate in by_k.values())])
        rows.append(["  " + message(words.population()), *(interval(found.population) for found in by_k.values())])
        rows.append(["  " + message(words.rerun()), *(interval(found.rerun) for found in by_k.values())])
        rows.append(["  " + message(words.STDERR), *(number(found.stderr) for found in by_k.values())])
    lines = table(rows)
    lines[0] = style.bold(lines[0])
    apart = [style.warn(safe(sentence(report.headline)))] if report.headline else []
    skipped = [style.warn(waterfall_text.skipped(report.skipped_samples))] if report.skipped_samples else []
    said = style.dim("; ".join((message(words.LONG_RUN), message(words.ASSUMPTION))))
    return [*lines, *apart, said, style.dim(tr("intervals {methods}", methods=_methods(report))), *skipped]


def _reranked(found: Reranked, style: Style) -> list[str]:
    """Best-of-k of one reward model, between its lower and upper bound."""
    labels = columns(found)
    if not labels:
        return []
    rows = [[tr("chosen by {model}", model=safe(found.model)), *(f"best-of-{label}" for label in labels)]]
    for protocol, by_k in found.scores.items():
        shown = [by_k[label] for label in labels]
        rows.append([protocol, *(number(best.chosen.estimate) for best in shown)])
        rows.append(["  " + message(words.population()), *(interval(best.chosen.population) for best in shown)])
        rows.append(["  " + tr("pass@k, the upper bound"), *(number(best.possible) for best in shown)])
    lines = table(rows)
    lines[0] = style.bold(lines[0])
    said = tr("best-of-k: how often the best scored of k samples is correct; best-of-1 is a sample drawn by lot")
    return [*lines, style.dim(said)]


def _methods(report: Report) -> str:
    """Each method once, with its k if there are several methods."""
    ks: dict[str, list[int]] = {}
    every: dict[int, None] = {}
    for by_k in report.estimates.values():
        for k, found in by_k.items():
            every[k] = None
            for method in message(found.method).split("; "):
                ks.setdefault(method, []).append(k)
    named = {method: ",".join(map(str, dict.fromkeys(of))) for method, of in ks.items()}
    whole = ",".join(map(str, every))
    return "; ".join(method if of == whole else f"{method} (k={of})" for method, of in named.items())


def _verdicts(report: Report, style: Style) -> list[str]:
    total = sum(report.verdicts.values())
    shown = [f"{name(verdict)} {count} ({share(count, total)})" for verdict, count in report.verdicts.items()]
    return _labelled(style, [(tr("verdicts"), " · ".join(shown))], 8) if shown else []


def _also(report: Report, style: Style) -> list[str]:
    """One line with the other metrics that exist, at the largest k for those that depend on k."""
    found, quality = report.extras, report.quality
    figures: list[tuple[str, float | None]]
    figures = [(f"pass^{k}", value) for k, value in list(found.pass_hat.items())[-1:] if k > 1]
    figures += [(tr("majority@{k}", k=k), value) for k, value in list(found.majority.items())[-1:] if k > 1]
    if all(value is None for value in found.majority.values()):  # of a set with hidden answers: all that is known
        agreeing = list(found.agreement.items())[-1:]
        figures += [(tr("samples behind the majority answer"), value) for k, value in agreeing if k > 1]
    figures += [(tr("pass@{k} on base tests alone", k=k), value) for k, value in list(report.base.items())[:1]]
    figures += [(tr("tests passed"), quality.tests_passed), (tr("compiles"), quality.compiles)]
    shown = [f"{what} {number(value)}" for what, value in figures if value is not None]
    return _labelled(style, [(tr("also"), " · ".join(shown))], 8) if shown else []


def _groups(report: Report, style: Style) -> list[str]:
    if not report.groups:
        return []
    lines = [style.bold(tr("most frequent failures"))]
    for group in report.groups:
        where = waterfall_text.where(group.n_samples, group.n_problems)
        lines.append(f"  {where:<28} {safe(message(recognised(group.signature)))}")
        said = f": {safe(message(recognised(group.message)))}" if group.message else ""
        lines.append(style.dim(f"    {_example(group.example_problem, group.example_index)}{said}"))
    return lines


def _differences(report: Report, style: Style) -> list[str]:
    if not report.differences:
        return []
    total = sum(difference.n_samples for difference in report.differences)
    differ = tr("{n} {n:sample|samples} judged differently by {protocol} and strict", n=total, protocol=report.verbatim)
    lines = [style.bold(differ)]
    for difference in report.differences[:DIFFERENCES_SHOWN]:
        example = _example(difference.example_problem, difference.example_index)
        said = f"{report.verbatim}: {safe(_said(difference.requested))} | strict: {safe(_said(difference.strict))}"
        lines.append(f"  {difference.n_samples:>6}  {said} {style.dim(f'({example})')}")
    return lines


def _foot(report: Report, style: Style) -> list[str]:
    time, counts = report.timing, report.counts
    parts = {
        "total": time.total,
        "gen": time.generation,
        "run": time.execution,
        "both": time.overlap,
        "rest": time.other,
    }
    split = tr(
        "{total:.1f} s = generation {gen:.1f} + execution {run:.1f} - both at once {both:.1f} + other {rest:.1f}",
        **parts,
    )
    numbers = {
        "made": counts.generated,
        "run": counts.executed,
        "same": counts.deduplicated,
        "n": len(report.estimates),
    }
    done = tr(
        "{made} {made:sample|samples} generated, under {n} {n:protocol|protocols} {run} different "
        "{run:program|programs} executed, {same} identical ones spared",
        **numbers,
    )
    done += tr(", from earlier evidence {n}", n=counts.cached) if counts.cached else ""
    rates = [(report.throughput.samples_per_s, tr("samples/s")), (report.throughput.tokens_per_s, tr("tokens/s"))]
    done += "".join(f", {rate:.4g} {unit}" for rate, unit in rates if rate is not None)
    sandbox = " ".join(f"{name}={safe(value)}" for name, value in report.sandbox.items() if name in SANDBOX_SHOWN)
    rows = [(tr("time"), split), (tr("work"), done), (tr("sandbox"), sandbox), (tr("run"), place(report.run))]
    return _labelled(style, rows, max(len(label) for label, _ in rows))


def _warnings(report: Report, style: Style) -> list[str]:
    return [style.warn(tr("warning: ")) + " ".join(message(recognised(text)).split()) for text in report.warnings]


def _labelled(style: Style, rows: Sequence[tuple[str, str]], width: int) -> list[str]:
    """Label and text; the padding is outside the label's style."""
    return [f"{style.bold(label)}{' ' * (width - len(label))}  {text}" for label, text in rows]


def _example(problem_id: str, index: int) -> str:
    return tr("e.g. problem {problem}, sample {index}", problem=safe(problem_id), index=index)


def _said(signature: str) -> str:
    """The verdict in words, followed by the exception unchanged."""
    verdict, space, rest = signature.partition(" ")
    return name(verdict) + space + rest

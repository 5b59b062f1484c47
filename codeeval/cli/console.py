"""Output: results go to stdout, everything else to stderr; progress bars on a terminal, plain lines otherwise."""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from codeeval.evaluation.choice import choose

if TYPE_CHECKING:
    from codeeval.evaluation.reporter import Progress, Tell
    from codeeval.report import Report

#: Seconds between two lines of progress without a terminal.
LINE_EVERY_S = 5.0
#: The most characters of one message.
MOST_SAID = 20_000
FORMATS = ("auto", "human", "json", "quiet")


@dataclass(frozen=True, slots=True)
class Console:
    """`format` is one of FORMATS; `auto` is `human`, with colour if stdout is a terminal."""

    format: str = "auto"

    def __post_init__(self) -> None:
        choose("--format", self.format, (*FORMATS, "markdown"))

    @property
    def quiet(self) -> bool:
        return self.format == "quiet"

    def note(self, text: str) -> None:
        """A line about what is happening, for people."""
        if not self.quiet:
            self.complain(text)

    def complain(self, text: str) -> None:
        """A line about what went wrong; shown even in quiet mode."""
        from codeeval.i18n import message

        _say(inert(shortened(message(text))))

    def result(self, text: str) -> None:
        print(inert(text, marks=colour()).encode("utf-8", "backslashreplace").decode("utf-8"), flush=True)

    def document(self, value: object) -> None:
        """One JSON document on stdout, in ASCII, so that any text survives any encoding."""
        text = json.dumps(value, indent=2)
        self.result(text.replace("##[", "#\\u0023["))  # the same text to JSON parsers, and not a command to a CI runner

    def show(self, report: Report) -> None:
        """A report in the chosen format; `quiet` is one line of scores."""
        if self.format == "json":
            from codeeval.report import document

            self.document(document(report))
        elif self.format == "quiet":
            self.result(_one_line(report))
        elif self.format == "markdown":
            from codeeval.report import markdown

            self.result(markdown.render(report).rstrip("\n"))
        else:
            from codeeval.report import text
            from codeeval.report.terminal import Style

            self.result(text.render(report, Style(colour=colour())))

    @contextmanager
    def progress(self, samples: int, judgements: int, per_sample: int) -> Iterator[Tell]:
        """A callback that shows progress towards `samples` to generate and `judgements` to make, `per_sample` of them
        for each sample."""
        if self.quiet:
            yield lambda progress: None
        elif _is_terminal(sys.stderr):
            with _bars(samples, judgements // max(1, per_sample)) as (generated, executed):

                def move(progress: Progress) -> None:
                    generated.update(progress.generated - generated.n)
                    executed.update(progress.judged // max(1, per_sample) - executed.n)

                yield move
        else:
            yield _lines(samples, judgements // max(1, per_sample), max(1, per_sample))


def _say(line: str) -> None:
    """Write a line to stderr, in one piece, as several threads do (one per node of a cluster). On a full disk lines are
    lost and the run continues. Raises BrokenPipeError if the reader has gone."""
    try:
        print(f"{line}\n", end="", file=sys.stderr, flush=True)
    except BrokenPipeError:
        raise
    except OSError:
        pass


def shortened(text: str, most: int = MOST_SAID) -> str:
    """At most `most` characters or a few more, without the middle of a longer text: a message may quote a file, and a
    file may have an id or a name of megabytes."""
    return text if len(text) <= most else f"{text[: most // 2]} … {text[-most // 2 :]}"


def inert(text: str, *, marks: bool = False) -> str:
    """`text` made safe to print: models, programs, problem files and run files choose parts of it.

    Characters that control a terminal, or change the text direction, are escaped; with `marks` codeeval's own colours
    are kept. In a GitHub Actions log, everything that the runner would interpret as a command is removed: `::` at the
    start of a line, `##[` anywhere.
    """
    shown = _STEERING.sub(lambda found: found[0] if marks and found[1] else _escaped(found[0]), text)
    if os.environ.get("GITHUB_ACTIONS") != "true" or ("::" not in shown and "##[" not in shown):
        return shown
    return _COMMAND.sub(r"\1: :", shown).replace("##[", "# #[")


def _escaped(found: str) -> str:
    return found.encode("unicode_escape").decode("ascii")


#: codeeval's own styles (codeeval/report/terminal.py), or a control character except tab and newline, or a
#: bidirectional one.
_STEERING = re.compile(
    "(\x1b\\[(?:0|1|2|33)m)|[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"
)
#: White space may precede it. Possessive: backtracking would take quadratic time.
_COMMAND = re.compile(r"(?m)^((?:[^\S\n]|\x1b\[\d+m)*+)::")


@contextmanager
def _bars(samples: int, judged: int) -> Iterator[tuple[Any, Any]]:
    from tqdm import tqdm

    from codeeval.i18n import tr

    unit, first, second = tr(" samples"), tr("generated"), tr("judged   ")
    with (
        tqdm(total=samples, desc=first, unit=unit, position=0, file=sys.stderr, disable=not samples) as one,
        tqdm(total=judged, desc=second, unit=unit, position=1 if samples else 0, file=sys.stderr) as two,
    ):
        yield one, two


def _lines(samples: int, judged: int, per_sample: int) -> Tell:
    from codeeval.i18n import tr

    told = time.monotonic()

    def tell(progress: Progress) -> None:
        nonlocal told
        if time.monotonic() - told >= LINE_EVERY_S:
            told = time.monotonic()
            made = tr("generated {n}/{m}, ", n=progress.generated, m=samples) if samples else ""
            done = tr("judged {n}/{m}", n=progress.judged // per_sample, m=judged)
            _say(f"{made}{done}")

    return tell


def _one_line(report: Report) -> str:
    from codeeval.report.terminal import number, place

    scores = [f"pass@{k} {number(found.estimate)}" for k, found in report.estimates[report.protocol].items()]
    state = [] if report.complete else ["INCOMPLETE"]
    return " ".join([*scores, f"({report.protocol})", *state, place(report.run)])


def colour() -> bool:
    """Whether results are shown to a person at a terminal who did not ask for plain text."""
    return "NO_COLOR" not in os.environ and _is_terminal(sys.stdout)


def _is_terminal(stream: object) -> bool:
    isatty = getattr(stream, "isatty", None)
    return bool(isatty and isatty()) and os.environ.get("TERM") != "dumb"

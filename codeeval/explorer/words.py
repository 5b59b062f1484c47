"""The texts of the interface. The English in the templates is the key of `codeeval/i18n/ru/explorer.json`; verdicts, causes and
failures of format come from `codeeval.i18n`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache

from codeeval import i18n

#: Display names for identifiers in the data.
ENGLISH: dict[str, str] = {
    "wrong_output": "wrong output",
    "syntax_error": "syntax error",
    "no_entry_point": "no entry point",
    "output_limit": "output limit",
    "not_supported": "not supported",
    "agrees": "agrees with the consensus",
    "differs": "differs from the consensus",
    "silent": "no outputs",
    "hidden": "answers hidden",
    "missing": "not generated yet",
    "ended: stop": "a stop sequence",
    "ended: length": "the token limit",
    "ended: content_filter": "the content filter of the server",
    "ended: refusal": "a refusal to answer",
    "ended: unknown": "unknown",
    "oom": "out of memory",
    "column: name": "Run",
    "column: task": "Task",
    "column: model": "Model",
    "column: protocol": "Protocol",
    "column: score": "pass@k with intervals",
    "column: samples": "Samples",
    "column: date": "Date",
    "column: template": "Template",
    "column: temperature": "Temperature",
    "column: per_problem": "Samples per problem",
    "column: backend": "Backend",
    "order: given": "as given",
    "order: number": "by the number in the name",
    "order: date": "by date",
    "sort: change": "by change",
    "sort: range": "by range",
    "sort: task": "as in the set",
    "sort: hardest": "hardest first",
}

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@lru_cache(maxsize=4)
def translator(lang: str) -> Callable[[str], str]:
    """Text in English -> text in `lang`; text without a translation is unchanged."""
    if lang != "ru":
        return lambda text: ENGLISH.get(text, text)
    # the identifier that a report adds in brackets is in the page's address and twin
    names = {name: said.split(" (")[0] for name, said in i18n.catalogue("names").items()}
    known = {**names, **i18n.catalogue("explorer")}
    return lambda text: known.get(text, text)


def teller(lang: str) -> Callable[[str], str]:
    """A message made in English (a warning, an error, a cause) -> the same in `lang`."""

    def told(text: str) -> str:
        with i18n.language(lang):
            return i18n.message(i18n.recognised(text))

    return told


def cause(signature: str, lang: str) -> str:
    """The name of a failure group, with its verdict and its calls in words."""
    verdict, space, rest = signature.partition(" ")
    return teller(lang)(signature if lang == "en" else f"{translator(lang)(verdict)}{space}{rest}")


def date(moment: str, lang: str) -> str:
    """ "2026-11-21T22:05:07+00:00" -> "21 Nov 2026, 22:05 UTC". Any other text is unchanged."""
    try:
        found = datetime.fromisoformat(moment)
        if found.tzinfo is not None:
            found = found.astimezone(UTC)
    except (ValueError, OverflowError):
        return moment
    t = translator(lang)
    zone = f" {t('UTC')}" if found.tzinfo is not None else ""
    return f"{found.day} {t(MONTHS[found.month - 1])} {found.year}, {found:%H:%M}{zone}"

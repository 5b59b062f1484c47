"""Make hostile text safe to show. Everything that a template prints passes through here.

Characters that control rather than display (controls, escapes, bidirectional marks, zero-width characters, lone
surrogates) are replaced by something visible, and text is truncated where it would overwhelm a page.
"""

from __future__ import annotations

import re

from markupsafe import Markup, escape

#: The most characters that a page shows of a block of text, and of one line in it; its JSON twin has all of it.
MAX_BLOCK, MAX_LINE = 60_000, 2_000

#: C0 without tab and newline, DEL and C1; bidirectional controls; zero-width and invisible ones; separators; surrogates;
#: noncharacters; tags.
_ODD = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)


#: Text that is shown unchanged: most of it, and testing this is cheaper than looking for unusual characters.
_HARMLESS = re.compile(r"[ !#-%(-;=?-~]*")

_CONTROLS = (
    *("NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "HT", "LF", "VT", "FF", "CR", "SO", "SI"),
    *("DLE", "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB", "ESC", "FS", "GS", "RS", "US"),
)


def _name(char: str) -> str:
    code = ord(char)
    return f"⟨{_CONTROLS[code]}⟩" if code < len(_CONTROLS) else f"⟨U+{code:04X}⟩"


def plain(text: str) -> str:
    """`text` with control characters replaced by readable ones."""
    return _ODD.sub(lambda found: _name(found[0]), text)


def visible(text: str) -> Markup:
    """Like `plain`, escaped, and with the replacements marked up to distinguish them from text that looks like them."""
    if _HARMLESS.fullmatch(text):
        return Markup(text)
    parts, at = [], 0
    for found in _ODD.finditer(text):
        parts.append(str(escape(text[at : found.start()])))
        parts.append(f'<i class="odd" title="U+{ord(found[0]):04X}">{_name(found[0])}</i>')
        at = found.end()
    parts.append(str(escape(text[at:])))
    return Markup("".join(parts))


def field(text: str) -> Markup:
    """For a form that is sent back: the exact text, including control characters. What a page can't contain (lone
    surrogates, NUL) becomes U+FFFD."""
    return escape(re.sub("[\0\ud800-\udfff]", "\N{REPLACEMENT CHARACTER}", text))


def clip(text: str, limit: int = MAX_LINE) -> str:
    """At most `limit` characters, with a note of how many are omitted."""
    return text if len(text) <= limit else f"{text[:limit]} … (+{len(text) - limit})"


def block(text: str) -> Markup:
    """Several lines for a <pre>: each line cut at MAX_LINE, all of it at MAX_BLOCK."""
    left_out = len(text) - MAX_BLOCK
    shown = "\n".join(_line(line) for line in text[:MAX_BLOCK].split("\n"))
    return Markup(shown + (f'\n<i class="odd">… +{left_out}</i>' if left_out > 0 else ""))


def _line(line: str) -> str:
    if len(line) <= MAX_LINE:
        return str(visible(line))
    return f'{visible(line[:MAX_LINE])}<i class="odd">… +{len(line) - MAX_LINE}</i>'


def finalize(value: object) -> object:
    """Applied by the templates to every value that is not markup already."""
    return plain(value) if type(value) is str else value
